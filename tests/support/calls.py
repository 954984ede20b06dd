"""Calls of an HTTP function in process: who calls, the event that API Gateway would send, and the answer as a client sees it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.aws.http import HttpApp
from regulars.kernel.principal import ANONYMOUS, PEOPLE_SCOPE, Principal, Role, Scope

MEMBER_ID = "mem_01JABCDEFGHJKMNPQRSTVWXYZ0"


def member(member_id: str = MEMBER_ID) -> Principal:
    """A member who is logged in."""
    return Principal(member_id, member_id, frozenset(), frozenset({PEOPLE_SCOPE}))


def staff(role: Role, name: str = "") -> Principal:
    """Somebody of the staff; the name is the role unless another is given."""
    return Principal(name or role.value, None, frozenset({role}), frozenset({PEOPLE_SCOPE}))


def machine(*scopes: Scope, client_id: str = "till") -> Principal:
    """An outside system with these scopes."""
    return Principal(client_id, None, frozenset(), frozenset(scopes))


def claims_of(principal: Principal) -> dict[str, str]:
    """The claims of an access token as the gateway's authorizer hands them on: texts, a list in brackets."""
    claims = {"token_use": "access", "scope": " ".join(sorted(principal.scopes)), "client_id": "client"}
    if PEOPLE_SCOPE not in principal.scopes:
        return {**claims, "client_id": principal.subject, "sub": principal.subject}
    groups = {"cognito:groups": f"[{' '.join(sorted(principal.roles))}]"} if principal.roles else {}
    return {**claims, "username": principal.subject, "sub": principal.subject, **groups}


def http_event(
    method: str,
    path: str,
    *,
    principal: Principal = ANONYMOUS,
    body: Any = None,
    raw: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An API Gateway HTTP API event (payload 2.0); `body` is sent as JSON, `raw` as it stands."""
    content = raw if raw is not None else None if body is None else json.dumps(body, ensure_ascii=False)
    authorizer = {} if principal.is_anonymous else {"authorizer": {"jwt": {"claims": claims_of(principal), "scopes": None}}}
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", **{name.lower(): value for name, value in (headers or {}).items()}},
        "queryStringParameters": dict(query) if query else None,
        "requestContext": {
            "requestId": "test-request",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "userAgent": "tests", "protocol": "HTTP/1.1"},
            **authorizer,
        },
        "body": content,
        "isBase64Encoded": False,
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client sees; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["code"])

    @property
    def fields(self) -> dict[str, str]:
        """The fields that a refusal names, with the code of each."""
        return {error["field"]: error["code"] for error in self.json.get("errors", ())}


def answer_of(response: Mapping[str, Any]) -> Answer:
    """The answer in a function's response."""
    headers = {name.lower(): value for name, value in (response.get("headers") or {}).items()}
    return Answer(int(response["statusCode"]), headers, str(response.get("body") or ""))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls one function: `Caller(app, staff(Role.ADMIN)).post("/v1/…", {…})`."""

    app: HttpApp
    principal: Principal = ANONYMOUS

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Any call; options as `http_event` takes them."""
        return answer_of(self.app.lambda_handler(http_event(method, path, principal=self.principal, body=body, **options), None))

    def get(self, path: str, **options: Any) -> Answer:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.call("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.call("PATCH", path, body, **options)
