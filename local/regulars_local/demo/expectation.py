"""What the rules make of the purchases: an independent calculation over whole columns.

It knows the purchases, the rules of `GET /v1/program` and the days on which accounts were settled; it shares no code with the
product. Purchases are taken in the order of the frame; each is recorded when it occurred or later, before the member's next one.

Frames in: `purchases` has `household, basket, at, recorded_at` (UTC), `eligible` (minor units); one row a purchase, in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from regulars_local.demo.journey import MINOR_UNITS
from regulars_local.demo.rules import Rules

_DAY = "datetime64[ns]"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be found; every frame has `household`. Days are local and without a time, instants UTC.

    `purchases`: `basket, at, points, rate_thousandths, tier_before, tier, expires_on, balance` (tiers by their place, the lowest is 0).
    `upgrades`: `at, from_tier, to_tier`. `expiries` and `reminders`: `expires_on, points, on` (`on` is the day of the entry).
    """

    purchases: Any
    upgrades: Any
    expiries: Any
    reminders: Any


def purchases_of(lines: Any, rules: Rules) -> Any:
    """Lines as one row a purchase; lines of excluded categories and articles count nothing."""
    excluded = lines["category"].isin(rules.excluded_categories) | lines["sku"].isin(rules.excluded_skus)
    eligible = lines["amount"].where(~excluded, 0)
    firsts = {name: (name, "first") for name in ("household", "at", "recorded_at")}
    totals = (
        lines.assign(eligible=eligible).groupby("basket", sort=False).agg(**firsts, amount=("amount", "sum"), eligible=("eligible", "sum"))
    )
    return totals.reset_index()


def expect(purchases: Any, rules: Rules, nights: Sequence[date]) -> Expectation:
    """Everything that follows from the purchases and from settlements at the first instant of each of `nights`.

    Raises:
        ValueError: a purchase occurred before the member's last one was recorded: the tier in force would not be the last one.
    """
    found = purchases.assign(day=_local_days(purchases["at"], rules), recorded_on=_local_days(purchases["recorded_at"], rules))
    _require_order(found)
    found = _with_tiers(found, rules)
    rates = np.array([tier.rate_thousandths for tier in rules.tiers])
    found["rate_thousandths"] = rates[found["tier_before"]]
    found["points"] = found["eligible"] * found["rate_thousandths"] // (1000 * MINOR_UNITS)
    found["expires_on"] = _month_ends(found["day"], rules.expiry_months)
    lots = found.groupby(["household", "expires_on"], as_index=False)["points"].sum()
    lots = lots[lots["points"] > 0]
    settlements = _settlements(found, nights)
    expiries = _expiries(lots, settlements)
    found["balance"] = found.groupby("household")["points"].cumsum() - _expired_by_then(found, expiries)
    return Expectation(found, _upgrades(found), expiries, _reminders(lots, settlements, rules))


def _local_days(instants: Any, rules: Rules) -> Any:
    return instants.dt.tz_convert(rules.zone).dt.tz_localize(None).dt.normalize().astype(_DAY)


def _month_ends(days: Any, months: int) -> Any:
    return (days.dt.to_period("M") + months).dt.to_timestamp(how="end").dt.normalize().astype(_DAY)


def _require_order(purchases: Any) -> None:
    recorded_before = purchases.groupby("household")["recorded_at"].shift()
    if (purchases["at"] < recorded_before).any() or (purchases["recorded_at"] < purchases["at"]).any():
        raise ValueError("purchases of one household must be recorded one after another")


def _with_tiers(purchases: Any, rules: Rules) -> Any:
    """A tier is reached at its threshold and never lost; a purchase earns by the tier before it."""
    thresholds = np.array([tier.spend_from for tier in rules.tiers])
    reached = np.searchsorted(thresholds, _window_spend(purchases, rules), side="right") - 1
    tiers = purchases.assign(tier=reached)
    tiers["tier"] = tiers.groupby("household")["tier"].cummax()
    tiers["tier_before"] = tiers.groupby("household")["tier"].shift(fill_value=0)
    return tiers


def _window_spend(purchases: Any, rules: Rules) -> Any:
    """What was spent up to and with each purchase, without the months that have left the window."""
    month = purchases["day"].dt.year * 12 + purchases["day"].dt.month
    through = purchases.assign(month=month).groupby(["household", "month"])["eligible"].sum()
    through = through.groupby("household").cumsum().rename("left").reset_index()
    wanted = pd.DataFrame({"household": purchases["household"], "month": month - rules.window_months - 1, "place": range(len(purchases))})
    left = pd.merge_asof(wanted.sort_values("month", kind="stable"), through.sort_values("month"), on="month", by="household")
    left = left.sort_values("place")["left"].fillna(0).to_numpy(dtype="int64")
    return purchases.groupby("household")["eligible"].cumsum().to_numpy() - left


def _settlements(purchases: Any, nights: Sequence[date]) -> Any:
    """Every day on which an account was brought to the present: each night, and each purchase's."""
    households = purchases[["household"]].drop_duplicates()
    every_night = households.merge(pd.DataFrame({"on": pd.Series(list(nights), dtype=_DAY)}), how="cross")
    own = purchases[["household", "recorded_on"]].rename(columns={"recorded_on": "on"})
    return pd.concat([every_night, own]).drop_duplicates().sort_values("on", kind="stable")


def _expiries(lots: Any, settlements: Any) -> Any:
    """A lot can be used through its last day; the first settlement after that ends it."""
    found = pd.merge_asof(
        lots.sort_values("expires_on"), settlements, left_on="expires_on", right_on="on", by="household",
        direction="forward", allow_exact_matches=False,
    )  # fmt: skip
    return found[found["on"].notna()]


def _reminders(lots: Any, settlements: Any, rules: Rules) -> Any:
    """The first settlement within the reminder days of a lot's last day tells it, unless the day has passed."""
    if not rules.reminder_days:
        return lots.assign(on=lots["expires_on"])[:0]
    asked = lots.assign(remind_from=lots["expires_on"] - pd.Timedelta(days=rules.reminder_days))
    found = pd.merge_asof(
        asked.sort_values("remind_from"), settlements, left_on="remind_from", right_on="on", by="household", direction="forward"
    )
    return found[found["on"].notna() & (found["on"] <= found["expires_on"])].drop(columns="remind_from")


def _expired_by_then(purchases: Any, expiries: Any) -> Any:
    """What a household's settlements had ended when each purchase was recorded."""
    gone = expiries.groupby(["household", "on"])["points"].sum().groupby("household").cumsum().rename("gone").reset_index()
    wanted = pd.DataFrame({"household": purchases["household"], "on": purchases["recorded_on"], "place": range(len(purchases))})
    found = pd.merge_asof(wanted.sort_values("on", kind="stable"), gone.sort_values("on"), on="on", by="household")
    return found.sort_values("place")["gone"].fillna(0).to_numpy(dtype="int64")


def _upgrades(purchases: Any) -> Any:
    """An upgrade takes effect when the purchase that reached the threshold is recorded."""
    raised = purchases[purchases["tier"] > purchases["tier_before"]]
    return raised[["household", "basket", "recorded_at", "tier_before", "tier"]].rename(
        columns={"recorded_at": "at", "tier_before": "from_tier", "tier": "to_tier"}
    )
