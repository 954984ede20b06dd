"""`POST /v1/purchases` and what it does to points and tier, by HTTP on the real store."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.settle_accounts.handler import lambda_handler as settle_accounts
from regulars.kernel.clock import instant_text
from regulars.program.presets import preset
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import CLERK, IMPORTER, ME, TILL, Shop
from tests.support.accounts import changed, history
from tests.support.calls import MEMBER_ID, Caller


@pytest.mark.requirement("PTS-01", "PTS-13")
def test_a_purchase_becomes_an_entry_with_its_order_and_points(shop: Shop) -> None:
    """Nobody does anything between the till's request and the ledger's entry."""
    answer = shop.buy(125_50, "order-7")
    entries = ME.get("/v1/me/points/entries").json["items"]

    assert (answer.status, answer.json["points_earned"], answer.json["balance"]) == (201, 125, 125)
    assert answer.json["points_expire_on"] == "2026-06-30"
    assert [(entry["reference"], entry["points"], entry["purchase_id"]) for entry in entries] == [
        ("order-7", 125, answer.json["purchase_id"])
    ]


def test_each_part_of_the_points_names_its_rule_in_the_callers_language(shop: Shop) -> None:
    """A stable code with figures, and the sentence in English or Chinese."""
    body = shop.body()
    english = TILL.post("/v1/purchases", body).json["parts"]
    chinese = TILL.post("/v1/purchases", body, headers={"Accept-Language": "zh-CN"}).json["parts"]

    assert [(part["rule"], part["points"], part["explanation"]["code"]) for part in english] == [("base", 10, "earned_base")]
    assert english[0]["explanation"]["text"] == "10 points at 1 per unit spent, the rate of Ordinary."
    assert "获得 10 积分：按普通等级每消费 1 个货币单位累计 1 积分。" == chinese[0]["explanation"]["text"]


@pytest.mark.requirement("PTS-02", "PTS-17")
def test_the_same_amount_gives_more_points_in_a_higher_tier(shop: Shop) -> None:
    """The ratio is the tier's: 100.00 gives 100 as Ordinary, 120 as Silver, 150 as Gold, 200 as Platinum."""
    points = []
    for number, spend in enumerate((0, 900_00, 1_400_00, 2_400_00)):
        shop.buy(spend, f"spend-{number}")
        shop.clock.move(minutes=1)
        points.append(shop.buy(100_00, f"probe-{number}").json["points_earned"])
        shop.clock.move(minutes=1)
    assert points == [100, 120, 150, 200]


@pytest.mark.requirement("TIER-06")
def test_the_purchase_that_reaches_the_threshold_raises_the_tier(shop: Shop) -> None:
    """One minor unit below nothing happens; the purchase that reaches it promotes at once, without staff."""
    below = shop.buy(999_99, "a").json
    at = shop.buy(1, "b").json
    tier = ME.get("/v1/me/tier").json

    assert (below["tier"], below["tier_changed"]) == ("ordinary", False)
    assert (at["tier"], at["tier_before"], at["tier_changed"]) == ("silver", "ordinary", True)
    assert [(change["from_tier"], change["to_tier"], change["cause"]) for change in tier["history"]] == [
        ("ordinary", "silver", "qualified")
    ]
    assert (tier["factors"][0]["value"], tier["factors"][0]["target"]) == (1_000_00, 2_500_00)


@pytest.mark.requirement("TIER-07")
def test_the_new_tiers_benefits_and_rate_apply_from_the_next_purchase(shop: Shop) -> None:
    """After the promotion the tier shows its own benefits and those below, and the next purchase uses the new ratio."""
    before = {benefit["code"] for benefit in ME.get("/v1/me/tier").json["benefits"]}
    shop.buy(1_000_00, "up")
    shop.clock.move(minutes=1)
    after = {benefit["code"] for benefit in ME.get("/v1/me/tier").json["benefits"]}

    assert after - before == {"discount", "priority_support"}
    assert before < after
    assert shop.buy(100_00, "next").json["points_earned"] == 120


