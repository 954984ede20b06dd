"""`/v1/me/feedback` and `/v1/feedback`, in process."""

import json

import pytest

from regulars.kernel.principal import Role
from regulars.service.model import FeedbackChannel, FeedbackKind
from tests.support.calls import MEMBER_ID, member, staff
from tests.support.feedback import STRANGER, Desk, feedback

OTHER = "mem_01JZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.mark.parametrize("channel", FeedbackChannel)
@pytest.mark.requirement("FBK-01")
def test_every_channel_is_taken_and_answered_with_a_reference_number(counter: Desk, channel: FeedbackChannel) -> None:
    """By the member, and by staff on behalf: each gets a number and an acknowledgement that names it."""
    own = counter.give(channel=channel)
    on_behalf = counter.post(counter.caller(staff(Role.CLERK)), "/v1/feedback", feedback(channel=channel, member_id=MEMBER_ID))
    assert (201, 201) == (own.status, on_behalf.status)
    assert own.json["reference"] != on_behalf.json["reference"]
    assert own.json["reference"] in own.json["acknowledgement"]["text"]
    assert {channel.value} == {item["channel"] for item in counter.member.get("/v1/me/feedback").json["items"]}


@pytest.mark.parametrize("kind", FeedbackKind)
def test_the_member_finds_what_was_said_as_it_was_said(counter: Desk, kind: FeedbackKind) -> None:
    """Kind, text and order reference come back unchanged, markup included: it is data."""
    text = "<b>bold</b> {{ 1 }} & 'quotes'\n第二行"
    found = counter.seen(counter.given(kind=kind, text=text)).json
    assert (kind, text, "A-1001", "received", []) == tuple(found[name] for name in ("kind", "text", "order_reference", "status", "answers"))


def test_the_acknowledgement_is_in_the_callers_language(counter: Desk) -> None:
    """A stable code, its figure, and the sentence."""
    answer = counter.post(counter.member, "/v1/me/feedback", feedback(), **{"Accept-Language": "zh-CN"}).json
    acknowledgement = answer["acknowledgement"]
    assert ("feedback_received", {"reference": answer["reference"]}) == (acknowledgement["code"], acknowledgement["params"])
    assert "感谢您的反馈" in acknowledgement["text"]


@pytest.mark.requirement("FBK-07")
def test_closing_needs_an_answer_and_the_member_sees_it(counter: Desk) -> None:
    """Received, classified, answered, closed; before the answer closing is refused, after it the member reads it."""
    feedback_id = counter.given()
    assert (422, "answer_needed") == (counter.close(feedback_id).status, counter.close(feedback_id).code)
    assert "classified" == counter.classify(feedback_id).json["status"]
    assert "answer_needed" == counter.close(feedback_id).code
    assert "answered" == counter.answer(feedback_id, "已为您补发。").json["status"]
    assert ["已为您补发。"] == [answer["text"] for answer in counter.seen(feedback_id).json["answers"]]
    assert "closed" == counter.close(feedback_id).json["status"]
    assert "closed" == counter.seen(feedback_id).json["status"]


def test_each_change_is_on_record_and_lets_one_event_out_without_a_word_of_the_text(counter: Desk) -> None:
    """Four changes, four records, four events; the events carry ids and codes only."""
    feedback_id = counter.given(text="secret words")
    counter.classify(feedback_id)
    counter.answer(feedback_id, "secret answer")
    counter.close(feedback_id)
    assert ["FeedbackReceived", "FeedbackClassified", "FeedbackAnswered", "FeedbackResolved"] == counter.events()
    records = [item for item in counter.table.items if item["sk"].startswith("CHANGE#")]
    assert ["received", "classified", "answered", "closed"] == [record["what"] for record in records]
    assert [f"member:{MEMBER_ID}"] + ["staff:agent"] * 3 == [record["actor"] for record in records]
    assert "secret" not in json.dumps(records)


