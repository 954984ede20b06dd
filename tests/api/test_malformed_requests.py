"""Ten thousand malformed requests, made from the interface document: no 5xx, nothing undocumented, nothing written (fault 26)."""

import base64
import json
import logging
import os
from collections.abc import Iterator

import pytest

from regulars.kernel.policy import POLICY, Action
from regulars.kernel.principal import ANONYMOUS, PEOPLE_SCOPE, Principal
from regulars_local.generate import openapi_json
from tests.support.calls import Answer, answer_of, http_event, member
from tests.support.installation import Installation, installation
from tests.support.malformed import Malformed, Operation, Request, complaint, operations

SEED = os.environ.get("REGULARS_FUZZ_SEED", "20250601")
REQUESTS = 10_000
DOCUMENT = json.loads(openapi_json())
OPERATIONS = operations(DOCUMENT)


def _share(operation: Operation) -> int:
    """Bodies can be wrong in more ways than paths, and paths in more than nothing."""
    return 12 if operation.body else 4 if operation.facts.get("parameters") else 1


def count_of(operation: Operation) -> int:
    """How many requests an operation gets."""
    return -(-REQUESTS * _share(operation) // sum(map(_share, OPERATIONS)))


@pytest.fixture(scope="module")
def installed() -> Iterator[Installation]:
    """One installation for all operations: nothing that comes may change it."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        logging.disable(logging.CRITICAL)
        with installation() as built:
            yield built
        logging.disable(logging.NOTSET)


def caller_for(operation: Operation, member_id: str) -> Principal:
    """Somebody whom the policy table lets pass: what is refused is the request, not the caller."""
    rule = POLICY[Action(operation.facts["x-regulars-action"])]
    if rule.public:
        return ANONYMOUS
    if rule.member:
        return member(member_id)
    scopes = {PEOPLE_SCOPE} if rule.roles else {scope.value for scope in rule.scopes}
    return Principal("fuzz", None, rule.roles, frozenset(scopes))


def send(installed: Installation, request: Request) -> Answer:
    """The request to its function, as the gateway would hand it on."""
    operation = request.operation
    principal = caller_for(operation, installed.ids["member_id"])
    raw = base64.b64encode(request.body).decode() if isinstance(request.body, bytes) else request.body
    event = http_event(operation.method, request.path, principal=principal, raw=raw, headers=request.headers, query=request.query)
    event["isBase64Encoded"] = isinstance(request.body, bytes)
    return answer_of(installed.apps[operation.facts["x-regulars-function"]].lambda_handler(event, None))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_malformed_requests_are_refused(installed: Installation, operation: Operation) -> None:
    """Each is answered by a documented 4xx as a problem of ours, and the tables hold what they held."""
    before = installed.contents()
    complaints = []
    for request in Malformed(DOCUMENT, operation, installed.ids, SEED).requests(count_of(operation)):
        answer = send(installed, request)
        found = complaint(request, answer.status, answer.headers.get("content-type", ""), answer.text)
        complaints += [f"{found} <- {request}"] if found else []

    shown = "\n".join(complaints[:5])
    assert not complaints, f"{len(complaints)} of {count_of(operation)}, replay with REGULARS_FUZZ_SEED={SEED}:\n{shown}"
    assert before == installed.contents()


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation.body], ids=lambda operation: operation.name)
def test_what_is_malformed_is_nearly_right(installed: Installation, operation: Operation) -> None:
    """The requests that are made wrong are right in form: without the one thing wrong, no field would be refused."""
    answer = send(
        installed, Malformed(DOCUMENT, operation, {**installed.ids, "member_id": "mem_01JABCDEFGHJKMNPQRSTVWXYZ0"}, "right").well_formed()
    )

    assert "validation_failed" not in answer.text, answer.text
    assert answer.status not in {400, 413, 415, 500}


def test_there_are_ten_thousand() -> None:
    """Shared among all operations, whichever there are."""
    assert sum(map(count_of, OPERATIONS)) >= REQUESTS


def test_a_seed_makes_the_same_requests() -> None:
    """So that a failure can be looked at again."""
    operation = next(operation for operation in OPERATIONS if operation.body)
    first, again = (list(Malformed(DOCUMENT, operation, {}, "seed").requests(50)) for _ in range(2))

    assert first == again
