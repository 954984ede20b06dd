"""SES and SNS as senders."""

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from regulars.aws.clients import client
from regulars.messaging.model import Content
from regulars.messaging.ports import SendFailedError, SendRefusedError
from regulars.messaging.ses import SesSender
from regulars.messaging.sns import SnsSender
from tests.support.messaging import EMAIL, PHONE, RecordingSes, RecordingSns, refusal, silence

_CONTENT = Content(text="Hello 你好", subject="Subject 主题", html="<p>Hello 你好</p>")


def test_an_email_has_both_parts_in_unicode_and_its_message_id() -> None:
    """From the installation's address, to one address, tagged for bounces to name the message."""
    ses = RecordingSes()
    SesSender(ses, "care@shop.example").send(EMAIL, _CONTENT, "msg_1")  # type: ignore[arg-type]  # a double
    (request,) = ses.emails
    assert ("care@shop.example", {"ToAddresses": [EMAIL]}) == (request["FromEmailAddress"], request["Destination"])
    simple = request["Content"]["Simple"]
    assert ("Subject 主题", "UTF-8") == (simple["Subject"]["Data"], simple["Subject"]["Charset"])
    assert {"Text": "Hello 你好", "Html": "<p>Hello 你好</p>"} == {name: part["Data"] for name, part in simple["Body"].items()}
    assert [{"Name": "message_id", "Value": "msg_1"}] == request["EmailTags"]


def test_an_sms_is_transactional() -> None:
    """Straight to the phone, delivered with priority."""
    sns = RecordingSns()
    SnsSender(sns).send(PHONE, Content(text="你好"), "msg_1")  # type: ignore[arg-type]  # a double
    (request,) = sns.texts
    assert (PHONE, "你好") == (request["PhoneNumber"], request["Message"])
    assert "Transactional" == request["MessageAttributes"]["AWS.SNS.SMS.SMSType"]["StringValue"]


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_what_ses_will_never_take_is_a_refusal(code: str) -> None:
    """It is told by its code alone: the provider's own words may hold the address."""
    ses = RecordingSes(failures=[refusal(code, message=f"Email address is not verified: {EMAIL}")])
    with pytest.raises(SendRefusedError) as caught:
        SesSender(ses, "care@shop.example").send(EMAIL, _CONTENT, "msg_1")  # type: ignore[arg-type]  # a double
    assert code == str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "failure",
    [
        refusal("TooManyRequestsException", 429),
        refusal("SendingPausedException"),
        refusal("MailFromDomainNotVerifiedException"),
        refusal("InternalFailure", 500),
        silence(),
        ConnectTimeoutError(endpoint_url="https://ses"),
    ],
)
def test_what_may_pass_is_tried_again_with_ses(failure: Exception) -> None:
    """Throttling, a pause, a set-up that is ours to mend, an error of theirs, silence."""
    with pytest.raises(SendFailedError):
        SesSender(RecordingSes(failures=[failure]), "care@shop.example").send(EMAIL, _CONTENT, "msg_1")  # type: ignore[arg-type]


def test_what_sns_will_never_take_is_a_refusal() -> None:
    """A phone that is none."""
    with pytest.raises(SendRefusedError):
        SnsSender(RecordingSns(failures=[refusal("InvalidParameter")])).send(PHONE, _CONTENT, "msg_1")  # type: ignore[arg-type]


@pytest.mark.parametrize("failure", [refusal("Throttled", 429), refusal("InternalError", 500), silence()])
def test_what_may_pass_is_tried_again_with_sns(failure: Exception) -> None:
    """Throttling, an error of theirs, silence."""
    with pytest.raises(SendFailedError):
        SnsSender(RecordingSns(failures=[failure])).send(PHONE, _CONTENT, "msg_1")  # type: ignore[arg-type]


def test_the_services_own_shapes_are_met(aws_credentials: None) -> None:
    """A simulated SES and SNS accept the requests as they are made."""
    with mock_aws():
        boto3.client("sesv2").create_email_identity(EmailIdentity="care@shop.example")
        SesSender(boto3.client("sesv2"), "care@shop.example").send(EMAIL, _CONTENT, "msg_1")
        SnsSender(boto3.client("sns")).send(PHONE, _CONTENT, "msg_1")


def test_an_address_that_is_not_verified_is_refused_by_the_service_itself(aws_credentials: None) -> None:
    """The simulated SES rejects an unknown sender, and we call it a refusal."""
    with mock_aws(), pytest.raises(SendRefusedError):
        SesSender(boto3.client("sesv2"), "stranger@shop.example").send(EMAIL, _CONTENT, "msg_1")


@pytest.mark.parametrize(("service", "expected"), [("sesv2", 1), ("sns", 1), ("dynamodb", 3)])
def test_the_sdk_does_not_send_twice_by_itself(aws_credentials: None, service: str, expected: int) -> None:
    """Whether to ask again after a lost answer is decided by messaging, not by the SDK."""
    assert expected == client(service).meta.config.retries["total_max_attempts"]