def test_the_member_does_not_see_how_it_was_classed(counter: Desk) -> None:
    """Category, severity, priority and names of staff are the desk's own business (law M2)."""
    feedback_id = counter.given()
    counter.classify(feedback_id)
    counter.answer(feedback_id)
    counter.assign(feedback_id, "wu")
    seen = counter.seen(feedback_id).text
    for inner in ("severity", "category", "actor", "staff:", "recorded_by", "agent", "priority", "wu"):
        assert inner not in seen


def test_illegal_steps_are_refused_with_the_status(counter: Desk) -> None:
    """Answering before classifying, anything after closing."""
    feedback_id = counter.given()
    assert (422, "feedback_state") == (counter.answer(feedback_id).status, counter.answer(feedback_id).code)
    counter.classify(feedback_id)
    counter.answer(feedback_id)
    counter.close(feedback_id)
    steps = (counter.classify, counter.answer, counter.assign, counter.close)
    assert {"feedback_state"} == {step(feedback_id).code for step in steps}


@pytest.mark.parametrize("step", ["give", "classify", "answer", "assign", "close"])
def test_a_repeated_command_counts_once_and_answers_the_same(counter: Desk, step: str) -> None:
    """Ten times the same key and content: one effect, one answer byte for byte, replays marked (laws I1, I4)."""
    feedback_id = counter.given()
    before = {"give": [], "classify": [], "answer": [counter.classify], "assign": [], "close": [counter.classify, counter.answer]}[step]
    for prepare in before:
        prepare(feedback_id)
    act = {"classify": counter.classify, "answer": counter.answer, "assign": counter.assign, "close": counter.close}.get(step)
    answers = [
        act(feedback_id, key="same") if act else counter.post(counter.member, "/v1/me/feedback", feedback(), key="same") for _ in range(10)
    ]
    assert 1 == len({(answer.status, answer.text) for answer in answers})
    assert [None] + ["true"] * 9 == [answer.headers.get("idempotent-replayed") for answer in answers]
    assert len(before) + 2 == len(counter.events())


def test_a_replay_is_answered_even_when_the_step_would_be_refused_by_now(counter: Desk) -> None:
    """No refusal before the guard was read: the answer to a lost answer is the first answer."""
    feedback_id = counter.given()
    counter.classify(feedback_id)
    first = counter.answer(feedback_id, key="lost")
    counter.close(feedback_id)
    assert (first.status, first.text) == (counter.answer(feedback_id, key="lost").status, counter.answer(feedback_id, key="lost").text)


@pytest.mark.parametrize("lost_answer", [False, True])
@pytest.mark.parametrize("step", ["give", "answer"])
def test_a_lost_call_to_the_store_and_a_retry_count_once(counter: Desk, step: str, *, lost_answer: bool) -> None:
    """503 first; the retry with the same key is done, or finds what was done."""
    feedback_id = counter.given()
    counter.classify(feedback_id)
    counter.table.lose("transact", after=lost_answer)

    def act() -> int:
        if step == "give":
            return counter.post(counter.member, "/v1/me/feedback", feedback(), key="same").status
        return counter.answer(feedback_id, key="same").status

    assert [503, 201 if step == "give" else 200] == [act(), act()]
    assert 3 == len(counter.events())


def test_the_same_key_with_other_content_is_refused(counter: Desk) -> None:
    """422, and nothing is written (law I3)."""
    counter.post(counter.member, "/v1/me/feedback", feedback(), key="same")
    before = counter.table.items
    assert "idempotency_mismatch" == counter.post(counter.member, "/v1/me/feedback", feedback(text="Other"), key="same").code
    assert before == counter.table.items


def test_a_key_is_the_callers_own(counter: Desk) -> None:
    """Two members with the same key and content give two pieces of feedback."""
    callers = [counter.caller(member(who)) for who in (MEMBER_ID, OTHER)]
    ids = {counter.post(caller, "/v1/me/feedback", feedback(), key="same").json["feedback_id"] for caller in callers}
    assert 2 == len(ids)


@pytest.mark.parametrize("path", ["/v1/me/feedback", "/v1/feedback"])
def test_giving_feedback_needs_a_key(counter: Desk, path: str) -> None:
    """Without one a retry could count twice."""
    caller = counter.member if "/me/" in path else counter.agent
    answer = caller.post(path, feedback())
    assert (422, {"Idempotency-Key": "idempotency_key_invalid"}) == (answer.status, answer.fields)


