"""What staff do to accounts, by HTTP on the real store: corrections, second persons, tiers set."""

from typing import Any

import pytest

from functions.accounts.handler import app
from regulars.kernel.principal import Role
from tests.functional.accounts.conftest import AGENT, CLERK, MANAGER, ME, Shop
from tests.support.calls import MEMBER_ID, Answer, Caller, staff

SECOND = Caller(app, staff(Role.MANAGER, "second"))


def adjust(points: int, key: str = "k1", caller: Caller = AGENT, **fields: Any) -> Answer:
    """A correction of the member's points."""
    body = {"points": points, "reason_code": "goodwill", "note": "angry call", **fields}
    return caller.post(f"/v1/members/{MEMBER_ID}/adjustments", body, headers={"Idempotency-Key": key})


def override(tier: str, key: str = "k1", caller: Caller = AGENT, **fields: Any) -> Answer:
    """A tier to be set for the member."""
    body = {"tier": tier, "reason": "service failure", **fields}
    return caller.post(f"/v1/members/{MEMBER_ID}/tier-overrides", body, headers={"Idempotency-Key": key})


def decide(approval_id: str, *, approved: bool = True, caller: Caller = MANAGER, note: str = "") -> Answer:
    """A decision on a request."""
    return caller.post(f"/v1/approvals/{approval_id}/decision", {"approved": approved, "note": note})


def test_a_small_correction_is_recorded_at_once(shop: Shop) -> None:
    """With its reason and who made it; once per key; the member's own statement leaves the note of staff out."""
    shop.buy(100_00)
    added, again = adjust(500), adjust(500)
    taken = adjust(-50, "k2", reason_code="misuse")
    own, seen = ME.get("/v1/me/points/entries").json["items"], CLERK.get(f"/v1/members/{MEMBER_ID}/points/entries").json["items"]

    assert (added.status, added.json["status"], added.json["movement"]["balance"]) == (201, "recorded", 600)
    assert (again.text, again.headers["idempotent-replayed"]) == (added.text, "true")
    assert (taken.json["movement"]["points"], shop.points()["available"]) == (-50, 550)
    assert (seen[1]["detail"]["note"], seen[1]["detail"]["reason_code"], seen[1]["actor"]) == ("angry call", "goodwill", "staff:agent")
    assert "note" not in own[1]["detail"]


@pytest.mark.requirement("PTS-24")
def test_a_large_correction_waits_for_a_second_person(shop: Shop) -> None:
    """Above the limit nothing changes until another manager approves; then both names are in the ledger."""
    asked, again = adjust(5000), adjust(5000)
    approval_id = asked.json["approval_id"]
    before = shop.points()["available"]
    listed = MANAGER.get("/v1/approvals").json["items"]
    decided = decide(approval_id, note="checked the call")
    entry = CLERK.get(f"/v1/members/{MEMBER_ID}/points/entries").json["items"][0]

    assert (asked.status, asked.json["status"], asked.json["movement"], before) == (202, "awaiting_approval", None, 0)
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (202, asked.json, "true")
    assert [(item["approval_id"], item["status"], item["facts"]["points"]) for item in listed] == [(approval_id, "pending", 5000)]
    assert (decided.status, decided.json["status"], decided.json["entry_id"]) == (200, "approved", entry["entry_id"])
    assert (entry["actor"], entry["detail"]["approved_by"], entry["points"]) == ("staff:agent", "staff:manager", 5000)
    assert MANAGER.get(f"/v1/approvals/{approval_id}").json == decided.json
    assert decide(approval_id, note="checked the call").json == decided.json
    assert decide(approval_id, approved=False, caller=SECOND).fields == {"approval_id": "already_decided"}
    assert shop.points()["available"] == 5000


@pytest.mark.requirement("PTS-24")
def test_nobody_decides_on_their_own_request(shop: Shop) -> None:
    """A manager's own request needs another manager; an agent decides on none."""
    approval_id = adjust(5000, caller=MANAGER).json["approval_id"]

    assert decide(approval_id).fields == {"approval_id": "own_request"}
    assert decide(approval_id, caller=AGENT).status == 403
    assert shop.points()["available"] == 0
    assert decide(approval_id, caller=SECOND).json["status"] == "approved"


