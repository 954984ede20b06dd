"""Refunds by HTTP on the real store: in full and in parts, by lines or amounts, in any order, also before their purchase."""

from typing import Any

import pytest

from regulars.kernel.clock import instant_text
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import CHECKOUT, CLERK, IMPORTER, ME, TILL, Shop, play_by

THREE_LINES = [
    {"sku": sku, "category": "food", "quantity": 1, "amount": amount} for sku, amount in (("a", 50_00), ("b", 30_00), ("c", 20_00))
]


@pytest.mark.requirement("PTS-19")
def test_a_full_refund_takes_back_what_the_purchase_earned(shop: Shop) -> None:
    """Points, qualifying spend and the order are gone; the refund names its purchase in the statement."""
    purchase_id = shop.buy(100_00).json["purchase_id"]
    refunded = TILL.post(f"/v1/purchases/{purchase_id}/refunds", {"source": "till-1", "reference": "f1", "amount": 100_00})
    factors = {item["factor"]: item["value"] for item in ME.get("/v1/me/tier").json["factors"]}

    assert (refunded.status, refunded.json["status"]) == (201, "recorded")
    assert (refunded.json["points_due"], refunded.json["points_taken"], refunded.json["balance"]) == (100, 100, 0)
    assert (factors["spend"], factors["orders"], factors["points"]) == (0, 0, 0)
    assert [(entry["kind"], entry["points"], entry["purchase_id"]) for entry in shop.statement()] == [
        ("refund", -100, purchase_id),
        ("purchase", 100, purchase_id),
    ]
    assert shop.points()["reversed_total"] == 100


@pytest.mark.requirement("PTS-19")
def test_partial_refunds_by_line_and_amount_add_up_to_the_whole(shop: Shop) -> None:
    """Each part takes back its share; when all is refunded, exactly all points are gone, and there is nothing left to refund."""
    purchase_id = shop.buy(lines=THREE_LINES).json["purchase_id"]
    by_line = shop.refund("f1", lines=[{"line": 2, "amount": 10_00}]).json
    by_amount = shop.refund("f2", amount=45_00).json
    rest = shop.refund("f3", amount=45_00).json
    more = shop.refund("f4", amount=1)
    shown = TILL.get(f"/v1/purchases/{purchase_id}").json

    assert by_line["points_due"] == 10
    assert by_line["points_due"] + by_amount["points_due"] + rest["points_due"] == 100
    assert rest["balance"] == 0
    assert (more.status, more.fields) == (422, {"amount": "refund_exceeds_purchase"})
    assert (shown["refunded_amount"], len(shown["refund_ids"])) == (100_00, 3)


@pytest.mark.requirement("PTS-19")
def test_a_refund_uses_the_rate_of_the_original_purchase(shop: Shop) -> None:
    """Bought as Ordinary, refunded as Silver: what the purchase earned comes back, not what it would earn today."""
    shop.buy(100_00, "old")
    shop.clock.move(minutes=1)
    shop.buy(900_00, "up")
    shop.clock.move(days=3)

    assert ME.get("/v1/me/tier").json["tier"]["code"] == "silver"
    assert shop.refund(purchase="old", amount=100_00).json["points_taken"] == 100


@pytest.mark.requirement("PTS-19")
@pytest.mark.parametrize(("policy", "left"), [("allow_debt", (100, 0, 60)), ("within_balance", (40, 0, 0)), ("only_pending", (0, 40, 0))])
def test_what_is_spent_already_is_handled_by_the_programmes_policy(
    shop: Shop, wiring: Wiring, policy: str, left: tuple[int, int, int]
) -> None:
    """Of 100 points 60 are spent when the purchase is refunded: owed, taken as far as they go, or left."""
    play_by(wiring, refunds={"policy": policy})
    shop.buy(100_00)
    shop.redeem(60)
    refunded = shop.refund(amount=100_00).json

    assert refunded["points_due"] == 100
    assert (refunded["points_taken"], shop.points()["available"], shop.points()["debt"]) == left


@pytest.mark.requirement("PTS-19")
def test_a_debt_is_repaid_by_the_next_points_first(shop: Shop) -> None:
    """While points are owed nothing can be used; the next purchase repays, and only the rest is the member's."""
    shop.buy(100_00)
    shop.redeem(100)
    shop.refund(amount=100_00)
    refused = shop.redeem(1, "again")
    shop.buy(130_00, "next")

    assert (refused.status, refused.fields) == (422, {"points": "insufficient_points"})
    assert (shop.points()["available"], shop.points()["debt"]) == (30, 0)


