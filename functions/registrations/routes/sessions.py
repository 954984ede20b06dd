"""`/v1/sessions`: log-in, refresh, log-out.

A page sends `X-Requested-By` and gets the refresh token as a cookie that scripts cannot read; the header is then needed to use
that cookie, and no page of another origin can send it.
"""

from collections.abc import Mapping

from functions.registrations.wire import DocumentDue, RefreshRequest, SessionRequest, SessionResponse
from regulars.aws.http import Empty, Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.members.errors import (
    InvalidCredentialsError,
    RefreshTokenNeededError,
    RequestedByNeededError,
    SessionEndedError,
)
from regulars.members.sessions import Session
from regulars.wiring import wiring

routes = Routes()

_COOKIE = "regulars_refresh"
_ATTRIBUTES = "Path=/v1/sessions; HttpOnly; Secure; SameSite=Strict"
_KEPT_SECONDS = 30 * 24 * 3600


@routes.post("/v1/sessions", Action.LOG_IN, summary="Log in", errors=(InvalidCredentialsError, RequestedByNeededError))
def log_in(call: Call, body: SessionRequest) -> Reply[SessionResponse]:
    """Logs in by phone, e-mail address or staff name; unknown names and wrong passwords are answered alike (REG-25, S3)."""
    by_cookie = body.token_delivery == "cookie" or (body.token_delivery is None and _is_page(call))  # noqa: S105  # a way, no secret
    if by_cookie:
        _require_page(call)
    session = wiring().sessions.log_in(body.identifier, body.password, call.source_address)
    refresh_token = session.tokens.refresh_token
    if by_cookie and refresh_token:
        return Reply(_response(session, None), headers=_cookie(refresh_token, _KEPT_SECONDS))
    return Reply(_response(session, refresh_token))


@routes.post(
    "/v1/sessions/refresh",
    Action.LOG_IN,
    summary="A new access token",
    errors=(SessionEndedError, RequestedByNeededError, RefreshTokenNeededError),
)
def refresh_session(call: Call, body: RefreshRequest) -> SessionResponse:
    """Refreshes by the token in the body or, from a page, in the cookie."""
    session = wiring().sessions.refresh(_refresh_token(call, body), call.source_address)
    return _response(session, None)


@routes.post(
    "/v1/sessions/logout",
    Action.LOG_IN,
    summary="Log out",
    status=204,
    errors=(RequestedByNeededError, RefreshTokenNeededError),
)
def log_out(call: Call, body: RefreshRequest) -> Reply[Empty]:
    """Revokes the session; logging out again changes nothing."""
    wiring().sessions.log_out(_refresh_token(call, body))
    return Reply(Empty(), headers=_cookie("", 0))


def _response(session: Session, refresh_token: str | None) -> SessionResponse:
    return SessionResponse(
        access_token=session.tokens.access_token,
        expires_in=session.tokens.expires_in_seconds,
        refresh_token=refresh_token,
        member_id=session.member.member_id if session.member else None,
        consents_due=[DocumentDue(document=document, version=version) for document, version in session.consents_due],
    )


def _is_page(call: Call) -> bool:
    return bool(call.headers.get("x-requested-by"))


def _require_page(call: Call) -> None:
    if not _is_page(call):
        raise RequestedByNeededError


def _refresh_token(call: Call, body: RefreshRequest) -> str:
    if body.refresh_token:
        return body.refresh_token
    token = _cookie_of(call.headers)
    if not token:
        raise RefreshTokenNeededError
    _require_page(call)
    return token


def _cookie_of(headers: Mapping[str, str]) -> str | None:
    """The value of our cookie; what other cookies look like does not matter."""
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == _COOKIE), None)


def _cookie(value: str, kept_seconds: int) -> dict[str, str]:
    return {"Set-Cookie": f"{_COOKIE}={value}; Max-Age={kept_seconds}; {_ATTRIBUTES}"}