def test_a_purchase_in_the_second_of_the_upgrade_uses_the_new_rate(shop: Shop) -> None:
    """Tills send whole seconds and their clocks are not exact: what comes within five minutes is no late purchase."""
    second = instant_text(shop.clock())
    shop.clock.move(seconds=0.7)
    shop.buy(1_000_00, "up", occurred_at=second)
    shop.clock.move(seconds=0.2)
    assert shop.buy(100_00, "next", occurred_at=second).json["points_earned"] == 120
    shop.clock.move(minutes=6)
    assert shop.buy(100_00, "late", occurred_at=second).json["points_earned"] == 100


@pytest.mark.requirement("TIER-15")
def test_a_member_sees_how_far_the_next_tier_is(shop: Shop) -> None:
    """Figures so far, the gap to the next tier, and the day they are looked at next."""
    shop.buy(300_00)
    tier = ME.get("/v1/me/tier").json

    assert (tier["tier"]["code"], tier["next_tier"]["code"], tier["review_on"]) == ("ordinary", "silver", "2025-07-01")
    assert tier["factors"][0] == {
        "factor": "spend", "value": 300_00, "target": 1_000_00, "missing": 700_00, "window_from": "2024-06-01", "currency": "CNY"
    }  # fmt: skip


@pytest.mark.requirement("PTS-16")
def test_a_purchase_sent_ten_times_counts_once(shop: Shop) -> None:
    """Nine more times the same answer, marked as replayed; the balance is the sum of the ledger."""
    answers = [shop.buy(10_00) for _ in range(10)]
    points = ME.get("/v1/me/points").json
    entries = ME.get("/v1/me/points/entries").json["items"]

    assert {answer.text for answer in answers} == {answers[0].text}
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None] + ["true"] * 9
    assert points["available"] == sum(entry["points"] for entry in entries) == 10


def test_a_reference_with_other_content_is_refused_and_changes_nothing(shop: Shop) -> None:
    """422 idempotency_mismatch."""
    shop.buy(10_00)
    refused = shop.buy(20_00)
    assert (refused.status, refused.code) == (422, "idempotency_mismatch")
    assert ME.get("/v1/me/points").json["available"] == 10


@pytest.mark.requirement("PTS-11")
def test_points_end_after_their_validity_and_the_job_can_run_again(shop: Shop) -> None:
    """Beyond the last day the night's settlement posts the expiry of the lot; a second night changes nothing."""
    shop.buy(10_00)
    shop.pass_days(395)
    first = ME.get("/v1/me/points/entries").json
    shop.night()

    assert [(entry["kind"], entry["points"]) for entry in first["items"]] == [("settlement", -10), ("purchase", 10)]
    assert [(posting["kind"], posting["expires_on"]) for posting in first["items"][0]["postings"]] == [("expire", "2026-06-30")]
    assert ME.get("/v1/me/points/entries").json == first
    assert (ME.get("/v1/me/points").json["available"], ME.get("/v1/me/points").json["expired_total"]) == (0, 10)


def test_the_balance_is_right_before_any_job_ran(shop: Shop) -> None:
    """Reading settles in memory: expired points are not shown although nothing was written (law X1)."""
    shop.buy(10_00)
    shop.clock.move(days=395)
    assert ME.get("/v1/me/points").json["available"] == 0
    assert len(ME.get("/v1/me/points/entries").json["items"]) == 1


@pytest.mark.requirement("PTS-14")
def test_a_member_can_query_balance_dates_and_statement(shop: Shop) -> None:
    """Available and pending points, every date on which some end, and the ledger in pages."""
    for month in range(3):
        shop.buy((month + 1) * 10_00, f"r{month}")
        shop.clock.move(days=31)
    points = ME.get("/v1/me/points").json
    first = ME.get("/v1/me/points/entries", query={"limit": "2"}).json
    second = ME.get("/v1/me/points/entries", query={"limit": "2", "cursor": first["next_cursor"]}).json

    assert (points["available"], points["pending"], points["lifetime_points"]) == (60, 0, 60)
    assert points["expiring"] == [
        {"points": 10, "expires_on": "2026-06-30"},
        {"points": 20, "expires_on": "2026-07-31"},
        {"points": 30, "expires_on": "2026-08-31"},
    ]
    assert [entry["reference"] for entry in (*first["items"], *second["items"])] == ["r2", "r1", "r0"]
    assert second["next_cursor"] is None


