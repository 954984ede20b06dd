"""`/v1/program/versions`: a version's life by HTTP, on the real adapter."""

from typing import TYPE_CHECKING

import pytest

from regulars.kernel.principal import Role
from regulars.wiring import Wiring
from tests.functional.program.conftest import ADMIN, MANAGER, VERSIONS, VISITOR, Versions, items
from tests.support.calls import Caller, staff
from tests.support.clock import MovableClock
from tests.support.program import programme_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

FIVE_MINUTES_ON = "2025-06-01T04:05:00.000Z"


@pytest.mark.requirement("TIER-01", "TIER-03")
def test_five_tiers_come_into_force_without_a_change_of_code(versions: Versions, clock: MovableClock) -> None:
    """Draft the preset five, approve, publish: visitors see four tiers until its moment and five from then on."""
    published = versions.publish(versions.approved(), "2025-06-01T12:05:00+08:00")

    assert 200 == published.status
    assert ("published", 2, FIVE_MINUTES_ON) == tuple(published.json[name] for name in ("status", "number", "effective_from"))
    clock.move(minutes=4, seconds=59)
    assert 4 == len(VISITOR.get("/v1/program").json["criteria"])
    clock.move(seconds=1)
    shown = VISITOR.get("/v1/program")
    assert ["ordinary", "silver", "gold", "platinum", "diamond"] == [tier["code"] for tier in shown.json["criteria"]]
    assert (2, FIVE_MINUTES_ON, '"2"') == (shown.json["version"], shown.json["effective_from"], shown.headers["etag"])


@pytest.mark.requirement("TIER-19")
def test_the_whole_life_is_kept(versions: Versions, clock: MovableClock) -> None:
    """Authors, who approved and published, when, from when on it holds, and what was said, stay with the version for ever."""
    draft = versions.draft(preset="five")
    clock.move(minutes=1)
    submitted = versions.submit(draft)
    clock.move(minutes=1)
    approved = MANAGER.post(
        f"{VERSIONS}/{draft.json['version_id']}/approval", {"note": "As agreed"}, headers={"If-Match": submitted.headers["etag"]}
    )
    published = versions.publish(approved, "2025-07-01T00:00:00+08:00")

    steps = [(step["what"], step["by"], step["at"], step["note"]) for step in published.json["steps"]]
    assert [
        ("drafted", "staff:ada", "2025-06-01T04:00:00.000Z", "More tiers"),
        ("submitted", "staff:ada", "2025-06-01T04:01:00.000Z", ""),
        ("approved", "staff:mei", "2025-06-01T04:02:00.000Z", "As agreed"),
        ("published", "staff:ada", "2025-06-01T04:02:00.000Z", ""),
    ] == steps
    kept = MANAGER.get(f"{VERSIONS}/{draft.json['version_id']}").json
    assert published.json == kept
    assert (["staff:ada"], "More tiers", "2025-06-30T16:00:00.000Z") == (kept["authors"], kept["note"], kept["effective_from"])


def test_publishing_lets_its_event_out_with_the_change(versions: Versions, dynamodb: "DynamoDBClient") -> None:
    """The item of the published version carries the event for the relay; no other item does."""
    published = versions.publish(versions.approved(), FIVE_MINUTES_ON)

    carrying = [item for item in items(dynamodb) if "events" in item]
    assert ["PUBLISHED#000002"] == [item["sk"] for item in carrying]
    assert [
        '{"type":"ProgramVersionPublished","detail":{"event_id":"' + carrying[0]["events"][0].split('"event_id":"')[1][:30] + '",'
        '"occurred_at":"2025-06-01T04:00:00Z","version_id":"' + published.json["version_id"] + '","number":2,'
        '"effective_from":"2025-06-01T04:05:00Z","schema_version":1}}'
    ] == carrying[0]["events"]


def test_a_draft_may_be_a_whole_programme(versions: Versions) -> None:
    """What is sent is what is kept, and read again with the same ETag."""
    draft = versions.draft(programme=programme_json("four", late_window_days=7))

    assert 201 == draft.status
    assert programme_json("four", late_window_days=7) == draft.json["programme"]
    read = ADMIN.get(f"{VERSIONS}/{draft.json['version_id']}")
    assert (draft.json, draft.headers["etag"]) == (read.json, read.headers["etag"])


def test_a_draft_may_be_a_preset_with_changes(versions: Versions) -> None:
    """Each named part replaces the preset's whole part; the others stay."""
    draft = versions.draft(preset="five", changes={"currency": "EUR", "expiry": {"policy": "never"}})

    programme = draft.json["programme"]
    assert ("EUR", "never", 5) == (programme["currency"], programme["expiry"]["policy"], len(programme["tiers"]))