def test_a_rejected_correction_changes_nothing(shop: Shop) -> None:
    """It stays in the list with who said no and why."""
    approval_id = adjust(-5000).json["approval_id"]
    rejected = decide(approval_id, approved=False, note="no receipt").json

    assert (rejected["status"], rejected["decided_by"], rejected["note"], rejected["entry_id"]) == (
        "rejected", "staff:manager", "no receipt", None,
    )  # fmt: skip
    assert shop.statement() == []


def test_an_approval_of_what_is_not_possible_any_more_is_refused(shop: Shop) -> None:
    """Points to take that are not there: 422, and the request waits on."""
    approval_id = adjust(-5000).json["approval_id"]

    assert decide(approval_id).fields == {"points": "insufficient_points"}
    assert MANAGER.get(f"/v1/approvals/{approval_id}").json["status"] == "pending"


def test_requests_are_listed_newest_first_in_pages(shop: Shop) -> None:
    """A page and what follows; a cursor of another list is refused."""
    shop.buy(1_00)
    ids = [adjust(2000 + number, f"k{number}").json["approval_id"] for number in range(3)]
    first = MANAGER.get("/v1/approvals", query={"limit": "2"}).json
    second = MANAGER.get("/v1/approvals", query={"limit": "2", "cursor": first["next_cursor"]}).json
    foreign = ME.get("/v1/me/points/entries", query={"limit": "1"}).json["next_cursor"]

    assert [item["approval_id"] for item in (*first["items"], *second["items"])] == ids[::-1]
    assert (second["next_cursor"], foreign) == (None, None)
    assert MANAGER.get("/v1/approvals", query={"cursor": "eyJiZWZvcmUiOiI1In0"}).fields == {"cursor": "invalid_cursor"}
    assert MANAGER.get("/v1/approvals/apr_none").status == 404


@pytest.mark.parametrize(
    ("points", "fields", "refused"),
    [
        (0, {}, {"points": "not_zero"}),
        (1, {"reason_code": "because"}, {"reason_code": "reason_unknown"}),
        (5000, {"reason_code": "because"}, {"reason_code": "reason_unknown"}),
        (-1, {}, {"points": "insufficient_points"}),
    ],
)
def test_a_correction_that_does_not_fit_is_refused_by_field(
    shop: Shop, points: int, fields: dict[str, Any], refused: dict[str, str]
) -> None:
    """422 naming the field; nothing is written or asked."""
    assert adjust(points, **fields).fields == refused
    assert (shop.statement(), MANAGER.get("/v1/approvals").json["items"]) == ([], [])


def test_an_unknown_member_cannot_be_corrected(shop: Shop) -> None:
    """404, as for what is read."""
    shop.directory.unknown.add(MEMBER_ID)
    assert [adjust(1).status, override("gold").status] == [404, 404]


@pytest.mark.requirement("TIER-17")
def test_a_tier_is_set_by_two_persons(shop: Shop) -> None:
    """Without the second nothing changes; with it the tier holds through its day, and both names and the reason are kept."""
    asked, again = override("gold", ends_on="2025-07-31"), override("gold", ends_on="2025-07-31")
    before = ME.get("/v1/me/tier").json["tier"]["code"]
    own = decide(asked.json["approval_id"], caller=AGENT)
    decided = decide(asked.json["approval_id"])
    tier = ME.get("/v1/me/tier").json
    entry = shop.statement()[0]
    shop.pass_days(61)

    assert (asked.status, asked.json["kind"], again.json, before) == (202, "tier_override", asked.json, "ordinary")
    assert (own.status, decided.json["status"]) == (403, "approved")
    assert (tier["tier"]["code"], tier["granted"]["ends_on"], tier["granted"]["cause"]) == ("gold", "2025-07-31", "override")
    assert (entry["actor"], entry["detail"]["approved_by"], entry["detail"]["reason"]) == (
        "staff:agent", "staff:manager", "service failure",
    )  # fmt: skip
    assert ME.get("/v1/me/tier").json["tier"]["code"] == "ordinary"


def test_a_tier_that_cannot_be_set_is_refused_before_anybody_is_asked(shop: Shop) -> None:
    """An unknown tier, or an end that has passed."""
    assert override("diamond").fields == {"tier": "tier_unknown"}
    assert override("gold", ends_on="2025-05-31").fields == {"ends_on": "override_ends_in_past"}
    assert MANAGER.get("/v1/approvals").json["items"] == []
