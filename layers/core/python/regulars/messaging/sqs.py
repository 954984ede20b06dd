"""When a queue message that failed comes again: sooner at first than the queue's own time-out, later as the trouble lasts."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from regulars.aws.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

PAUSES_SECONDS = (10, 60, 300, 900)
"""After the first, second … try; with the queue's five tries a provider may be down for twenty minutes before any letter is dead.

A code is of no use after ten: waiting the queue's six minutes for each try would be as good as not sending it.
"""


class DeliveryQueue:
    """The queue that deliveries come from."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def try_again(self, receipt_handle: str, tries: int) -> None:
        """Has a message that failed so many times come again after its pause; if that fails, it comes after the queue's own."""
        pause = PAUSES_SECONDS[min(tries, len(PAUSES_SECONDS)) - 1]
        try:
            self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=pause)
        except (ClientError, BotoCoreError) as error:
            logger().warning("pause not set", error=type(error).__name__)
