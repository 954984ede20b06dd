"""Giving feedback to another agent, feedback that is older than lanes, and what stands on record."""

from typing import Any

import pytest

from regulars.aws.table import Put
from tests.support.feedback import Desk, feedback


def agents(counter: Desk, *ids: str) -> list[str | None]:
    """To whom feedback is assigned."""
    return [counter.agent.get(f"/v1/feedback/{feedback_id}").json["agent"] for feedback_id in ids]


def listed(counter: Desk, **query: str) -> list[str]:
    """A work list, in order."""
    return [item["feedback_id"] for item in counter.agent.get("/v1/feedback", query=query).json["items"]]


@pytest.mark.requirement("TIER-11")
def test_feedback_can_be_given_to_another_agent_and_back_to_nobody(counter: Desk) -> None:
    """It moves from list to list, keeps its status, and each step raises its version."""
    feedback_id = counter.given()
    first, second = counter.assign(feedback_id, "wu"), counter.assign(feedback_id, "li.na")
    assert [("received", 2), ("received", 3)] == [(step.json["status"], step.json["version"]) for step in (first, second)]
    assert ([], [feedback_id], ["li.na"]) == (listed(counter, agent="wu"), listed(counter, agent="li.na"), agents(counter, feedback_id))
    assert 200 == counter.assign(feedback_id, None).status
    assert ([], [feedback_id], [None]) == (listed(counter, agent="li.na"), listed(counter), agents(counter, feedback_id))


def test_an_agents_list_follows_the_status(counter: Desk) -> None:
    """What was given to an agent stands in each status's list of that agent as it goes on."""
    feedback_id = counter.given()
    counter.assign(feedback_id, "wu")
    counter.classify(feedback_id)
    assert ([], [feedback_id]) == (listed(counter, agent="wu"), listed(counter, agent="wu", status="classified"))


def test_who_had_it_stands_on_record_and_in_no_event(counter: Desk) -> None:
    """The record of the receipt keeps tier and priority, that of each step the agent; the event says that it was assigned, not to whom."""
    feedback_id = counter.given()
    counter.assign(feedback_id, "wu")
    counter.assign(feedback_id, None)
    records = [item for item in counter.table.items if item["sk"].startswith("CHANGE#")]
    assert [("received", {"tier": "ordinary", "priority": "0"}), ("assigned", {"agent": "wu"}), ("assigned", {})] == [
        (record["what"], record["facts"]) for record in records
    ]
    assert ["FeedbackReceived", "FeedbackAssigned", "FeedbackAssigned"] == counter.events()
    assert [True, False] == ['"is_assigned":true' in record["events"][0] for record in records[1:]]
    assert not any('"wu"' in record["events"][0] for record in records)


def test_a_step_on_what_somebody_else_assigned_meanwhile_is_refused(counter: Desk) -> None:
    """`If-Match` is heeded: a change since the reading is 412, and the agent stays."""
    feedback_id = counter.given()
    etag = counter.agent.get(f"/v1/feedback/{feedback_id}").headers["etag"]
    assert (200, '"2"') == ((step := counter.assign(feedback_id, "wu", **{"If-Match": etag})).status, step.headers["etag"])
    assert (412, ["wu"]) == (counter.assign(feedback_id, "li.na", **{"If-Match": etag}).status, agents(counter, feedback_id))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing"),
        ({"agent": ""}, "string_pattern_mismatch"),
        ({"agent": "Li Na"}, "string_pattern_mismatch"),
        ({"agent": "a" * 64}, "string_pattern_mismatch"),
        ({"agent": 7}, "string_type"),
    ],
)
def test_whom_it_is_given_to_is_said_by_a_log_in_or_null(counter: Desk, body: dict[str, Any], code: str) -> None:
    """Anything else, or nothing, is refused by field, and nothing changes."""
    feedback_id = counter.given()
    answer = counter.post(counter.agent, f"/v1/feedback/{feedback_id}/assignment", body)
    assert (422, {"agent": code}, [None]) == (answer.status, answer.fields, agents(counter, feedback_id))


def test_a_list_is_asked_for_by_a_log_in(counter: Desk) -> None:
    """Any other text is refused by field."""
    answer = counter.agent.get("/v1/feedback", query={"agent": "Li Na"})
    assert (422, {"agent": "string_pattern_mismatch"}) == (answer.status, answer.fields)


def test_of_the_accounts_nothing_is_written(counter: Desk) -> None:
    """The tier of a member without an account is read from one that is opened in memory."""
    feedback_id = counter.given()
    assert "ordinary" == counter.agent.get(f"/v1/feedback/{feedback_id}").json["tier"]
    assert (["get"], []) == (counter.accounts.calls, counter.accounts.items)


def test_while_the_accounts_cannot_be_read_nothing_is_taken_in(counter: Desk) -> None:
    """503 and nothing written, better than a ticket without its lane; the retry with the same key counts once."""
    counter.accounts.lose("get")
    answers = [counter.post(counter.member, "/v1/me/feedback", feedback(), key="same") for _ in range(3)]
    assert [503, 201, 201] == [answer.status for answer in answers]
    assert 1 == len(listed(counter))


_OF_LANES = {"tier", "priority", "agent", "agent_queue"}


def test_feedback_from_before_there_were_lanes_reads_and_goes_on(counter: Desk) -> None:
    """Without tier, priority and agent it waits its turn among what has none, by age, and takes every step."""
    old, newer = counter.given(), counter.given()
    (stored,) = [item for item in counter.table.items if item["pk"] == f"FEEDBACK#{old}" and item["sk"] == "FEEDBACK"]
    counter.table.write(Put({name: value for name, value in stored.items() if name not in _OF_LANES}))
    assert "2025" == stored["queued_at"][:4]
    found = counter.agent.get(f"/v1/feedback/{old}").json
    assert (None, 0, None, 1) == tuple(found[name] for name in ("tier", "priority", "agent", "version"))
    assert [old, newer] == listed(counter) == [*listed(counter, limit="1"), newer]
    counter.assign(old, "wu")
    assert [old] == listed(counter, agent="wu")
    counter.classify(old)
    counter.answer(old)
    assert "closed" == counter.close(old).json["status"]
    assert ("received", [newer]) == (counter.seen(newer).json["status"], listed(counter))