@pytest.mark.requirement("PTS-19")
def test_a_partial_refund_after_a_partial_spend_leaves_what_it_should(shop: Shop) -> None:
    """100 earned, 80 spent, a quarter refunded: 25 are due, 20 there, 5 owed; the books add up to the balance less the debt."""
    shop.buy(100_00)
    shop.redeem(80)
    refunded = shop.refund(amount=25_00).json

    assert (refunded["points_due"], refunded["points_taken"], refunded["balance"], refunded["debt"]) == (25, 25, 0, 5)
    assert sum(entry["points"] for entry in shop.statement()) == 0


@pytest.mark.requirement("PTS-08", "PTS-19")
def test_points_that_paid_for_the_purchase_return_to_their_own_lots(shop: Shop) -> None:
    """Half of a purchase that 1,000 points helped to pay is refunded: 500 of them are back, ending when they would have ended."""
    shop.buy(1_000_00, "earn")
    shop.clock.move(minutes=1)
    ends = shop.points()["expiring"][0]["expires_on"]
    hold = shop.hold(1_000, order_amount=100_00).json
    shop.buy(100_00, "paid", hold_id=hold["hold_id"])
    before = shop.points()["available"]
    refunded = shop.refund(purchase="paid", amount=50_00).json

    assert refunded["points_returned"] == 500
    assert shop.points()["available"] == before + 500 - refunded["points_taken"]
    assert {lot["expires_on"] for lot in shop.points()["expiring"]} == {ends}


@pytest.mark.requirement("PTS-19")
def test_a_refund_may_come_before_its_purchase(shop: Shop) -> None:
    """It is kept (202) and changes nothing; the purchase arrives, both count at once, and the refund can be read as recorded."""
    waiting = shop.refund(amount=40_00)
    refund_id = waiting.json["refund_id"]
    kept = TILL.get(f"/v1/refunds/{refund_id}").json
    before = shop.statement()
    shop.clock.move(minutes=1)
    bought = shop.buy(100_00)
    recorded = TILL.get(f"/v1/refunds/{refund_id}").json

    assert (waiting.status, waiting.json["status"], waiting.json["entry_id"]) == (202, "awaiting_purchase", None)
    assert (kept["status"], before) == ("awaiting_purchase", [])
    assert (bought.status, bought.json["points_earned"]) == (201, 100)
    assert (recorded["status"], recorded["points_taken"], recorded["amount"]) == ("recorded", 40, 40_00)
    assert shop.points()["available"] == 60


def test_the_same_refund_sent_ten_times_counts_once(shop: Shop) -> None:
    """Ten times the same answer, marked as replayed from the second on, waiting or not; other content is refused."""
    waiting = [shop.refund("early", amount=10_00) for _ in range(10)]
    shop.buy(100_00)
    again = shop.refund("early", amount=10_00)
    direct = [shop.refund("late", amount=20_00) for _ in range(10)]

    assert {(answer.status, answer.text) for answer in (*waiting, again)} == {(202, waiting[0].text)}
    assert {(answer.status, answer.text) for answer in direct} == {(201, direct[0].text)}
    assert [answer.headers.get("idempotent-replayed") for answer in direct] == [None] + ["true"] * 9
    assert shop.points()["available"] == 70
    assert shop.refund("late", amount=21_00).code == "idempotency_mismatch"


def test_a_second_whole_refund_that_waits_takes_nothing_twice(shop: Shop, wiring: Wiring) -> None:
    """Two refunds of the whole wait; the second finds nothing left and says so: 0 refunded, and the order counted out once."""
    shop.buy(10_00, "other")
    first, second = (shop.refund(name, "r9", amount=100_00).json["refund_id"] for name in ("f1", "f2"))
    shop.buy(100_00, "r9")
    amounts = [TILL.get(f"/v1/refunds/{refund_id}").json["amount"] for refund_id in (first, second)]
    factors = {item["factor"]: item["value"] for item in ME.get("/v1/me/tier").json["factors"]}

    assert amounts == [100_00, 0]
    assert (factors["orders"], factors["spend"], shop.points()["available"]) == (1, 10_00, 10)


