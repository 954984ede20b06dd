"""What a purchase earns: one rounding a purchase, shares by largest remainder (architecture; laws F2, L6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.accounts.model import NEVER, Line
from regulars.kernel.clock import add_months, month_end, month_of
from regulars.kernel.money import minor_units
from regulars.program.model import Programme

BASE_RULE = "base"


@dataclass(frozen=True, slots=True)
class Earned:
    """The points of a purchase: in all, for each line, and on what sum at what rate."""

    points: int
    line_points: tuple[int, ...]
    eligible_amount: int
    rate_thousandths: int


def earn(programme: Programme, tier: str, lines: Sequence[Line]) -> Earned:
    """The floor of the eligible sum times the tier's rate, split over the lines."""
    rate = programme.tiers[programme.tier_index(tier)].points_per_unit_thousandths
    weights = [line.amount if _is_eligible(programme, line) else 0 for line in lines]
    eligible = sum(weights)
    points = eligible * rate // (1000 * minor_units(programme.currency))
    return Earned(points, split(points, weights), eligible, rate)


def _is_eligible(programme: Programme, line: Line) -> bool:
    earning = programme.earning
    return line.category not in earning.excluded_categories and line.sku not in earning.excluded_skus


def split(points: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Points in proportion to weights, by largest remainder (first line first among equals); the parts add up to the whole."""
    total = sum(weights)
    if not total:
        return (0,) * len(weights)
    shares = [points * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(points * weights[place] % total))
    for place in by_remainder[: points - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def expiry_of(programme: Programme, earned_on: date) -> date:
    """The last day on which points earned on a day can be used (PTS-11)."""
    if programme.expiry.policy == "never":
        return NEVER
    return month_end(add_months(month_of(earned_on), programme.expiry.months))


def available_from(programme: Programme, earned_on: date) -> date:
    """The first day on which points earned on a day can be used."""
    return earned_on + timedelta(days=programme.earning.return_window_days)
