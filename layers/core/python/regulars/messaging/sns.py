"""SMS by Amazon SNS, straight to the phone."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from regulars.messaging.model import Content
from regulars.messaging.ports import SendFailedError, SendRefusedError

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

_REFUSALS = frozenset({"InvalidParameter", "InvalidParameterException", "InvalidParameterValue", "ValidationException", "OptedOut"})


class SnsSender:
    """Sends SMS as transactional: delivered with priority."""

    def __init__(self, client: "SNSClient") -> None:
        self._client = client

    def send(self, address: str, content: Content, message_id: str) -> None:  # noqa: ARG002  # SNS takes no token and no tag for an SMS
        """Hands an SMS to SNS."""
        try:
            self._client.publish(
                PhoneNumber=address,
                Message=content.text,
                MessageAttributes={"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}},
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise (SendRefusedError(code) if code in _REFUSALS else SendFailedError(code)) from None
        except BotoCoreError as error:
            raise SendFailedError(type(error).__name__) from None
