"""The edge of every HTTP function: what happens once for all routes."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from regulars.aws.http import Empty, HttpApp, RawReply, Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import ConflictError, NotFoundError, TooManyRequestsError
from regulars.kernel.policy import Action
from regulars.kernel.principal import Role
from regulars.kernel.wire import PageQuery, RequestModel, ResponseModel
from tests.support.calls import Answer, Caller, http_event, member, staff


class Thing(RequestModel):
    """A request of the tests."""

    size: int = Field(ge=1)


class ThingResponse(ResponseModel):
    """A response of the tests."""

    size: int
    by: str = ""


kinds = Routes()
"""One route of each kind."""


@kinds.get("/v1/things/{thing_id}", Action.READ_PUBLIC, summary="One", conditional=True)
def get_thing(thing_id: str) -> Reply[ThingResponse]:
    """A thing by its size."""
    if thing_id == "none":
        raise NotFoundError
    return Reply(ThingResponse(size=int(thing_id)), headers={"ETag": f'"{thing_id}"', "Cache-Control": "public, max-age=60"})


@kinds.get("/v1/things", Action.READ_PUBLIC, summary="Some")
def list_things(query: PageQuery) -> ThingResponse:
    """As many as asked."""
    return ThingResponse(size=query.limit)


@kinds.post("/v1/things", Action.DRAFT_PROGRAM, summary="Make", status=201, idempotency="required")
def make_thing(call: Call, body: Thing) -> ThingResponse:
    """A thing of a size."""
    return ThingResponse(size=body.size, by=call.principal.actor)


@kinds.put("/v1/things/{thing_id}", Action.READ_PUBLIC, summary="Replace", conditional=True)
def replace_thing(thing_id: str, call: Call) -> ThingResponse:
    """The thing whose ETag was read."""
    return ThingResponse(size=int(thing_id), by=call.require_if_match())


@kinds.patch("/v1/things/{thing_id}", Action.READ_PUBLIC, summary="Change")
def change_thing(thing_id: str) -> Reply[Empty]:
    """Nothing to say."""
    return Reply(Empty(), status=204, headers={"X-Thing": thing_id})


@kinds.post("/v1/notes", Action.READ_PUBLIC, summary="Note", idempotency="optional")
def note() -> ThingResponse:
    """Something whose own reference tells it apart."""
    return ThingResponse(size=1)


@kinds.get("/page", Action.READ_PUBLIC, summary="A page")
def page() -> RawReply:
    """A page of its own type."""
    return RawReply("text/html", "<p>熟客</p>", {"Cache-Control": "public"})


@kinds.get("/v1/busy", Action.READ_PUBLIC, summary="Busy", errors=(ConflictError, TooManyRequestsError))
def busy() -> ThingResponse:
    """Never has time."""
    raise TooManyRequestsError(seconds=30, retry_after_seconds=30)


@kinds.get("/v1/broken", Action.READ_PUBLIC, summary="Broken")
def broken() -> ThingResponse:
    """Fails with something personal in hand."""
    raise RuntimeError("alice@example.com")


APP = HttpApp("things", kinds)
VISITOR, ADMIN = Caller(APP), Caller(APP, staff(Role.ADMIN))


def problem(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal, whose form is checked on the way (RFC 9457)."""
    content = answer.json
    assert "application/problem+json" == answer.headers["content-type"]
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(content)
    assert (answer.status, f"urn:regulars:problem:{content['code']}") == (content["status"], content["type"])
    return answer.status, content["code"]


def test_a_route_answers_its_model() -> None:
    """JSON of the declared fields with the route's status; private unless the route says otherwise."""
    answer = ADMIN.post("/v1/things", {"size": 3}, headers={"Idempotency-Key": "k"})

    assert (201, {"size": 3, "by": "staff:admin"}) == (answer.status, answer.json)
    assert ("application/json", "no-store") == (answer.headers["content-type"], answer.headers["cache-control"])


def test_a_route_may_say_how_long_it_may_be_kept() -> None:
    """Its own Cache-Control stays."""
    assert "public, max-age=60" == VISITOR.get("/v1/things/4").headers["cache-control"]


