"""What is refused of feedback, who may do what, and what stays out of the log."""

from io import StringIO

import pytest

from regulars.kernel.paging import encode_cursor
from regulars.kernel.principal import Principal, Role, Scope
from tests.support.calls import MEMBER_ID, machine, member, staff
from tests.support.feedback import Desk, feedback

OTHER = "mem_01JZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.mark.parametrize(
    ("part", "field", "code"),
    [
        ({"channel": "pigeon"}, "channel", "enum"),
        ({"kind": "rumour"}, "kind", "enum"),
        ({"text": ""}, "text", "string_too_short"),
        ({"text": "x" * 4001}, "text", "string_too_long"),
        ({"text": "a\x00b"}, "text", "string_pattern_mismatch"),
        ({"text": 7}, "text", "string_type"),
        ({"text": ...}, "text", "missing"),
        ({"order_reference": ""}, "order_reference", "string_too_short"),
        ({"member_id": OTHER}, "member_id", "extra_forbidden"),
        ({"mood": "bad"}, "mood", "extra_forbidden"),
    ],
)
def test_what_is_unfit_is_refused_by_field_and_nothing_is_written(counter: Desk, part: dict[str, object], field: str, code: str) -> None:
    """422 with field and code; a member cannot speak for another."""
    answer = counter.give(**part)
    assert (422, code) == (answer.status, answer.fields.get(field))
    assert [] == counter.table.items


@pytest.mark.parametrize("body", [{"category": "delivery"}, {"severity": "high"}, {"category": "x", "severity": "high"}, {}])
def test_a_class_needs_category_and_severity(counter: Desk, body: dict[str, str]) -> None:
    """Both, of the closed lists."""
    assert 422 == counter.post(counter.agent, f"/v1/feedback/{counter.given()}/classification", body).status


_DESK_ONLY = (
    "GET /v1/feedback",
    "GET /v1/feedback/x",
    f"GET /v1/members/{MEMBER_ID}/feedback",
    f"GET /v1/members/{MEMBER_ID}/service",
    "POST /v1/feedback/x/closure",
)


@pytest.mark.parametrize("operation", _DESK_ONLY)
@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (Principal(), {401}),
        (member(), {403}),
        (staff(Role.CLERK), {403}),
        (staff(Role.ANALYST), {403}),
        (machine(Scope.MEMBERS_READ), {403}),
        (staff(Role.AGENT), {200, 404}),
        (staff(Role.MANAGER), {200, 404}),
    ],
)
def test_who_may_see_feedback_through(counter: Desk, operation: str, principal: Principal, expected: set[int]) -> None:
    """Agents, managers and admins; clerks key in and no more."""
    method, path = operation.split()
    assert counter.caller(principal).call(method, path).status in expected


@pytest.mark.parametrize(
    ("principal", "expected"), [(Principal(), 401), (member(), 403), (staff(Role.MARKETER), 403), (staff(Role.CLERK), 201)]
)
def test_who_may_speak_for_a_member(counter: Desk, principal: Principal, expected: int) -> None:
    """Clerks, agents, managers and admins."""
    assert expected == counter.post(counter.caller(principal), "/v1/feedback", feedback(member_id=MEMBER_ID)).status


def test_staff_have_no_feedback_of_their_own(counter: Desk) -> None:
    """`/v1/me` is for members."""
    assert 403 == counter.post(counter.agent, "/v1/me/feedback", feedback()).status


_PLACE = "2025-06-01T04:00:00.000Z#fbk_"
_OWN_LIST, _QUEUE = f"MEMBER#{MEMBER_ID}", "FEEDBACK#received"


@pytest.mark.parametrize("at", ["x", "#", "FEEDBACK#", _PLACE, f"09#{_PLACE}1", f"FEEDBACK#{_PLACE}{'1' * 1100}"])
def test_a_bad_cursor_is_refused(counter: Desk, at: str) -> None:
    """422 with the field: no position that the table itself would choke on."""
    for caller, path, of in ((counter.member, "/v1/me/feedback", _OWN_LIST), (counter.agent, "/v1/feedback", _QUEUE)):
        answer = caller.get(path, query={"cursor": encode_cursor({"of": of, "at": at})})
        assert (422, {"cursor": "invalid_cursor"}) == (answer.status, answer.fields)


@pytest.mark.parametrize("at", [f"{_PLACE}1", f"00#{_PLACE}1", f"08#{_PLACE}1"])
def test_a_place_in_the_work_list_may_be_in_a_lane(counter: Desk, at: str) -> None:
    """A cursor of any priority is taken, so that those refused are refused for what is wrong with them."""
    assert 200 == counter.agent.get("/v1/feedback", query={"cursor": encode_cursor({"of": _QUEUE, "at": at})}).status


def test_a_cursor_of_one_list_is_none_of_another(counter: Desk) -> None:
    """The work list's position does not begin a member's list, nor the other way round."""
    for _ in range(2):
        counter.given()
    own = counter.member.get("/v1/me/feedback", query={"limit": "1"}).json["next_cursor"]
    queue = counter.agent.get("/v1/feedback", query={"limit": "1"}).json["next_cursor"]
    assert 422 == counter.member.get("/v1/me/feedback", query={"cursor": queue}).status
    assert 422 == counter.agent.get("/v1/feedback", query={"cursor": own}).status


@pytest.mark.requirement("PRV-17")
def test_the_log_has_no_word_of_it(counter: Desk, log: StringIO) -> None:
    """Neither text nor answer nor reference to the order."""
    feedback_id = counter.given(text="my phone is +8613800138000")
    counter.classify(feedback_id)
    counter.answer(feedback_id, "call us at +862112345678")
    printed = log.getvalue()
    assert printed
    for secret in ("13800138000", "2112345678", "A-1001", MEMBER_ID):
        assert secret not in printed
