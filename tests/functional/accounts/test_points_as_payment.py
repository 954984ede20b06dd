"""Holds and redemptions by HTTP on the real store: points are used once, from the lots that end first, and never below zero."""

from typing import Any

import pytest

from regulars.wiring import Wiring
from tests.functional.accounts.conftest import CHECKOUT, CLERK, ME, TILL, Shop, play_by


@pytest.mark.requirement("PTS-08")
def test_points_pay_a_part_of_a_purchase(shop: Shop) -> None:
    """1,000 points are worth 10.00 and pay up to the programme's share of the order; what they pay earns nothing."""
    shop.buy(1_500_00, "earn")
    shop.clock.move(minutes=1)
    hold = shop.hold(1_000, order_amount=20_00)
    held = shop.points()
    bought = shop.buy(20_00, "paid", hold_id=hold.json["hold_id"])
    recorded = TILL.get(f"/v1/purchases/{bought.json['purchase_id']}").json

    assert (hold.status, hold.json["status"], hold.json["value"], hold.json["currency"]) == (201, "open", 10_00, "CNY")
    assert (held["available"], held["held"], held["holds"][0]["points"]) == (500, 1_000, 1_000)
    assert (bought.status, bought.json["eligible_amount"], bought.json["points_earned"]) == (201, 10_00, 12)
    assert (recorded["paid_with_points"], recorded["hold_id"]) == (10_00, hold.json["hold_id"])
    assert (shop.points()["available"], shop.points()["held"], shop.points()["spent_total"]) == (512, 0, 1_000)
    assert CHECKOUT.get(f"/v1/holds/{hold.json['hold_id']}").json["status"] == "ended"


@pytest.mark.requirement("PTS-08")
def test_points_pay_at_most_the_programmes_share_of_an_order(shop: Shop) -> None:
    """Of an order of 20.00 half may be paid: 1,000 points, and 1,001 are refused."""
    shop.buy(1_500_00, "earn")

    assert shop.hold(1_001, order_amount=20_00).fields == {"points": "order_share_exceeded"}
    assert shop.redeem(1_001, order_amount=20_00).fields == {"points": "order_share_exceeded"}
    assert shop.hold(1_000, order_amount=20_00).status == 201


def test_a_hold_is_committed_in_part_and_the_rest_is_free_again(shop: Shop) -> None:
    """Of 80 points 30 are used; a second commit with the same figure answers the same, another figure is refused."""
    shop.buy(100_00)
    hold_id = shop.hold(80).json["hold_id"]
    committed = CHECKOUT.post(f"/v1/holds/{hold_id}/commit", {"points": 30})
    again = CHECKOUT.post(f"/v1/holds/{hold_id}/commit", {"points": 30})
    shown = CHECKOUT.get(f"/v1/holds/{hold_id}").json

    assert (committed.status, committed.json["status"], committed.json["points_used"], committed.json["value"]) == (
        200,
        "committed",
        30,
        30,
    )
    assert (again.text, again.headers["idempotent-replayed"]) == (committed.text, "true")
    assert CHECKOUT.post(f"/v1/holds/{hold_id}/commit", {"points": 31}).code == "idempotency_mismatch"
    assert CHECKOUT.post(f"/v1/holds/{hold_id}/cancel").fields == {"hold_id": "hold_ended"}
    assert shown == committed.json
    assert (shop.points()["available"], shop.points()["held"]) == (70, 0)


def test_a_hold_is_given_back(shop: Shop) -> None:
    """Cancelled: every point is free, in the lot it came from; then it cannot be used any more."""
    shop.buy(100_00)
    before = shop.points()["expiring"]
    hold_id = shop.hold(80).json["hold_id"]
    cancelled = CHECKOUT.post(f"/v1/holds/{hold_id}/cancel")

    assert (cancelled.status, cancelled.json["status"], cancelled.json["points"]) == (200, "cancelled", 80)
    assert CHECKOUT.post(f"/v1/holds/{hold_id}/cancel").headers["idempotent-replayed"] == "true"
    assert CHECKOUT.get(f"/v1/holds/{hold_id}").json["status"] == "cancelled"
    assert CHECKOUT.post(f"/v1/holds/{hold_id}/commit", {}).fields == {"hold_id": "hold_ended"}
    assert shop.points()["expiring"] == before


