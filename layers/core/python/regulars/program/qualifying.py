"""What counts towards a tier: the factors, a member's figures, and how they are held against thresholds (TIER-02)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

type Figures = Mapping["Factor", int]
"""What a member has reached in each factor."""

type Match = Literal["all", "any"]
"""Whether a tier needs every one of its thresholds or one of them."""


class Factor(StrEnum):
    """The factors of a tier: amount, frequency, points, activity and loyalty (design decision 22).

    Over the window: `spend` in minor units, `orders`, qualifying `points` (they do not fall when points are used or expire) and
    `active_months` with a purchase. `loyalty_months` are whole months since the first purchase.
    """

    SPEND = "spend"
    ORDERS = "orders"
    POINTS = "points"
    ACTIVE_MONTHS = "active_months"
    LOYALTY_MONTHS = "loyalty_months"


def qualifies(thresholds: Figures, figures: Figures, match: Match) -> bool:
    """Whether figures reach thresholds; what has no threshold reaches everything."""
    reached = [figures[factor] >= threshold for factor, threshold in thresholds.items()]
    return all(reached) if match == "all" else any(reached) or not reached


def rises(lower: Figures, higher: Figures) -> bool:
    """Whether thresholds lie above others: none of them is lower and one is higher; no threshold counts as 0."""
    pairs = [(lower.get(factor, 0), higher.get(factor, 0)) for factor in Factor]
    return all(low <= high for low, high in pairs) and any(low < high for low, high in pairs)
