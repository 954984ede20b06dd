"""The end of an account by HTTP on the real store: announced, used up, called off, come."""

from typing import Any

import pytest

from regulars.wiring import Wiring
from tests.functional.accounts.conftest import AGENT, MANAGER, ME, Shop, play_by
from tests.support.books import gaps
from tests.support.calls import MEMBER_ID, Answer, Caller

PATH = f"/v1/members/{MEMBER_ID}/closure"


def close(key: str = "c1", caller: Caller = MANAGER, **fields: Any) -> Answer:
    """The end of the member's account."""
    return caller.post(PATH, {"reason": "left the programme", **fields}, headers={"Idempotency-Key": key})


def stay(key: str = "s1") -> Answer:
    """The end is called off."""
    return MANAGER.post(f"{PATH}/cancellation", headers={"Idempotency-Key": key})


def words(entry: dict[str, Any]) -> list[str]:
    """An entry's parts in words."""
    parts = ME.get(f"/v1/me/points/entries/{entry['entry_id']}/explanation").json["parts"]
    return [part["explanation"]["text"] for part in parts]


@pytest.mark.requirement("PTS-22")
def test_remaining_points_are_used_up_before_the_account_ends(shop: Shop, wiring: Wiring) -> None:
    """In the run-off points pay and purchases earn nothing; at its end the ledger closes the balance by itself, and the books agree."""
    shop.buy(100_00)
    announced = close()
    balance = shop.points()
    bought = shop.buy(40_00, "in the run-off")
    told = words(shop.statement()[0])
    used = shop.redeem(60)
    shop.pass_days(30)
    on_the_last_day = shop.redeem(10, "x2")
    shop.pass_days(1)
    ended, entry = shop.points(), shop.statement()[0]
    after = shop.buy(10_00, "late")

    assert (announced.status, announced.json["status"], announced.json["closes_on"]) == (201, "closing", "2025-07-01")
    assert (balance["available"], balance["closes_on"], balance["is_closed"]) == (100, "2025-07-01", False)
    assert (bought.json["points_earned"], used.status, on_the_last_day.status) == (0, 201, 201)
    assert told == ["Nothing was earned: the end of the account on 2025-07-01 had been announced."]
    assert (ended["available"], ended["closes_on"], ended["is_closed"]) == (0, None, True)
    assert (entry["kind"], entry["points"], entry["actor"]) == ("closure", -30, "job:settle_accounts")
    assert entry["detail"] == {"notice_id": announced.json["closure_id"], "reason": "left the programme"}
    assert after.fields == {"member_id": "account_closed"}
    assert sum(item["points"] for item in shop.statement()) == 0
    assert [] == gaps(wiring.ledger_check)


@pytest.mark.requirement("PTS-22")
def test_remaining_points_are_settled_where_the_programme_pays_them_out(shop: Shop, wiring: Wiring) -> None:
    """What is left at the end is worth what it is at the till, and the entry says what the shop pays."""
    play_by(wiring, closure={"run_off_days": 0, "remaining": "compensate"})
    shop.buy(250_00)
    closed = close()

    assert (closed.json["status"], closed.json["points"], closed.json["compensation"], closed.json["closes_on"]) == (
        "closed", -250, 250, None,
    )  # fmt: skip
    assert words(shop.statement()[0]) == ["250 points that were left at the end of the account are paid out to the member."]
    assert [] == gaps(wiring.ledger_check)


def test_the_end_of_an_account_at_once_settles_its_points(shop: Shop, wiring: Wiring) -> None:
    """Held and free points are forfeited and told; nothing is recorded any more, and what was can be read; only a manager may."""
    shop.buy(100_00)
    shop.hold(30)
    refused = close(caller=AGENT)
    closed, again = close(at_once=True), close(at_once=True)
    after = shop.buy(10_00, "late")

    assert (refused.status, closed.status, closed.json["points"], closed.json["balance"]) == (403, 201, -100, 0)
    assert (again.text, again.headers["idempotent-replayed"]) == (closed.text, "true")
    assert after.fields == {"member_id": "account_closed"}
    assert (shop.points()["is_closed"], shop.points()["held"], shop.points()["available"]) == (True, 0, 0)
    assert sum(entry["points"] for entry in shop.statement()) == 0
    assert [] == gaps(wiring.ledger_check)


def test_an_end_can_be_called_off(shop: Shop, wiring: Wiring) -> None:
    """The account goes on, sent again it answers the same, and another end can be announced; what is not coming cannot be called off."""
    shop.buy(100_00)
    close()
    kept, again, nothing = stay(), stay(), stay("s2")
    earned = shop.buy(40_00, "again")
    told = words(shop.statement()[1])
    anew = close("c2", closes_on="2025-06-03")
    twice = close("c3")

    assert (kept.status, again.text, again.headers["idempotent-replayed"]) == (201, kept.text, "true")
    assert nothing.fields == {"member_id": "account_not_closing"}
    assert (earned.json["points_earned"], earned.json["balance"]) == (40, 140)
    assert told == ["The account goes on, and purchases earn points again."]
    assert (anew.json["closes_on"], twice.fields) == ("2025-06-03", {"member_id": "account_closing"})
    assert [] == gaps(wiring.ledger_check)


def test_what_makes_no_sense_is_refused(shop: Shop) -> None:
    """A day that has passed, a day and at once together, and no key: nothing was written."""
    shop.buy(10_00)
    assert close(closes_on="2025-05-31").fields == {"closes_on": "closure_day"}
    assert close(closes_on="2025-06-30", at_once=True).status == 422
    assert MANAGER.post(PATH, {"reason": "x"}).status == 422
    assert [entry["kind"] for entry in shop.statement()] == ["purchase"]