def test_a_hold_ends_by_itself(shop: Shop) -> None:
    """After its time the points are free, whether or not a job ran; a commit or a purchase that comes then is refused."""
    shop.buy(100_00)
    hold_id = shop.hold(80).json["hold_id"]
    shop.clock.move(minutes=29)
    open_still = CHECKOUT.get(f"/v1/holds/{hold_id}").json["status"]
    shop.clock.move(minutes=1)

    assert (open_still, CHECKOUT.get(f"/v1/holds/{hold_id}").json["status"]) == ("open", "ended")
    assert (shop.points()["available"], shop.points()["held"]) == (100, 0)
    assert CHECKOUT.post(f"/v1/holds/{hold_id}/commit", {}).fields == {"hold_id": "hold_ended"}
    assert shop.buy(10_00, "late", hold_id=hold_id).fields == {"hold_id": "hold_ended"}


def test_held_points_cannot_be_used_elsewhere(shop: Shop) -> None:
    """Of 100 points 80 are held: 21 cannot be used, 20 can; more than is there cannot be held."""
    shop.buy(100_00)
    shop.hold(80)

    assert shop.redeem(21).fields == {"points": "insufficient_points"}
    assert shop.hold(21, "h2").fields == {"points": "insufficient_points"}
    assert shop.redeem(20, "x2").status == 201


def test_at_most_ten_holds_are_open(shop: Shop) -> None:
    """The eleventh is refused."""
    shop.buy(100_00)
    answers = [shop.hold(1, f"h{number}") for number in range(11)]

    assert [answer.status for answer in answers] == [201] * 10 + [422]
    assert answers[-1].fields == {"member_id": "too_many_holds"}


@pytest.mark.requirement("PTS-15")
def test_points_are_redeemed_seen_and_cancelled(shop: Shop) -> None:
    """Redeem, see the state, take it back within the programme's days: the points return to the lots they came from."""
    shop.buy(100_00)
    before = shop.points()["expiring"]
    redeemed = shop.redeem(60)
    redemption_id = redeemed.json["redemption_id"]
    seen = CHECKOUT.get(f"/v1/redemptions/{redemption_id}").json
    cancelled = CLERK.post(f"/v1/redemptions/{redemption_id}/cancel", {"reason": "sold out"})
    again = CLERK.post(f"/v1/redemptions/{redemption_id}/cancel", {"reason": "sold out"})

    assert (redeemed.status, redeemed.json["points_used"], redeemed.json["balance"], redeemed.json["value"]) == (201, 60, 40, 60)
    assert (seen["status"], seen["purpose"]) == ("redeemed", "gift")
    assert (cancelled.status, cancelled.json["status"], cancelled.json["points"], cancelled.json["balance"]) == (200, "cancelled", 60, 100)
    assert (again.text, again.headers["idempotent-replayed"]) == (cancelled.text, "true")
    assert CHECKOUT.get(f"/v1/redemptions/{redemption_id}").json == cancelled.json
    assert shop.points()["expiring"] == before


@pytest.mark.requirement("PTS-15")
def test_a_redemption_is_cancelled_in_time_or_not_at_all(shop: Shop) -> None:
    """After the programme's 30 days it stands."""
    shop.buy(100_00)
    redemption_id = shop.redeem(60).json["redemption_id"]
    shop.clock.move(days=31)
    late = CHECKOUT.post(f"/v1/redemptions/{redemption_id}/cancel", {"reason": "too late"})

    assert (late.status, late.fields) == (422, {"redemption_id": "cancellation_too_late"})
    assert shop.points()["available"] == 40