def test_a_stale_etag_is_refused_where_one_is_sent(counter: Desk) -> None:
    """`If-Match` is heeded and may be left out; a change since the reading is 412."""
    feedback_id = counter.given()
    etag = counter.agent.get(f"/v1/feedback/{feedback_id}").headers["etag"]
    assert 200 == counter.classify(feedback_id, **{"If-Match": etag}).status
    stale = counter.answer(feedback_id, **{"If-Match": etag})
    assert (412, "precondition_failed") == (stale.status, stale.code)
    assert 412 == counter.answer(feedback_id, **{"If-Match": '"nonsense"'}).status
    assert 200 == counter.answer(feedback_id, **{"If-Match": '"2"'}).status


def test_what_has_not_changed_is_not_sent_again(counter: Desk) -> None:
    """304 to the ETag that was read."""
    feedback_id = counter.given()
    path = f"/v1/me/feedback/{feedback_id}"
    etag = counter.member.get(path).headers["etag"]
    assert 304 == counter.member.get(path, headers={"If-None-Match": etag}).status


def test_somebody_elses_feedback_is_not_found(counter: Desk) -> None:
    """Indistinguishable from what does not exist (law M1)."""
    feedback_id = counter.given()
    others, missing = counter.seen(feedback_id, OTHER), counter.seen("fbk_nothing", OTHER)
    assert (404, others.json["detail"]) == (others.status, missing.json["detail"])
    assert [] == counter.caller(member(OTHER)).get("/v1/me/feedback").json["items"]


def test_an_unsigned_note_from_the_box_is_recorded_without_a_member(counter: Desk) -> None:
    """Staff key it in; it has a number, a place in the work list, and no member's list."""
    answer = counter.post(counter.agent, "/v1/feedback", feedback(channel="suggestion_box", kind="praise"))
    assert 201 == answer.status
    found = counter.agent.get(f"/v1/feedback/{answer.json['feedback_id']}").json
    assert (None, "staff:agent") == (found["member_id"], found["recorded_by"])


def test_feedback_for_a_member_there_is_not_is_refused(counter: Desk) -> None:
    """422 with the field, and nothing written."""
    answer = counter.post(counter.agent, "/v1/feedback", feedback(member_id=STRANGER))
    assert (422, {"member_id": "member_not_found"}) == (answer.status, answer.fields)
    assert [] == counter.table.items


def test_the_work_list_has_each_status_by_itself(counter: Desk) -> None:
    """What waits longest comes first; what was closed last is shown first."""
    ids = []
    for _ in range(3):
        ids.append(counter.given())
        counter.clock.move(minutes=1)

    def listed(status: str) -> list[str]:
        items = counter.agent.get("/v1/feedback", query={"status": status}).json["items"]
        return [item["feedback_id"] for item in items]

    assert ids == [item["feedback_id"] for item in counter.agent.get("/v1/feedback").json["items"]]
    for feedback_id in ids[:2]:
        counter.classify(feedback_id)
        counter.answer(feedback_id)
        counter.close(feedback_id)
    assert (ids[2:], [], ids[1::-1]) == (listed("received"), listed("answered"), listed("closed"))


@pytest.mark.parametrize("path", ["/v1/me/feedback", "/v1/feedback", f"/v1/members/{MEMBER_ID}/feedback"])
def test_pages_are_the_whole_list(counter: Desk, path: str) -> None:
    """By limit and cursor, without gap or duplicate (law V1)."""
    ids = set()
    for _ in range(5):
        ids.add(counter.given())
    found, cursor = [], None
    while True:
        caller = counter.member if "/me/" in path else counter.agent
        page = caller.get(path, query={"limit": "2", **({"cursor": cursor} if cursor else {})}).json
        found += [item["feedback_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (5, ids) == (len(found), set(found))


def test_the_list_of_a_member_there_is_not_is_not_found(counter: Desk) -> None:
    """404 for staff."""
    assert 404 == counter.agent.get(f"/v1/members/{STRANGER}/feedback").status
