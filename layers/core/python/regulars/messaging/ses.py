"""E-mail by Amazon SES (API v2)."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from regulars.messaging.model import Content
from regulars.messaging.ports import SendFailedError, SendRefusedError

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

# What SES will not take however often it is asked. An identity that is not verified, a paused account or a spent quota is ours to
# mend: such a message waits, and in the end raises the alarm of the dead-letter queue.
_REFUSALS = frozenset({"MessageRejected", "BadRequestException"})


class SesSender:
    """Sends e-mails from the installation's address."""

    def __init__(self, client: "SESV2Client", sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, address: str, content: Content, message_id: str) -> None:
        """Hands an e-mail with text and HTML to SES; the message's id goes along as a tag, for bounces to name it."""
        body = {"Text": _utf8(content.text)} | ({"Html": _utf8(content.html)} if content.html else {})
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [address]},
                Content={"Simple": {"Subject": _utf8(content.subject or ""), "Body": body}},  # type: ignore[typeddict-item]  # built above
                EmailTags=[{"Name": "message_id", "Value": message_id}],
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise (SendRefusedError(code) if code in _REFUSALS else SendFailedError(code)) from None
        except BotoCoreError as error:
            raise SendFailedError(type(error).__name__) from None


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