def test_the_points_that_end_soonest_are_used_first(shop: Shop) -> None:
    """Lots of June and July: using 15 empties June's and takes 5 of July's."""
    shop.buy(10_00, "june")
    shop.clock.move(days=31)
    shop.buy(20_00, "july")
    shop.redeem(15)

    assert shop.points()["expiring"] == [{"points": 15, "expires_on": "2026-07-31"}]
    assert [(posting["points"], posting["expires_on"]) for posting in shop.statement()[0]["postings"]] == [
        (-10, "2026-06-30"),
        (-5, "2026-07-31"),
    ]


def test_a_redemption_can_be_tried_first(shop: Shop) -> None:
    """`dry_run` answers 200 with what would come of it, or the refusal; nothing is written."""
    shop.buy(100_00)
    tried = shop.redeem(60, query={"dry_run": "true"})
    refused = shop.redeem(101, query={"dry_run": "true"})
    before = shop.points()["available"]
    made = shop.redeem(60)

    assert (tried.status, refused.fields, before) == (200, {"points": "insufficient_points"}, 100)
    assert (made.status, made.json) == (201, tried.json)


def test_a_redemption_sent_ten_times_is_one(shop: Shop) -> None:
    """All of the balance, ten times by the same reference: one entry, ten same answers, no refusal for lack of points."""
    shop.buy(100_00)
    answers = [shop.redeem(100) for _ in range(10)]

    assert {(answer.status, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert shop.points()["available"] == 0
    assert shop.redeem(99).code == "idempotency_mismatch"


def test_points_are_used_in_the_programmes_steps(shop: Shop, wiring: Wiring) -> None:
    """From 100 on in steps of 50: 120 and 50 are refused by field."""
    play_by(wiring, redemption={"points_min": 100, "step": 50})
    shop.buy(500_00)

    assert [shop.redeem(points, f"x{points}").fields for points in (120, 50)] == [{"points": "points_step"}] * 2
    assert shop.redeem(150).status == 201


@pytest.mark.requirement("PTS-20")
def test_each_use_of_points_is_in_the_statement(shop: Shop) -> None:
    """The record of a redemption shows the points used, what for, and its own system's number."""
    shop.buy(100_00)
    shop.redeem(60, purpose="movie ticket")
    entry = shop.statement()[0]

    assert (entry["kind"], entry["points"], entry["detail"]["purpose"], entry["reference"]) == ("redemption", -60, "movie ticket", "x1")


@pytest.mark.requirement("PTS-21")
def test_the_card_alone_earns_and_pays(shop: Shop) -> None:
    """A till that knows nothing but the card's number is told beforehand what a purchase will earn, earns it, and uses points."""
    card: dict[str, Any] = {"member_id": None, "card_number": "62000000001"}
    quoted = TILL.post("/v1/purchases", shop.body(100_00, **card), query={"dry_run": "true"})
    earned = shop.buy(100_00, **card)
    used = shop.redeem(30, **card)

    assert (quoted.status, quoted.json["points_earned"], quoted.json["tier"]) == (200, 100, "ordinary")
    assert (earned.status, earned.json["points_earned"]) == (201, 100)
    assert (used.status, used.json["balance"]) == (201, 70)
    assert used.json["member_id"] == earned.json["member_id"]


def test_another_token_of_the_same_card_is_the_same_request(shop: Shop) -> None:
    """Rotating tokens differ, the card's number in them does not: a till that shows the next one gets the same answer."""
    tokens = [{"member_id": None, "card_token": f"{moment}.62000000001.signature"} for moment in ("1", "2")]
    bought = [TILL.post("/v1/purchases", {**shop.body(100_00), **token}) for token in tokens]
    other = TILL.post("/v1/purchases", {**shop.body(100_00), "member_id": None, "card_token": "3.62000000002.signature"})

    assert (bought[0].status, bought[1].text, other.code) == (201, bought[0].text, "idempotency_mismatch")


def test_who_may_use_points(shop: Shop) -> None:
    """Checkouts and clerks; a till that may only record purchases, and members on their own, may not."""
    shop.buy(100_00)
    body = {"source": "desk", "reference": "x", "member_id": shop.body()["member_id"], "points": 1, "purpose": "gift"}

    assert [caller.post("/v1/redemptions", body).status for caller in (TILL, ME, CLERK, CHECKOUT)] == [403, 403, 201, 201]
