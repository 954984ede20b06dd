"""The programme's books by HTTP: what members did through the interface, out of the stream, as reports."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.accounts.handler import app
from functions.check_ledger.handler import lambda_handler as check_ledger
from regulars.kernel.principal import Role
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import Shop, play_by
from tests.support.books import keep_books, ledger_items
from tests.support.calls import Caller, staff

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ANALYST = Caller(app, staff(Role.ANALYST))
OTHER = "mem_01JABCDEFGHJKMNPQRSTVWXYZ1"


def report(what: str, first: str = "2025-06-01", last: str = "2025-06-30") -> Any:
    """A report of June 2025, unless told otherwise."""
    answer = ANALYST.get(f"/v1/reports/{what}", query={"from": first, "to": last})
    assert answer.status == 200, answer.text
    return answer.json


def tier(found: Any, code: str) -> Any:
    """A tier's part of a report."""
    (part,) = [part for part in found if part["tier"] == code]
    return part


@pytest.mark.requirement("PTS-25")
def test_the_points_of_a_period_by_day_and_tier(shop: Shop, dynamodb: "DynamoDBClient") -> None:
    """Two members buy, one rises to silver: issued by day, outstanding by tier with its worth; nothing counted twice."""
    shop.buy(100_00, "r1")
    shop.buy(50_00, "r2", member_id=OTHER)
    shop.clock.move(days=1)
    shop.buy(1_500_00, "r3")
    for _ in range(2):
        keep_books(dynamodb)

    found = report("points")

    assert [("2025-06-01", 150), ("2025-06-02", 1500)] == [(day["date"], day["issued"]) for day in found["days"]]
    silver, ordinary = tier(found["tiers"], "silver"), tier(found["tiers"], "ordinary")
    assert (1600, 50) == (silver["outstanding"]["points"], ordinary["outstanding"]["points"])
    assert {"amount": 16_00, "currency": "CNY"} == silver["outstanding"]["liability"]
    assert (1650, 1650, 0) == (
        found["total"]["flows"]["issued"],
        found["total"]["outstanding"]["available"],
        found["total"]["outstanding"]["debt"],
    )
    assert ["ordinary", "silver", "gold", "platinum"] == [part["tier"] for part in found["tiers"]]
    assert "Silver" == silver["name"]["en"]


@pytest.mark.requirement("PTS-25")
def test_what_is_used_and_what_expires_shows_in_the_report(shop: Shop, dynamodb: "DynamoDBClient") -> None:
    """Of 200 points 150 are used, the rest expires: rate, outstanding and days say so."""
    shop.buy(200_00, "r1")
    assert 201 == shop.redeem(150).status
    keep_books(dynamodb)
    found = report("points")
    assert (200, 150, 50, 750) == (
        found["total"]["flows"]["issued"],
        found["total"]["flows"]["redeemed"],
        found["total"]["outstanding"]["points"],
        found["total"]["redemption_rate_thousandths"],
    )
    shop.pass_days(400)
    keep_books(dynamodb)
    later = report("points", "2026-07-01", "2026-07-31")
    assert (50, 0, None) == (
        later["total"]["flows"]["expired"],
        later["total"]["outstanding"]["points"],
        later["total"]["redemption_rate_thousandths"],
    )
    assert 50 == report("points")["total"]["outstanding"]["points"]


@pytest.mark.requirement("TIER-18")
def test_members_by_tier_and_who_moved(shop: Shop, dynamodb: "DynamoDBClient") -> None:
    """Three members, one rises to silver and one to gold: the distribution counts each once, the period has two ups by their figures."""
    third = f"{OTHER[:-1]}2"
    shop.buy(1_500_00, "r1")
    shop.buy(10_000_00, "r2", member_id=OTHER)
    shop.buy(10_00, "r3", member_id=third)
    for _ in range(2):
        keep_books(dynamodb)

    found = report("tiers")

    assert 3 == found["members"] == sum(part["members"] for part in found["distribution"])
    assert 1 == tier(found["distribution"], "ordinary")["members"]
    assert (2, 0) == (found["ups"], found["downs"])
    assert {("ordinary", "qualified", "up", 1)} == {
        (move["from_tier"], move["cause"], move["direction"], move["members"]) for move in found["movements"]
    }
    assert (3, 0, []) == (
        report("tiers", "2025-07-01", "2025-07-31")["members"],
        report("tiers", "2025-07-01", "2025-07-31")["ups"],
        report("tiers", "2025-07-01", "2025-07-31")["movements"],
    )
    assert 0 == report("tiers", "2025-05-01", "2025-05-31")["members"]


