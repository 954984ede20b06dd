"""Joining and log-in on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from regulars.kernel.wire import Instant, RequestModel, ResponseModel
from regulars.members.wire import CodeText, Password

type Token = Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9._=/+-]+$")]


class VerificationRequest(RequestModel):
    """The code that came by SMS or e-mail."""

    code: CodeText


class PasswordRequest(RequestModel):
    """The password that completes joining."""

    password: Password


class CompletedResponse(ResponseModel):
    """The new member."""

    member_id: str
    status: str
    card_number: str


class PasswordResetRequest(RequestModel):
    """Whose password is forgotten."""

    identifier: str = Field(min_length=1, max_length=254, description="Phone or e-mail address.")


class PasswordResetResponse(ResponseModel):
    """The request; whether a code was sent is not told here."""

    reset_id: str
    code_expires_at: Instant


class ResetVerificationRequest(RequestModel):
    """The code that came, and the new password."""

    code: CodeText
    password: Password


class SessionRequest(RequestModel):
    """A log-in. `token_delivery` says where the refresh token goes: a cookie for pages (with `X-Requested-By`), else the body."""

    identifier: str = Field(min_length=1, max_length=254, description="Phone, e-mail address, or a staff name.")
    password: str = Field(min_length=1, max_length=256, json_schema_extra={"format": "password"})
    token_delivery: Literal["body", "cookie"] | None = None


class RefreshRequest(RequestModel):
    """The refresh token, where it is not in the cookie."""

    refresh_token: Token | None = None


class DocumentDue(ResponseModel):
    """A document in force that the member has not accepted (PRV-05): accept it by `POST /v1/me/consents`."""

    document: str
    version: str


class SessionResponse(ResponseModel):
    """Tokens of a session."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # a kind of token, no secret
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = None
    member_id: str | None = None
    consents_due: list[DocumentDue]
