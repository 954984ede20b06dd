"""What an identity service does for us: the fake of the tests and Cognito's adapter on the emulator."""

import secrets
from typing import Any

import pytest

from regulars.members.cognito import CognitoIdentity
from regulars.members.errors import PasswordRefusedError
from regulars.members.ports import CredentialsRefusedError, Identity
from tests.support.identity import FakeIdentity

PASSWORD = "four-quiet-otters"
OTHER = "seven-loud-herons"
_POLICY = {"MinimumLength": 8, "RequireUppercase": False, "RequireLowercase": False, "RequireNumbers": False, "RequireSymbols": False}


def cognito_identity(cognito: Any) -> CognitoIdentity:
    """An identity service on a fresh user pool, set up as the stack does it."""
    pool = cognito.create_user_pool(PoolName=secrets.token_hex(4), Policies={"PasswordPolicy": _POLICY})["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="people",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=True,
    )
    return CognitoIdentity(cognito, pool, client["UserPoolClient"]["ClientId"])


@pytest.fixture(params=["fake", "cognito"])
def identity(request: pytest.FixtureRequest) -> Identity:
    """Each service in turn, without users."""
    return FakeIdentity() if request.param == "fake" else cognito_identity(request.getfixturevalue("cloud")["cognito-idp"])


def test_a_user_is_made_with_a_password_and_logs_in(identity: Identity) -> None:
    """Setting the same password again changes nothing; the tokens are the user's."""
    for _ in range(2):
        identity.set_password("mem_1", PASSWORD)
    tokens = identity.log_in("mem_1", PASSWORD)
    assert ("mem_1", True, True) == (tokens.username, bool(tokens.refresh_token), tokens.expires_in_seconds > 0)
    assert PASSWORD not in repr(tokens)
    assert tokens.access_token not in repr(tokens)


@pytest.mark.parametrize(("username", "password"), [("mem_1", OTHER), ("mem_2", PASSWORD), ("mem_1", ""), ("mem_1", "x" * 256)])
def test_a_wrong_password_and_an_unknown_user_are_refused_alike(identity: Identity, username: str, password: str) -> None:
    """The same refusal, whatever was wrong."""
    identity.set_password("mem_1", PASSWORD)
    with pytest.raises(CredentialsRefusedError):
        identity.log_in(username, password)


def test_a_new_password_replaces_the_old_one(identity: Identity) -> None:
    """The old one fails from then on."""
    identity.set_password("mem_1", PASSWORD)
    identity.set_password("mem_1", OTHER)
    with pytest.raises(CredentialsRefusedError):
        identity.log_in("mem_1", PASSWORD)
    assert "mem_1" == identity.log_in("mem_1", OTHER).username


def test_a_password_that_the_service_refuses_is_refused(identity: Identity) -> None:
    """As a refusal of the field, not as an error."""
    with pytest.raises(PasswordRefusedError):
        identity.set_password("mem_1", "short")


def test_a_session_is_refreshed_until_it_is_revoked(identity: Identity) -> None:
    """Revoking again, or something that is no token, changes nothing."""
    identity.set_password("mem_1", PASSWORD)
    refresh_token = identity.log_in("mem_1", PASSWORD).refresh_token or ""
    assert "mem_1" == identity.refresh(refresh_token).username
    for token in (refresh_token, refresh_token, "nonsense", "a.b.c"):
        identity.revoke(token)
    for token in (refresh_token, "nonsense", "a.b.c"):
        with pytest.raises(CredentialsRefusedError):
            identity.refresh(token)


def test_signing_out_nobody_changes_nothing(identity: Identity) -> None:
    """(That it ends a refresh too is Cognito's documented behaviour, which the emulator does not have.)"""
    identity.sign_out("mem_9")