def test_a_draft_sent_twice_is_one_draft(versions: Versions, dynamodb: "DynamoDBClient") -> None:
    """The same key and content answer the same, marked as replayed, also after the draft went on (laws I1, I4)."""
    first = versions.draft()
    versions.submit(first)
    again = versions.draft()

    assert (201, first.text) == (again.status, again.text)
    assert ("true", None) == (again.headers["idempotent-replayed"], first.headers.get("idempotent-replayed"))
    assert 2 == len(items(dynamodb))


def test_a_key_belongs_to_its_caller(versions: Versions) -> None:
    """The same key of somebody else is another request (law I3)."""
    other = Versions(admin=Caller(ADMIN.app, staff(Role.ADMIN, "bob")))

    assert versions.draft().json["version_id"] != other.draft().json["version_id"]


def test_a_draft_is_changed_until_it_is_submitted(versions: Versions) -> None:
    """The content is replaced, its writer becomes one of the authors, the revision rises."""
    draft = versions.draft()
    other = Caller(ADMIN.app, staff(Role.ADMIN, "bob"))
    path = f"{VERSIONS}/{draft.json['version_id']}"
    changed = other.put(path, {"preset": "four", "note": "Fewer"}, headers={"If-Match": '"1"'})

    assert (200, '"2"', ["staff:ada", "staff:bob"]) == (changed.status, changed.headers["etag"], changed.json["authors"])
    assert ("Fewer", 4) == (changed.json["note"], len(changed.json["programme"]["tiers"]))
    submitted = versions.submit(changed)
    refused = other.put(path, {"preset": "five", "note": "More"}, headers={"If-Match": submitted.headers["etag"]})
    assert (422, "version_state") == (refused.status, refused.code)
    assert "This version is submitted; what you ask needs one that is draft." == refused.json["detail"]


def test_a_step_whose_answer_was_lost_can_be_asked_again(versions: Versions, dynamodb: "DynamoDBClient") -> None:
    """The same step from the same revision answers the same, and is taken once."""
    draft = versions.draft()
    submitted, again = versions.submit(draft), versions.submit(draft)
    approved, approved_again = versions.approve(submitted), versions.approve(submitted)
    published, published_again = versions.publish(approved, FIVE_MINUTES_ON), versions.publish(approved, FIVE_MINUTES_ON)

    assert (submitted.text, approved.text, published.text) == (again.text, approved_again.text, published_again.text)
    assert 1 == sum(item["sk"].startswith("PUBLISHED#") for item in items(dynamodb))


def test_a_rejected_version_is_a_draft_again(versions: Versions) -> None:
    """It goes back with the reason, and can be changed and submitted once more."""
    submitted = versions.submit(versions.draft())
    path = f"{VERSIONS}/{submitted.json['version_id']}"
    rejected = MANAGER.post(f"{path}/rejection", {"note": "Too generous"}, headers={"If-Match": '"2"'})

    assert (200, "draft") == (rejected.status, rejected.json["status"])
    assert ("rejected", "staff:mei", "Too generous") == tuple(rejected.json["steps"][-1][name] for name in ("what", "by", "note"))
    assert "approved" == versions.approve(versions.submit(rejected)).json["status"]


def test_versions_are_listed_page_by_page_with_the_newest_first(versions: Versions) -> None:
    """Pages put together are all versions once each, without their content (law V1)."""
    ids = [versions.draft(f"key-{number}").json["version_id"] for number in range(5)]
    shown, query = [], {"limit": "2"}
    while True:
        page = MANAGER.get(VERSIONS, query=query).json
        shown += page["items"]
        if page["next_cursor"] is None:
            break
        query = {"limit": "2", "cursor": page["next_cursor"]}

    assert ids[::-1] == [item["version_id"] for item in shown]
    assert "programme" not in shown[0]


def test_who_has_a_version_is_told_that_it_has_not_changed(versions: Versions) -> None:
    """304 to If-None-Match with the version's ETag."""
    draft = versions.draft()
    path = f"{VERSIONS}/{draft.json['version_id']}"

    assert 304 == ADMIN.get(path, headers={"If-None-Match": draft.headers["etag"]}).status
    assert 200 == ADMIN.get(path, headers={"If-None-Match": '"0"'}).status


def test_published_rules_are_read_at_most_once_a_minute(versions: Versions, wiring: Wiring, clock: MovableClock) -> None:
    """A copy is kept for a minute, which a start at least 5 minutes ahead makes safe."""
    before = wiring.program.history()
    versions.publish(versions.approved(), "2025-06-01T05:00:00Z")
    clock.move(seconds=59)
    assert before is wiring.program.history()
    clock.move(seconds=1)
    assert [1, 2] == [version.number for version in wiring.program.history().versions]