def test_path_and_query_reach_the_route() -> None:
    """By name, read as their types."""
    assert (4, 7) == (VISITOR.get("/v1/things/4").json["size"], VISITOR.get("/v1/things", query={"limit": "7"}).json["size"])


def test_who_has_seen_it_gets_304() -> None:
    """Without a body, with the ETag; another copy is answered in full."""
    seen, other = (VISITOR.get("/v1/things/4", headers={"If-None-Match": tag}) for tag in ('"4"', '"5"'))

    assert (304, "", '"4"') == (seen.status, seen.text, seen.headers["etag"])
    assert (200, {"size": 4, "by": ""}) == (other.status, other.json)


def test_a_conditional_write_needs_if_match() -> None:
    """422 that names the header; with it the route goes on."""
    assert {"If-Match": "if_match_required"} == VISITOR.put("/v1/things/4").fields
    assert '"4"' == VISITOR.put("/v1/things/4", headers={"If-Match": '"4"'}).json["by"]


def test_a_route_may_have_nothing_to_say() -> None:
    """204 with its headers and no content."""
    answer = VISITOR.patch("/v1/things/9")

    assert (204, "", "9") == (answer.status, answer.text, answer.headers["x-thing"])


def test_a_page_is_sent_as_it_is() -> None:
    """With its own type and caching."""
    answer = VISITOR.get("/page")

    assert (200, "text/html", "<p>熟客</p>", "public") == (
        answer.status, answer.headers["content-type"], answer.text, answer.headers["cache-control"],
    )  # fmt: skip


def test_the_caller_is_asked_first() -> None:
    """401 and 403 before anything of the request is looked at."""
    unfit: dict[str, Any] = {"raw": "not json", "headers": {"Content-Type": "text/plain"}}

    assert (401, "unauthenticated") == problem(VISITOR.post("/v1/things", **unfit))
    assert (403, "forbidden") == problem(Caller(APP, member()).post("/v1/things", **unfit))
    assert (403, "forbidden") == problem(Caller(APP, staff(Role.CLERK)).post("/v1/things", **unfit))


def test_a_required_key_is_asked_for_before_the_body() -> None:
    """422 that names the header."""
    answer = ADMIN.post("/v1/things", raw="not json")

    assert (422, "idempotency_key_invalid") == problem(answer)
    assert {"Idempotency-Key": "idempotency_key_invalid"} == answer.fields


def test_an_unfit_key_is_refused_also_where_it_is_optional() -> None:
    """Whoever sends one means it; without one the route goes on."""
    refused, taken = VISITOR.post("/v1/notes", headers={"Idempotency-Key": "a b"}), VISITOR.post("/v1/notes")

    assert ({"Idempotency-Key": "idempotency_key_invalid"}, 200) == (refused.fields, taken.status)


@pytest.mark.parametrize(
    ("raw", "content_type", "expected"),
    [
        ("not json", "application/json", (400, "invalid_body")),
        ("{}", "text/plain", (415, "unsupported_media_type")),
        (" " * 70_000, "application/json", (413, "body_too_large")),
        ('{"size": 0}', "application/json", (422, "validation_failed")),
    ],
)
def test_an_unfit_body_is_a_problem(raw: str, content_type: str, expected: tuple[int, str]) -> None:
    """Each kind with its status and code."""
    assert expected == problem(ADMIN.post("/v1/things", raw=raw, headers={"Idempotency-Key": "k", "Content-Type": content_type}))


@pytest.mark.parametrize("name", ["x" * 65, "熟", "a b", "a%00", "'", "\ud800", "{id}", "$"])
def test_what_cannot_be_an_id_names_nothing(name: str) -> None:
    """404 without asking any table: letters, digits, `_`, `.` and `-`, at most 64."""
    assert (404, "not_found") == problem(VISITOR.get(f"/v1/things/{name}"))


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nothing"), ("DELETE", "/v1/things/1"), ("POST", "/v1/things/1"), ("GET", "/")])
def test_what_is_no_operation_is_not_found(method: str, path: str) -> None:
    """404, for an unknown address and for an unknown method alike."""
    assert (404, "not_found") == problem(VISITOR.call(method, path))


