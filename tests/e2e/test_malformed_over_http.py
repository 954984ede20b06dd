"""Three hundred of the malformed requests over HTTP: what the gateway, the runtime and the functions make of them together (fault 26)."""

import itertools
import json
import os
import random
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import quote

import httpx
import pytest

from regulars.kernel.policy import POLICY, Action
from regulars_local.joining import Applicant, Reception
from regulars_local.running import RunningStack
from tests.support.malformed import Malformed, Operation, Request, complaint, operations
from tests.support.sources import ROOT

SEED = os.environ.get("REGULARS_FUZZ_SEED", "20250601")
REQUESTS = 300
GATEWAY = {400, 404, 413, 414, 431}
"""What the gateway answers by itself to an address or a header that reaches no function."""


@pytest.fixture(scope="module")
def token_for(stack: RunningStack) -> Callable[[Operation], str | None]:
    """A token of somebody whom the policy table lets pass."""
    with Reception(stack) as reception:
        joined = reception.join(Applicant("Malformed", "malformed@example.com"))
    member_token = stack.password_token(joined.contact, joined.password)
    staff_token, machine_token = cache(stack.staff_token), cache(stack.machine_token)

    def token(operation: Operation) -> str | None:
        rule = POLICY[Action(operation.facts["x-regulars-action"])]
        if rule.public:
            return None
        if rule.member:
            return member_token
        if rule.roles:
            return staff_token(min(rule.roles).value)
        return machine_token(next(name for name, client in stack.file.clients.items() if {*rule.scopes} & {*client.scopes}))

    return token


def requests() -> Iterator[Request]:
    """Malformed requests without end, of every operation in turn."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    chance = random.Random(SEED)
    made = [Malformed(document, operation, {}, f"http/{SEED}").requests(100) for operation in operations(document)]
    for turn in itertools.repeat(made):
        chance.shuffle(turn)
        for operation in turn:
            yield from itertools.islice(operation, 1)


def send(http: httpx.Client, request: Request, token: str | None) -> httpx.Response | None:
    """The request as a client without scruples sends it; `None` when no client could."""
    if "/.." in request.path:  # clients resolve it themselves: it names another operation
        return None
    path = quote(request.path, safe="/", errors="surrogatepass")
    query = "&".join(
        f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}" for name, value in request.query.items()
    )
    headers = {**request.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    body = request.body.encode("utf-8", "surrogatepass") if isinstance(request.body, str) else request.body
    try:
        return http.request(request.operation.method, f"{path}?{query}" if query else path, headers=headers, content=body)
    except (httpx.LocalProtocolError, httpx.InvalidURL, UnicodeEncodeError):
        return None


def test_malformed_requests_over_http(stack: RunningStack, token_for: Callable[[Operation], str | None]) -> None:
    """No 5xx and nothing undocumented; what reaches a function is answered as a problem of ours."""
    complaints, sent = [], 0
    with stack.client() as http:
        for request in requests():
            answer = send(http, request, token_for(request.operation))
            if answer is None:
                continue
            sent += 1
            kind = answer.headers.get("content-type", "").partition(";")[0]
            if answer.status_code in GATEWAY and kind != "application/problem+json":
                continue
            found = complaint(request, answer.status_code, kind, answer.text)
            complaints += [f"{found} <- {request}"] if found else []
            if sent == REQUESTS:
                break

    shown = "\n".join(complaints[:5])
    assert not complaints, f"{len(complaints)} of {sent}, replay with REGULARS_FUZZ_SEED={SEED}:\n{shown}"
