"""The demo's independent calculation, on small cases whose figures were worked out by hand."""

import ast
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from regulars_local.demo import expectation, rules
from regulars_local.demo.expectation import Expectation, expect, purchases_of
from regulars_local.demo.rules import Rules, TierRule

RULES = Rules(
    zone=ZoneInfo("Asia/Shanghai"),
    currency="CNY",
    tiers=(
        TierRule("ordinary", {"en": "Ordinary"}, 0, 1000),
        TierRule("silver", {"en": "Silver"}, 1_000_00, 1200),
        TierRule("gold", {"en": "Gold"}, 2_500_00, 1500),
    ),
    window_months=12,
    expiry_months=12,
    reminder_days=30,
)
NO_NIGHTS: list[date] = []


def bought(*purchases: tuple[int, str, int]) -> Any:
    """Purchases as (household, local time, minor units), recorded when they occur."""
    frame = pd.DataFrame([(household, pd.Timestamp(at, tz="Asia/Shanghai"), amount) for household, at, amount in purchases],
                         columns=["household", "at", "eligible"])  # fmt: skip
    frame["at"] = frame["at"].dt.tz_convert("UTC")
    return frame.assign(basket=range(1, len(frame) + 1), recorded_at=frame["at"])


def lots(found: Any) -> list[tuple[str, int, str]]:
    """Expiries or reminders as (last day, points, day of the entry)."""
    return [(f"{row.expires_on:%Y-%m-%d}", row.points, f"{row.on:%Y-%m-%d}") for row in found.itertuples()]


def column(found: Expectation, name: str) -> list[int]:
    return [int(value) for value in found.purchases[name]]


def test_points_are_the_floor_of_the_sum_times_the_rate() -> None:
    """12.59 at 1.0 gives 12; 0.99 and 0 give nothing."""
    found = expect(bought((1, "2026-01-05 10:00", 1259), (1, "2026-01-05 11:00", 99), (1, "2026-01-06 10:00", 0)), RULES, NO_NIGHTS)
    assert [12, 0, 0] == column(found, "points")
    assert [12, 12, 12] == column(found, "balance")


def test_the_purchase_that_reaches_the_threshold_earns_at_the_old_rate() -> None:
    """999.99 is one minor unit short; the next purchase reaches silver but still earns 1.0, the one after earns 1.2."""
    found = expect(bought((1, "2026-01-05 10:00", 99_999), (1, "2026-01-05 11:00", 1), (1, "2026-01-05 12:00", 10_000)), RULES, NO_NIGHTS)
    assert [0, 0, 1] == column(found, "tier_before")
    assert [0, 1, 1] == column(found, "tier")
    assert [999, 0, 120] == column(found, "points")
    assert [("2026-01-05 03:00:00+00:00", 0, 1)] == [(str(row.at), row.from_tier, row.to_tier) for row in found.upgrades.itertuples()]


def test_one_purchase_can_pass_two_thresholds() -> None:
    """3,000.00 at once goes from ordinary to gold, with the points of ordinary."""
    found = expect(bought((1, "2026-01-05 10:00", 300_000), (1, "2026-01-05 10:00", 100)), RULES, NO_NIGHTS)
    assert [3000, 1] == column(found, "points")
    assert [(0, 2)] == [(row.from_tier, row.to_tier) for row in found.upgrades.itertuples()]


def test_two_purchases_at_one_instant_count_in_their_order() -> None:
    """The first reaches silver at that instant, so the second, at the same instant, earns by silver: 5.00 at 1.2 gives 6."""
    found = expect(bought((1, "2026-01-05 10:00", 100_000), (1, "2026-01-05 10:00", 500)), RULES, NO_NIGHTS)
    assert [1000, 6] == column(found, "points")


def test_the_window_is_this_month_and_twelve_before() -> None:
    """600 in January 2025 still count with 400 in January 2026, no more in February 2026; nobody falls back."""
    reached = expect(bought((1, "2025-01-31 23:59:59", 60_000), (1, "2026-01-31 23:59:59", 40_000)), RULES, NO_NIGHTS)
    missed = expect(bought((1, "2025-01-31 23:59:59", 60_000), (1, "2026-02-01 00:00", 40_000)), RULES, NO_NIGHTS)
    kept = expect(bought((1, "2025-01-31 12:00", 100_000), (1, "2026-06-01 00:00", 100)), RULES, NO_NIGHTS)
    assert [0, 1] == column(reached, "tier")
    assert [0, 0] == column(missed, "tier")
    assert [1, 1] == column(kept, "tier")


def test_months_are_those_of_the_programmes_zone() -> None:
    """17:00 UTC on 31 January is February in Shanghai: its points end a month later than those of 15:59 UTC."""
    found = expect(bought((1, "2026-01-31 23:59", 1000), (1, "2026-02-01 01:00", 1000)), RULES, NO_NIGHTS)
    assert ["2027-01-31", "2027-02-28"] == [f"{day:%Y-%m-%d}" for day in found.purchases["expires_on"]]


