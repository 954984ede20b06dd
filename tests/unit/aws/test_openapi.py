"""The API document: made from the same declarations that serve the requests."""

from typing import Any

import pytest

from regulars.aws.http import Empty, HttpApp, RawReply, Reply, Routes
from regulars.aws.openapi import errors_of, openapi_document, routes_of
from regulars.kernel.errors import NotFoundError, PreconditionFailedError, ValidationFailedError
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery, RequestModel, ResponseModel
from regulars.program.errors import VersionStateError


class Question(RequestModel):
    """A request of the tests."""

    text: str


class AnswerResponse(ResponseModel):
    """A response of the tests."""

    text: str


def routes() -> Routes:
    """One route of each kind."""
    found = Routes()

    @found.post("/v1/questions/{question_id}", Action.RECORD_PURCHASE, summary="Ask", status=201, idempotency="optional")
    def ask(question_id: str, body: Question) -> Reply[AnswerResponse]:
        """Asks something."""
        return Reply(AnswerResponse(text=question_id + body.text))

    @found.get("/v1/questions", Action.READ_PUBLIC, summary="List", conditional=True)
    def list_questions(query: PageQuery) -> AnswerResponse:
        return AnswerResponse(text=str(query.limit))

    @found.put("/v1/questions", Action.READ_OWN_PROFILE, summary="Empty", conditional=True, errors=(VersionStateError,))
    def clear() -> Reply[Empty]:
        return Reply(Empty(), status=204)

    @found.get("/docs", Action.READ_PUBLIC, summary="Page")
    def page() -> RawReply:
        return RawReply("text/html", "")

    return found


@pytest.fixture
def document() -> dict[str, Any]:
    """The document of one function."""
    return openapi_document([HttpApp("questions", routes())], "9.9.9")


def test_every_route_is_an_operation(document: dict[str, Any]) -> None:
    """Under its path and method, in order of path."""
    assert [("GET", "/docs"), ("GET", "/v1/questions"), ("PUT", "/v1/questions"), ("POST", "/v1/questions/{question_id}")] == routes_of(
        document
    )
    assert ("3.1.0", "9.9.9") == (document["openapi"], document["info"]["version"])


def test_an_operation_tells_infra_who_serves_it_and_for_whom(document: dict[str, Any]) -> None:
    """The function, the action, and the scopes of which a token needs one; none for everybody."""
    ask, listing = document["paths"]["/v1/questions/{question_id}"]["post"], document["paths"]["/v1/questions"]["get"]

    assert ("questions", "record_purchase", "ask") == (ask["x-regulars-function"], ask["x-regulars-action"], ask["operationId"])
    assert [{"jwt": ["regulars/purchases:import", "regulars/purchases:write"]}] == ask["security"]
    assert [] == listing["security"]


def test_an_operation_tells_what_it_takes(document: dict[str, Any]) -> None:
    """Path, query and header parameters, and the body by reference."""
    parameters = {
        (found["in"], found["name"], found["required"])
        for operations in document["paths"].values()
        for operation in operations.values()
        for found in operation.get("parameters", ())
    }

    assert {
        ("path", "question_id", True),
        ("query", "limit", False),
        ("query", "cursor", False),
        ("header", "Idempotency-Key", False),
        ("header", "If-None-Match", False),
        ("header", "If-Match", True),
    } == parameters
    body = document["paths"]["/v1/questions/{question_id}"]["post"]["requestBody"]
    assert {"$ref": "#/components/schemas/Question"} == body["content"]["application/json"]["schema"]
    assert document["components"]["schemas"]["Question"]["additionalProperties"] is False


def test_an_operation_tells_how_it_answers(document: dict[str, Any]) -> None:
    """Its status and model, 304 where it is conditional, and every refusal as a problem with its codes."""
    ask, listing = document["paths"]["/v1/questions/{question_id}"]["post"], document["paths"]["/v1/questions"]["get"]

    assert {"$ref": "#/components/schemas/AnswerResponse"} == ask["responses"]["201"]["content"]["application/json"]["schema"]
    assert ["201", "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"] == sorted(ask["responses"])
    assert ["200", "304", "422", "429", "500", "503"] == sorted(listing["responses"])
    assert "One of: idempotency_key_invalid, idempotency_mismatch, validation_failed." == ask["responses"]["422"]["description"]
    assert "content" not in document["paths"]["/docs"]["get"]["responses"]["200"]


def test_a_route_without_a_docstring_is_described_by_its_summary(document: dict[str, Any]) -> None:
    """No operation stands without a word."""
    assert "List" == document["paths"]["/v1/questions"]["get"]["description"]


def test_refusals_are_a_routes_own_and_those_of_the_edge() -> None:
    """Each once, the route's own first."""
    ask, listing, clear, _page = routes().routes

    assert VersionStateError is errors_of(clear)[0]
    assert PreconditionFailedError in errors_of(clear)
    assert NotFoundError in errors_of(ask)
    assert (True, False) == (ValidationFailedError in errors_of(listing), NotFoundError in errors_of(listing))


def test_two_functions_never_serve_one_operation() -> None:
    """It is found when the document is made, not when the gateway chooses one."""
    with pytest.raises(ValueError, match="two functions serve GET /docs"):
        openapi_document([HttpApp("one", routes()), HttpApp("two", routes())], "1")