def test_pending_points_are_taken_back_while_they_wait(shop: Shop, wiring: Wiring) -> None:
    """Inside the return window a refund takes pending points; what is left becomes usable when the window ends."""
    play_by(wiring, earning={"return_window_days": 14})
    shop.buy(100_00)
    shop.refund(amount=30_00)
    waiting = shop.points()
    shop.pass_days(14)

    assert (waiting["available"], waiting["pending"], waiting["pending_until"][0]["points"]) == (0, 70, 70)
    assert (shop.points()["available"], shop.points()["pending"]) == (70, 0)


def test_a_refund_can_be_tried_first(shop: Shop) -> None:
    """`dry_run` answers 200 with the same figures and writes nothing; of an unknown purchase it would wait."""
    shop.buy(100_00)
    body = {"source": "till-1", "reference": "f1", "purchase_source": "till-1", "purchase_reference": "r1", "amount": 40_00}
    tried = TILL.post("/v1/refunds", body, query={"dry_run": "true"})
    unknown = TILL.post("/v1/refunds", {**body, "purchase_reference": "none"}, query={"dry_run": "true"})
    before = shop.points()["available"]
    made = TILL.post("/v1/refunds", body)
    replayed = TILL.post("/v1/refunds", body, query={"dry_run": "true"})

    assert (tried.status, unknown.status, before) == (200, 200, 100)
    assert (tried.json, unknown.json["status"]) == (made.json, "awaiting_purchase")
    assert (made.status, replayed.json) == (201, made.json)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, {"amount": "one_of"}),
        ({"amount": 1, "lines": [{"line": 1, "amount": 1}]}, {"amount": "one_of"}),
        ({"lines": [{"line": 1, "amount": 1}, {"line": 1, "amount": 2}]}, {"lines[1].line": "duplicate"}),
        ({"lines": [{"line": 2, "amount": 1}]}, {"lines": "refund_line_unknown"}),
        ({"lines": [{"line": 1, "amount": 10_01}]}, {"lines": "refund_exceeds_purchase"}),
        ({"amount": 10_01}, {"amount": "refund_exceeds_purchase"}),
        ({"amount": 1, "occurred_at": "2025-06-01T12:06:00+08:00"}, {"occurred_at": "occurred_in_future"}),
    ],
)
def test_a_refund_that_does_not_fit_is_refused_by_field(shop: Shop, fields: dict[str, Any], refused: dict[str, str]) -> None:
    """422 naming the field; nothing is written."""
    shop.buy(10_00)
    answer = shop.refund(**fields)

    assert (answer.status, answer.fields) == (422, refused)
    assert len(shop.statement()) == 1


def test_at_most_twenty_refunds_wait_for_one_purchase(shop: Shop) -> None:
    """The twenty-first is refused."""
    answers = [shop.refund(f"f{number}", amount=1) for number in range(21)]

    assert [answer.status for answer in answers] == [202] * 20 + [422]
    assert answers[-1].fields == {"reference": "refunds_waiting"}


def test_what_is_no_refund_or_purchase_is_not_found(shop: Shop) -> None:
    """An unknown purchase by id is 404, and ids of other things are none of refunds or purchases."""
    purchase_id = shop.buy(10_00).json["purchase_id"]
    refund_id = shop.refund(amount=1).json["refund_id"]
    body = {"source": "till-1", "reference": "f9", "amount": 1}
    statuses = [
        TILL.post("/v1/purchases/pur_01JABCDEFGHJKMNPQRSTVWXYZ0/refunds", body).status,
        TILL.post(f"/v1/purchases/{refund_id}/refunds", body).status,
        TILL.get(f"/v1/purchases/{refund_id}").status,
        TILL.get(f"/v1/refunds/{purchase_id}").status,
        CHECKOUT.get(f"/v1/holds/{purchase_id}").status,
        CHECKOUT.get(f"/v1/redemptions/{refund_id}").status,
    ]

    assert [404] * 6 == statuses


def test_who_may_refund(shop: Shop) -> None:
    """Tills and importers refund; members and clerks do not, but clerks may look."""
    shop.buy(10_00)
    body = {"source": "till-1", "reference": "f1", "purchase_source": "till-1", "purchase_reference": "r1", "amount": 1}
    statuses = [caller.post("/v1/refunds", body).status for caller in (ME, CLERK, CHECKOUT, TILL, IMPORTER)]
    refund_id = TILL.post("/v1/refunds", body).json["refund_id"]

    assert statuses == [403, 403, 403, 201, 201]
    assert CLERK.get(f"/v1/refunds/{refund_id}").json["occurred_at"] == instant_text(shop.clock())