def test_a_lot_ends_in_the_first_night_after_its_last_day() -> None:
    """Points of all January end on 31 January next year: still there in the night of that day, gone in the next night that runs."""
    purchases = bought((1, "2026-01-01 10:00", 1000), (1, "2026-01-30 10:00", 2000), (1, "2026-02-01 10:00", 500))
    found = expect(purchases, RULES, [date(2027, 1, 31), date(2027, 2, 3), date(2027, 2, 28)])
    assert [("2027-01-31", 30, "2027-02-03")] == lots(found.expiries)


def test_a_purchase_settles_too() -> None:
    """Where no night ran, the next purchase ends what has passed, before it earns: 10 gone, 5 earned, 5 left."""
    found = expect(bought((1, "2026-01-01 10:00", 1000), (1, "2027-02-02 10:00", 500)), RULES, NO_NIGHTS)
    assert [("2027-01-31", 10, "2027-02-02")] == lots(found.expiries)
    assert [10, 5] == column(found, "balance")


def test_a_lot_without_points_neither_ends_nor_is_told() -> None:
    """A purchase of 0 makes no lot."""
    found = expect(bought((1, "2026-01-01 10:00", 0)), RULES, [date(2027, 1, 1), date(2027, 2, 1)])
    assert [] == lots(found.expiries)
    assert [] == lots(found.reminders)


def test_a_reminder_comes_in_the_first_night_within_thirty_days() -> None:
    """The lot of 31 January is told from 1 January on; when no night ran before it ended, it is not told."""
    purchases = bought((1, "2026-01-05 10:00", 1000))
    told = expect(purchases, RULES, [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)])
    late = expect(purchases, RULES, [date(2026, 12, 31), date(2027, 2, 1)])
    assert [("2027-01-31", 10, "2027-01-01")] == lots(told.reminders)
    assert [] == lots(late.reminders)


def test_households_do_not_mix() -> None:
    """Each household has its own spend, tier, lots and balance, however their purchases alternate."""
    found = expect(
        bought((1, "2026-01-05 10:00", 90_000), (2, "2026-01-05 10:00", 90_000), (1, "2026-01-06 10:00", 10_000),
               (2, "2026-01-06 10:00", 9_999), (2, "2026-01-07 10:00", 100), (1, "2026-01-07 10:00", 100)),
        RULES, [date(2027, 2, 1)],
    )  # fmt: skip
    assert [0, 0, 1, 0, 1, 1] == column(found, "tier")
    assert [900, 900, 1000, 999, 1000, 1001] == column(found, "balance")
    assert {1: 1001, 2: 1000} == dict(zip(found.expiries["household"], found.expiries["points"], strict=True))


def test_an_upgrade_takes_effect_when_it_is_recorded() -> None:
    """A purchase of 10:00 recorded at 10:05 raises the tier at 10:05."""
    purchases = bought((1, "2026-01-05 10:00", 100_000))
    purchases["recorded_at"] += pd.Timedelta(minutes=5)
    assert ["2026-01-05 02:05:00+00:00"] == [str(row.at) for row in expect(purchases, RULES, NO_NIGHTS).upgrades.itertuples()]


def test_purchases_recorded_out_of_order_are_not_covered() -> None:
    """The calculation says so instead of being wrong."""
    purchases = bought((1, "2026-01-05 10:00", 100_000), (1, "2026-01-05 10:01", 100))
    purchases["recorded_at"] += pd.Timedelta(minutes=5)
    with pytest.raises(ValueError, match="one after another"):
        expect(purchases, RULES, NO_NIGHTS)


def test_excluded_lines_count_nothing() -> None:
    """Lines of an excluded category or article are left out of the sum; the basket stays a purchase."""
    lines = pd.DataFrame(
        [(1, 7, "FUEL", "a", 5000), (1, 7, "GROCERY", "b", 300), (1, 7, "GROCERY", "gift-card", 900), (1, 8, "FUEL", "a", 100)],
        columns=["household", "basket", "category", "sku", "amount"],
    )
    lines = lines.assign(at=pd.Timestamp("2026-01-05", tz="UTC"), recorded_at=pd.Timestamp("2026-01-05", tz="UTC"))
    excluding = Rules(RULES.zone, "CNY", RULES.tiers, 12, 12, 30, excluded_categories=("FUEL",), excluded_skus=("gift-card",))
    found = purchases_of(lines, excluding)
    assert [(7, 6200, 300), (8, 100, 0)] == list(zip(found["basket"], found["amount"], found["eligible"], strict=True))


def test_the_calculation_shares_no_code_with_the_product() -> None:
    """Neither it nor the rules it reads import anything of the product's."""
    for module in (expectation, rules):
        tree = ast.parse(Path(str(module.__file__)).read_text())
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
        assert [] == [name for name in imported if name.split(".")[0] in {"regulars", "functions"}]
