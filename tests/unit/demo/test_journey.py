"""The supermarket's data as purchases: amounts, days, order, samples."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from regulars_local.demo.journey import Year, minor_units, sample_of, year_of
from regulars_local.demo.purchases import baskets_of, batches_of, days_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def a_year(*rows: tuple[int, int, str, int, float]) -> Year:
    """Lines as (household, basket, time, product, value); product 2 has no department."""
    transactions = pd.DataFrame(rows, columns=["household_id", "basket_id", "transaction_timestamp", "product_id", "sales_value"])
    transactions["transaction_timestamp"] = pd.to_datetime(transactions["transaction_timestamp"])
    products = pd.DataFrame({"product_id": [1], "department": ["GROCERY"]})
    return year_of(transactions.assign(store_id=330, quantity=1), products)


def test_amounts_are_rounded_half_up_in_decimal() -> None:
    """0.005 is half a minor unit and goes up; 1.005, which binary floats hold a little below, goes up as well; 0 stays 0."""
    assert [1, 101, 0, 199, 84_000] == list(minor_units(pd.Series([0.005, 1.005, 0.0, 1.99, 840.0])))


def test_baskets_come_in_order_of_time_and_number() -> None:
    """Two baskets at one instant come by their number, and the lines of each stay together and in their order."""
    year = a_year((7, 20, "2017-01-02 10:00", 1, 1.0), (8, 10, "2017-01-02 10:00", 2, 2.0), (7, 20, "2017-01-02 10:00", 2, 3.0),
                  (7, 30, "2017-01-01 23:00", 1, 4.0))  # fmt: skip
    assert [30, 10, 20, 20] == list(year.lines["basket"])
    assert [400, 200, 100, 300] == list(year.lines["amount"])
    assert ["GROCERY", "", "GROCERY", ""] == list(year.lines["category"])


def test_the_span_is_moved_by_whole_days_and_read_as_local_time() -> None:
    """The last day becomes the wanted one, the clock time stays; 10:00 in Shanghai is 02:00 UTC."""
    year = a_year((7, 1, "2017-01-01 10:00", 1, 1.0), (7, 2, "2017-01-03 00:00", 1, 1.0)).moved_to(date(2026, 3, 1), SHANGHAI)
    assert (date(2026, 2, 27), date(2026, 3, 1)) == (year.first_day, year.last_day)
    assert ["2026-02-27 02:00:00+00:00", "2026-02-28 16:00:00+00:00"] == [str(at) for at in year.lines["at"]]


def test_a_span_can_be_cut_short() -> None:
    """The first two days hold everything up to the second midnight."""
    year = a_year((7, 1, "2017-01-01 10:00", 1, 1.0), (8, 2, "2017-01-02 23:59", 1, 1.0), (9, 3, "2017-01-03 00:00", 1, 1.0))
    assert [7, 8] == year.first_days(2).households
    assert date(2017, 1, 2) == year.first_days(2).last_day
    assert [7, 8, 9] == year.first_days(None).households


def test_a_seed_chooses_the_same_households_again() -> None:
    """As many as asked for, in order; all of them when there are no more or all are asked for."""
    households = list(range(1, 101))
    assert sample_of(households, 10, 8451) == sample_of(households, 10, 8451)
    assert sample_of(households, 10, 8451) != sample_of(households, 10, 1)
    assert 10 == len(set(sample_of(households, 10, 1)))
    assert households == sample_of(households, None, 1)
    assert households == sample_of(households, 500, 1)


def test_a_basket_becomes_what_a_till_sends() -> None:
    """Lines of 0 and a total of 0 are sent as they are."""
    year = a_year((7, 1, "2017-01-01 10:00", 1, 0.0)).moved_to(date(2026, 3, 1), SHANGHAI)
    (purchase,) = baskets_of(year.lines, {7: "mem_7"}, "CNY")
    assert (7, 1, datetime(2026, 3, 1, 2, tzinfo=UTC)) == (purchase.household, purchase.basket, purchase.at)
    assert {
        "source": "supermarket",
        "reference": "1",
        "member_id": "mem_7",
        "store_id": "330",
        "channel": "store",
        "occurred_at": "2026-03-01T02:00:00+00:00",
        "currency": "CNY",
        "lines": [{"sku": "1", "category": "GROCERY", "quantity": 1, "amount": 0}],
    } == purchase.body


def the_baskets(*rows: tuple[int, int, str, int, float]) -> Any:
    year = a_year(*rows).moved_to(date(2026, 3, 3), SHANGHAI)
    return year, list(baskets_of(year.lines, {household: f"mem_{household}" for household in year.households}, "CNY"))


def test_every_day_comes_also_those_without_purchases() -> None:
    """1, 2 and 3 March; nobody bought on the 2nd."""
    year, baskets = the_baskets((7, 1, "2017-01-01 10:00", 1, 1.0), (7, 2, "2017-01-01 11:00", 1, 1.0), (7, 3, "2017-01-03 10:00", 1, 1.0))
    days = [
        (day.day, [basket.basket for basket in found]) for day, found in days_of(iter(baskets), year.first_day, year.last_day, SHANGHAI)
    ]
    assert [(1, [1, 2]), (2, []), (3, [3])] == days


def test_a_batch_holds_neighbours_of_different_households() -> None:
    """At most three at once, never two of one household, and always in order."""
    _, baskets = the_baskets(
        *((household, number, f"2017-01-01 10:0{number}", 1, 1.0) for number, household in enumerate((7, 8, 7, 9, 8, 6, 5)))
    )
    assert [[0, 1], [2, 3, 4], [5, 6]] == [[basket.basket for basket in batch] for batch in batches_of(baskets, 3)]
