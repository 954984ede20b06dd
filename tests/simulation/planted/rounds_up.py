"""Points are rounded up instead of down."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import earning
from regulars.accounts.earning import Basket, Part, split
from regulars.program.earning import BASE_RULE, EarningRule
from regulars.program.model import Programme


def _by_rates(_programme: Programme, _basket: Basket, _holding: list[EarningRule], weights: Sequence[int], rate: int) -> list[Part]:
    points = -(-sum(weights) * rate // 100_000)
    return [Part(BASE_RULE, points, split(points, weights))]


def plant() -> AbstractContextManager[object]:
    return patch.object(earning, "_by_rates", _by_rates)
