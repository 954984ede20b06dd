"""Points above a limit against abuse, by HTTP on the real store: held, looked at by a second person, released or taken."""

from typing import Any

import pytest

from regulars.wiring import Wiring
from tests.functional.accounts.conftest import AGENT, CLERK, MANAGER, ME, Shop, play_by
from tests.support.books import gaps
from tests.support.calls import MEMBER_ID, Answer

LIMITS = {"points_per_order": 500, "hold_days": 10}


def decide(approval_id: str, *, approved: bool) -> Answer:
    """The second person's decision."""
    return MANAGER.post(f"/v1/approvals/{approval_id}/decision", {"approved": approved, "note": "receipts checked"})


def told(entry: dict[str, Any]) -> list[str]:
    """An entry's parts in words."""
    parts = ME.get(f"/v1/me/points/entries/{entry['entry_id']}/explanation").json["parts"]
    return [part["explanation"]["text"] for part in parts]


@pytest.mark.requirement("PTS-23")
def test_exceeding_a_limit_holds_the_points_as_pending_and_opens_a_case(shop: Shop, wiring: Wiring) -> None:
    """The till hears of it, the member sees what waits and until when, staff find the case with the limit and what is held."""
    play_by(wiring, abuse_limits=LIMITS)
    bought, again = shop.buy(600_00), shop.buy(600_00)
    points, entry = shop.points(), shop.statement()[0]
    (listed,) = AGENT.get("/v1/approvals").json["items"]
    case = AGENT.get(f"/v1/approvals/{listed['approval_id']}").json
    staffs = CLERK.get(f"/v1/members/{MEMBER_ID}/points/entries").json["items"][0]

    held = {"case_id": listed["approval_id"], "releases_on": "2025-06-11"}
    assert (bought.status, bought.json["points_earned"], bought.json["balance"], bought.json["pending"]) == (201, 600, 0, 600)
    assert (bought.json["held_for_review"], bought.json["points_available_from"]) == (held, None)
    assert (again.text, again.headers["idempotent-replayed"]) == (bought.text, "true")
    assert (points["pending"], points["pending_until"], points["under_review"]) == (600, [], {"points": 600, "releases_on": "2025-06-11"})
    assert (case["kind"], case["status"], case["facts"]["limit"], case["points_held"]) == ("abuse_case", "pending", "points_per_order", 600)
    assert ("limit" in entry["detail"], staffs["detail"]["limit"]) == (False, "points_per_order")
    assert told(entry) == [
        "600 points at 1 per unit spent, the rate of Ordinary. They can be used through 2026-06-30.",
        "600 points wait for a look of our staff, until 2025-06-11 at the latest.",
    ]
    assert [] == gaps(wiring.ledger_check)


@pytest.mark.requirement("PTS-23")
def test_a_second_person_frees_or_takes_what_is_held(shop: Shop, wiring: Wiring) -> None:
    """Only a manager; the decision and what follows are one step; the books count what was taken as forfeited."""
    play_by(wiring, abuse_limits=LIMITS)
    first = shop.buy(600_00).json["held_for_review"]["case_id"]
    refused = AGENT.post(f"/v1/approvals/{first}/decision", {"approved": True})
    freed, again = decide(first, approved=True), decide(first, approved=True)
    after, words = shop.points(), told(shop.statement()[0])
    second = shop.buy(700_00, "r2").json["held_for_review"]["case_id"]
    taken = decide(second, approved=False)
    late = decide(second, approved=True)

    assert (refused.status, freed.json["status"], freed.text) == (403, "approved", again.text)
    assert (after["available"], after["pending"], after["under_review"]) == (600, 0, None)
    assert words == ["600 points no longer wait for a look.", "600 points can be used."]
    assert (taken.json["status"], shop.points()["available"], shop.points()["pending"]) == ("rejected", 600, 0)
    assert told(shop.statement()[0])[1] == "700 points were taken after the look."
    assert taken.json["entry_id"] == shop.statement()[0]["entry_id"]
    assert late.fields == {"approval_id": "already_decided"}
    assert [] == gaps(wiring.ledger_check)


def test_held_points_are_free_by_themselves_after_their_days(shop: Shop, wiring: Wiring) -> None:
    """The night frees them; the case has lapsed, and a decision comes too late."""
    play_by(wiring, abuse_limits=LIMITS)
    case_id = shop.buy(600_00).json["held_for_review"]["case_id"]
    shop.pass_days(10)

    assert (shop.points()["available"], shop.statement()[0]["kind"]) == (600, "settlement")
    assert told(shop.statement()[0])[0] == "Nobody has looked in time: 600 points no longer wait."
    assert AGENT.get(f"/v1/approvals/{case_id}").json["status"] == "lapsed"
    assert decide(case_id, approved=False).fields == {"approval_id": "case_ended"}
    assert [] == gaps(wiring.ledger_check)


def test_held_points_can_be_refunded(shop: Shop, wiring: Wiring) -> None:
    """Out of the case while it is open; a refund after the points were taken takes nothing else."""
    play_by(wiring, abuse_limits=LIMITS)
    shop.buy(100_00, "other")
    case_id = shop.buy(600_00).json["held_for_review"]["case_id"]
    shop.refund(amount=100_00)
    held = shop.points()["under_review"]["points"]
    decide(case_id, approved=False)
    rest = shop.refund("f2", amount=500_00)

    assert (held, rest.status, shop.points()["available"], shop.points()["debt"]) == (500, 201, 100, 0)
    assert [] == gaps(wiring.ledger_check)