FACTORS = {
    "spend": {"spend_from": 50_00},
    "orders": {"orders_from": 2},
    "points": {"points_from": 50},
    "active_months": {"active_months_from": 2},
    "loyalty_months": {"loyalty_months_from": 1},
}


@pytest.mark.requirement("TIER-02")
@pytest.mark.parametrize("factor", FACTORS)
def test_each_factor_can_be_switched_on(shop: Shop, wiring: Wiring, factor: str) -> None:
    """With a threshold on one factor alone, it decides: not yet with the first purchase, reached with the one a month later."""
    two_tiers(wiring, FACTORS[factor])
    first = shop.buy(30_00, "a").json["tier"]
    shop.clock.move(days=31)
    second = shop.buy(30_00, "b").json["tier"]
    shown = {item["factor"]: item["value"] for item in ME.get("/v1/me/tier").json["factors"]}

    assert (first, second) == ("ordinary", "silver")
    assert shown == {"spend": 60_00, "orders": 2, "points": 60, "active_months": 2, "loyalty_months": 1}


@pytest.mark.requirement("PTS-18")
def test_points_that_are_used_or_end_still_qualify(shop: Shop, wiring: Wiring) -> None:
    """With points as the criterion, neither use nor expiry lowers the qualifying total: the next points reach the tier."""
    two_tiers(wiring, {"points_from": 100}, months=24)
    shop.buy(60_00, "a")
    assert shop.redeem(40).json["balance"] == 20
    assert ME.get("/v1/me/points").json["available"] == 20
    shop.pass_days(395)
    balance = ME.get("/v1/me/points").json["available"]
    qualifying = {item["factor"]: item["value"] for item in ME.get("/v1/me/tier").json["factors"]}["points"]

    assert (balance, qualifying) == (0, 60)
    assert shop.buy(40_00, "b").json["tier"] == "silver"


def two_tiers(wiring: Wiring, thresholds: dict[str, int], months: int = 12) -> None:
    """A programme in which Silver asks for these thresholds and nothing else."""
    ordinary, silver, *_ = preset("four").model_dump()["tiers"]
    rules = changed(
        preset("four"),
        tiers=[ordinary, {**silver, "spend_from": 0, **thresholds}],
        qualification={"window": "rolling_months", "months": months},
    )
    programmes = history((datetime(2000, 1, 1, tzinfo=UTC), rules))
    for built in ("ledger_writer", "accounts"):
        wiring.__dict__.pop(built, None)
    wiring.__dict__["program"] = type("Fixed", (), {"history": staticmethod(lambda: programmes)})()