@pytest.mark.requirement("TIER-18")
def test_who_fell_is_counted_in_the_period_of_the_fall(shop: Shop, wiring: Wiring, dynamodb: "DynamoDBClient") -> None:
    """Silver in June, demoted by October's first night: one down then, none before, and the member counts as ordinary from then on."""
    play_by(wiring, qualification={"window": "calendar_quarter", "demotion": "to_qualified", "grace_days": 0})
    shop.buy(1_500_00, "r1")
    shop.pass_days(30)
    shop.pass_days(92)
    keep_books(dynamodb)
    summer, autumn = report("tiers", "2025-06-01", "2025-09-30"), report("tiers", "2025-10-01", "2025-10-31")

    assert [(1, 0), (0, 1)] == [(period["ups"], period["downs"]) for period in (summer, autumn)]
    assert [("silver", "ordinary", "review", "down", 1)] == [
        tuple(move[name] for name in ("from_tier", "to_tier", "cause", "direction", "members")) for move in autumn["movements"]
    ]
    assert (1, 0) == tuple(tier(period["distribution"], "silver")["members"] for period in (summer, autumn))
    assert 1 == tier(autumn["distribution"], "ordinary")["members"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, {"from": "missing", "to": "missing"}),
        ({"from": "2025-06-02", "to": "2025-06-01"}, {"to": "period_order"}),
        ({"from": "2024-01-01", "to": "2025-01-01"}, {"to": "period_too_long"}),
        ({"from": "2025-06-01", "to": "June"}, {"to": "date_parsing"}),
        ({"first": "2025-06-01", "from": "2025-06-01", "to": "2025-06-01"}, {"first": "extra_forbidden"}),
    ],
)
@pytest.mark.parametrize("what", ["points", "tiers"])
@pytest.mark.usefixtures("wiring")
def test_a_period_that_is_none_is_refused_by_its_field(what: str, query: dict[str, str], fields: dict[str, str]) -> None:
    """Both days, in order, at most 366 of them."""
    answer = ANALYST.get(f"/v1/reports/{what}", query=query)
    assert (422, fields) == (answer.status, answer.fields)


@pytest.mark.usefixtures("wiring")
def test_a_year_with_a_leap_day_is_a_period() -> None:
    """366 days are read."""
    assert [] == report("points", "2024-01-01", "2024-12-31")["days"]


@pytest.mark.requirement("PTS-16")
def test_the_check_finds_no_gap_after_a_year_of_purchases(shop: Shop, dynamodb: "DynamoDBClient", capsys: Any) -> None:
    """Purchases, duplicates and nights by the interface; then the scheduled check reads all of it and reports no difference."""
    for month in range(14):
        for number in (1, 2):
            for _ in range(2):
                shop.buy(300_00 + month, f"{month}-{number}")
        shop.pass_days(31)
    keep_books(dynamodb)
    event = {"Records": [{"messageId": "m1", "body": json.dumps({"job": "check_ledger"})}]}
    assert {"batchItemFailures": []} == check_ledger(event, None)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    metrics = {name: line[name] for line in told for name in ("LedgerDifferences", "LedgerEntriesChecked") if name in line}
    assert {"LedgerDifferences": [0], "LedgerEntriesChecked": [28 + _settlements(dynamodb)]} == metrics


def _settlements(dynamodb: "DynamoDBClient") -> int:
    return sum(item.get("k") == "settlement" for item in ledger_items(dynamodb))