def test_a_refusal_speaks_the_callers_language() -> None:
    """And says so; the figures are filled in, also those that are texts."""
    headers = {"Accept-Language": "zh-CN", "Idempotency-Key": "k"}
    busy, unfit = VISITOR.get("/v1/busy", headers=headers), ADMIN.post("/v1/things", raw="[]", headers=headers)

    assert ("zh-CN", "请求过于频繁，请等待 30 秒。") == (busy.headers["content-language"], busy.json["detail"])
    assert "请求体不是本接口可读取的 JSON 对象：不是 JSON 对象。" == unfit.json["detail"]
    assert "Too many requests: wait 30 seconds." == VISITOR.get("/v1/busy").json["detail"]


def test_a_retryable_refusal_says_when_to_come_back() -> None:
    """`Retry-After` in seconds; other refusals have none."""
    assert "30" == VISITOR.get("/v1/busy").headers["retry-after"]
    assert "retry-after" not in VISITOR.get("/v1/things/none").headers


def test_a_refusal_of_a_route_is_a_problem() -> None:
    """With the path as its instance, never cached."""
    answer = VISITOR.get("/v1/things/none")

    assert (404, "not_found") == problem(answer)
    assert ("/v1/things/none", "no-store") == (answer.json["instance"], answer.headers["cache-control"])


def test_nothing_inner_reaches_the_caller_or_the_log(log: io.StringIO) -> None:
    """An unexpected error is 500 with no word of it; the log has its kind and place, and nothing personal (S9, PRV-17)."""
    answer = VISITOR.get("/v1/broken")
    logged = log.getvalue()

    assert (500, "internal_error") == problem(answer)
    assert "alice" not in answer.text + logged
    lines = [json.loads(line) for line in logged.splitlines()]
    assert [("unexpected", "RuntimeError"), ("call", None)] == [(line["message"], line.get("error")) for line in lines]
    assert "test_http.py:" in lines[0]["where"]


def test_a_call_is_one_line_in_the_log(log: io.StringIO) -> None:
    """The route's pattern, the kind of caller and the outcome; no path, no name, no query (PRV-17)."""
    Caller(APP, staff(Role.ADMIN, "ada.lovelace")).get("/v1/things/4711", query={"x": "secret"})
    (line,) = log.getvalue().splitlines()

    assert ("GET /v1/things/{thing_id}", 200, "ok", "staff") == tuple(
        json.loads(line)[key] for key in ("route", "status", "code", "caller")
    )
    assert not any(word in line for word in ("4711", "lovelace", "secret"))


def test_a_function_without_routes_finds_nothing() -> None:
    """It still answers problems, not errors."""
    assert (404, "not_found") == problem(Caller(HttpApp("empty", Routes())).get("/v1/things"))


def test_routes_are_loaded_when_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, and only as far as the one that serves the request; what no module serves is not found (bar 8)."""
    for name in ("first", "second", "third"):
        (tmp_path / f"later_{name}.py").write_text(
            "from regulars.aws.http import Empty, Routes\n"
            "from regulars.kernel.policy import Action\n"
            "routes = Routes()\n"
            f"@routes.get('/v1/{name}/{{thing_id}}', Action.READ_PROGRAM_VERSIONS, summary='A thing')\n"
            "def get_thing(thing_id: str) -> Empty:\n"
            "    return Empty()\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    app = HttpApp("later", Routes(), later=("later_first", "later_second", "later_third"))

    def status(route_key: str, path: str) -> int:
        event = http_event("GET", path, principal=staff(Role.ADMIN))
        return int(app.lambda_handler({**event, "routeKey": route_key}, None)["statusCode"])

    assert 200 == status("GET /v1/second/{thing_id}", "/v1/second/1")
    assert ["later_first", "later_second"] == [name for name in sorted(sys.modules) if name.startswith("later_")]
    assert 200 == status("GET /v1/first/{thing_id}", "/v1/first/1")
    assert "later_third" not in sys.modules
    assert 404 == status("$default", "/v1/fourth/1")
    assert 3 == len(app.routes)