def test_a_recorded_purchase_can_be_read_with_the_points_of_each_line(shop: Shop) -> None:
    """`GET /v1/purchases/{id}` shows the lines; their points add up to the purchase's."""
    lines = [{"sku": str(number), "category": "food", "quantity": 1, "amount": 3_33} for number in range(3)]
    purchase_id = shop.buy(lines=lines).json["purchase_id"]
    shown = TILL.get(f"/v1/purchases/{purchase_id}").json

    assert (shown["amount"], shown["points_earned"], sum(line["points"] for line in shown["lines"])) == (9_99, 9, 9)
    assert (shown["source"], shown["reference"], shown["occurred_at"]) == ("till-1", "r1", "2025-06-01T04:00:00.000Z")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"currency": "USD"}, "currency", "currency_not_accepted"),
        ({"occurred_at": "2025-06-01T12:06:00+08:00"}, "occurred_at", "occurred_in_future"),
        ({"occurred_at": "2025-05-01T12:00:00+08:00"}, "occurred_at", "purchase_too_old"),
        ({"occurred_at": "2025-06-01T12:00:00"}, "occurred_at", "timezone_aware"),
        ({"occurred_at": "1999-12-31T12:00:00+08:00"}, "occurred_at", "greater_than_equal"),
        ({"card_number": "62000000"}, "body", "one_buyer"),
        ({"lines": []}, "lines", "too_short"),
        ({"lines": [{"sku": "a", "quantity": 1, "amount": -1}]}, "lines[0].amount", "greater_than_equal"),
        ({"lines": [{"sku": "a", "quantity": 1, "amount": 1.5}]}, "lines[0].amount", "int_type"),
        ({"lines": [{"sku": "a", "quantity": 1, "amount": "1"}]}, "lines[0].amount", "int_type"),
        ({"discount": 1}, "discount", "extra_forbidden"),
    ],
)
def test_bad_input_is_refused_by_field_and_writes_nothing(shop: Shop, changes: dict[str, Any], field: str, code: str) -> None:
    """422 with the field and a stable code; no account, no entry."""
    refused = shop.buy(**changes)
    assert (refused.status, refused.fields.get(field)) == (422, code)
    assert ME.get("/v1/me/points/entries").json["items"] == []


def test_an_unknown_member_is_refused(shop: Shop) -> None:
    """422 naming member_id."""
    shop.directory.unknown.add(MEMBER_ID)
    refused = shop.buy()
    assert (refused.status, refused.fields) == (422, {"member_id": "member_not_found"})


def test_only_an_importer_records_what_is_older_than_the_late_window(shop: Shop) -> None:
    """In time order it counts as at its day: the upgrade holds for the next import, ended lots end at the close."""
    start = shop.clock() - timedelta(days=500)
    body = [
        shop.body(1_000_00, "a", occurred_at=instant_text(start)),
        shop.body(100_00, "b", occurred_at=instant_text(start + timedelta(1))),
    ]
    points = [IMPORTER.post("/v1/purchases", one).json["points_earned"] for one in body]
    closed = IMPORTER.post(f"/v1/members/{MEMBER_ID}/settlement")
    again = IMPORTER.post(f"/v1/members/{MEMBER_ID}/settlement")

    assert points == [1000, 120]
    assert (closed.json, again.json) == ({"settled": True}, {"settled": False})
    assert CLERK.get(f"/v1/members/{MEMBER_ID}/points").json["expired_total"] == 1120


def test_staff_see_what_the_member_sees(shop: Shop) -> None:
    """Points, tier and statement under /v1/members/{id}; an unknown member is not found."""
    shop.buy()
    for view in ("points", "tier", "points/entries"):
        assert CLERK.get(f"/v1/members/{MEMBER_ID}/{view}").json == ME.get(f"/v1/me/{view}").json
    shop.directory.unknown.add("mem_01JD9999999999999999999999")
    assert CLERK.get("/v1/members/mem_01JD9999999999999999999999/points").status == 404


def test_one_entry_of_the_statement(shop: Shop) -> None:
    """An entry by its id; somebody else's does not exist."""
    entry_id = shop.buy().json["entry_id"]
    assert ME.get(f"/v1/me/points/entries/{entry_id}").json["entry_id"] == entry_id
    assert ME.get(f"/v1/me/points/entries/{entry_id[:-1]}9").status == 404


def test_a_poisoned_task_does_not_block_its_batch(shop: Shop) -> None:
    """Of three messages the broken one is reported, the others are done (fault 10)."""
    bodies = ['{"shard": 0}', "{not json", '{"shard": 1}']
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    assert settle_accounts({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_callers_without_the_right_are_refused(shop: Shop) -> None:
    """A member cannot record a purchase, a till cannot close an import."""
    assert Caller(TILL.app, ME.principal).post("/v1/purchases", shop.body()).status == 403
    assert TILL.post(f"/v1/members/{MEMBER_ID}/settlement").status == 403
