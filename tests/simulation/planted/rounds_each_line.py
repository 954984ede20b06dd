"""Each line is rounded by itself: the shares do not add up to the whole."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import earning


def _split(points: int, weights: Sequence[int]) -> tuple[int, ...]:
    total = sum(weights)
    return tuple(points * weight // total if total else 0 for weight in weights)


def plant() -> AbstractContextManager[object]:
    return patch.object(earning, "split", _split)
