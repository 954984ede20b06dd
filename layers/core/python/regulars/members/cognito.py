"""The identity service on Cognito: users by opaque name, passwords, tokens. Never asked who exists: unknown names look alike (S3)."""

import base64
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from regulars.aws.faults import error_code, unavailable
from regulars.members.errors import PasswordRefusedError
from regulars.members.ports import CredentialsRefusedError, Tokens

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient

_REFUSED = {
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "InvalidParameterException",
    "UnsupportedTokenTypeException",
    "ResourceNotFoundException",
}


class CognitoIdentity:
    """One user pool, through the client that people's log-ins use."""

    def __init__(self, cognito: "CognitoIdentityProviderClient", user_pool_id: str, client_id: str) -> None:
        self._cognito = cognito
        self._pool = user_pool_id
        self._client_id = client_id

    def set_password(self, username: str, password: str) -> None:
        with unavailable():
            self._create(username)
            try:
                self._cognito.admin_set_user_password(UserPoolId=self._pool, Username=username, Password=password, Permanent=True)
            except ClientError as error:
                if error_code(error) in {"InvalidPasswordException", "InvalidParameterException"}:
                    raise PasswordRefusedError from error
                raise

    def _create(self, username: str) -> None:
        try:
            self._cognito.admin_create_user(UserPoolId=self._pool, Username=username, MessageAction="SUPPRESS")
        except ClientError as error:
            if error_code(error) != "UsernameExistsException":
                raise

    def log_in(self, username: str, password: str) -> Tokens:
        return self._authenticate("ADMIN_USER_PASSWORD_AUTH", {"USERNAME": username, "PASSWORD": password})

    def refresh(self, refresh_token: str) -> Tokens:
        return self._authenticate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})

    def _authenticate(self, flow: Any, parameters: dict[str, str]) -> Tokens:
        with unavailable():
            try:
                answer = self._cognito.admin_initiate_auth(
                    UserPoolId=self._pool, ClientId=self._client_id, AuthFlow=flow, AuthParameters=parameters
                )
            except ClientError as error:
                if error_code(error) in _REFUSED:
                    raise CredentialsRefusedError from error
                raise
        result = answer.get("AuthenticationResult")
        if not result:  # a challenge, such as a first password that staff must replace: no log-in here
            raise CredentialsRefusedError
        access_token = result["AccessToken"]
        return Tokens(_username(access_token), access_token, result.get("RefreshToken"), result["ExpiresIn"])

    def revoke(self, refresh_token: str) -> None:
        with unavailable():
            try:
                self._cognito.revoke_token(Token=refresh_token, ClientId=self._client_id)
            except ClientError as error:
                if error_code(error) not in _REFUSED | {"UnauthorizedException"}:
                    raise

    def sign_out(self, username: str) -> None:
        with unavailable():
            try:
                self._cognito.admin_user_global_sign_out(UserPoolId=self._pool, Username=username)
            except ClientError as error:
                if error_code(error) != "UserNotFoundException":
                    raise


def _username(access_token: str) -> str:
    """The user of a token that Cognito itself has just answered: its signature need not be checked."""
    payload = access_token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["username"])
