"""What the Cognito adapter makes of the service's errors: refusals are refusals, outages are 503, the rest is not hidden."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from regulars.kernel.errors import UnavailableError
from regulars.members.cognito import CognitoIdentity
from regulars.members.errors import PasswordRefusedError
from regulars.members.ports import CredentialsRefusedError

PASSWORD = "four-quiet-otters"


class Cognito:
    """Answers every call with what a test put there by operation, else with nothing."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        answer = self.answers.get(operation, {})

        def call(**_: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def error(code: str, status: int = 400) -> ClientError:
    """An error as botocore raises it."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation")  # type: ignore[typeddict-item]


def identity(**answers: Any) -> CognitoIdentity:
    """The adapter on such a service."""
    return CognitoIdentity(Cognito(**answers), "pool", "client")  # type: ignore[arg-type]  # a stand-in


@pytest.mark.parametrize(
    "failure",
    [
        error("TooManyRequestsException"),
        error("InternalErrorException", 500),
        error("LimitExceededException"),
        error("Unknown", 503),
        ConnectTimeoutError(endpoint_url="https://cloud.invalid"),
    ],
)
def test_an_outage_is_unavailable_and_lets_nobody_in(failure: Exception) -> None:
    """Throttling, 5xx and time-outs of any call (fault 19)."""
    broken = identity(admin_initiate_auth=failure, admin_create_user=failure, revoke_token=failure, admin_user_global_sign_out=failure)
    calls: list[Callable[[], Any]] = [
        lambda: broken.log_in("mem_1", PASSWORD),
        lambda: broken.refresh("token"),
        lambda: broken.set_password("mem_1", PASSWORD),
        lambda: broken.revoke("token"),
        lambda: broken.sign_out("mem_1"),
    ]
    for call in calls:
        with pytest.raises(UnavailableError):
            call()


@pytest.mark.parametrize(
    "code",
    [
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "InvalidParameterException",
    ],
)
def test_refusals_of_a_log_in_are_all_one(code: str) -> None:
    """Whatever the reason."""
    with pytest.raises(CredentialsRefusedError):
        identity(admin_initiate_auth=error(code)).log_in("mem_1", PASSWORD)


def test_a_challenge_is_no_log_in() -> None:
    """Such as a first password that staff have to replace."""
    with pytest.raises(CredentialsRefusedError):
        identity(admin_initiate_auth={"ChallengeName": "NEW_PASSWORD_REQUIRED"}).log_in("clerk", PASSWORD)


@pytest.mark.parametrize("code", ["InvalidPasswordException", "InvalidParameterException"])
def test_a_password_that_the_pool_refuses_is_refused(code: str) -> None:
    """As the field's refusal."""
    with pytest.raises(PasswordRefusedError):
        identity(admin_set_user_password=error(code)).set_password("mem_1", PASSWORD)


def test_a_user_who_exists_is_no_error() -> None:
    """A retry goes on to the password; signing out nobody and revoking an old token change nothing."""
    identity(admin_create_user=error("UsernameExistsException")).set_password("mem_1", PASSWORD)
    identity(admin_user_global_sign_out=error("UserNotFoundException")).sign_out("mem_1")
    identity(revoke_token=error("UnauthorizedException")).revoke("token")


def test_a_mistake_of_ours_is_not_hidden() -> None:
    """A missing right stays an error that is seen."""
    denied = error("AccessDeniedException")
    broken = identity(admin_initiate_auth=denied, admin_create_user=denied, admin_user_global_sign_out=denied, revoke_token=denied)
    calls: list[Callable[[], Any]] = [
        lambda: broken.log_in("mem_1", PASSWORD),
        lambda: broken.set_password("mem_1", PASSWORD),
        lambda: identity(admin_set_user_password=denied).set_password("mem_1", PASSWORD),
        lambda: broken.revoke("token"),
        lambda: broken.sign_out("mem_1"),
    ]
    for call in calls:
        with pytest.raises(ClientError):
            call()
