"""What a purchase costs beyond 5,000.00 earns nothing (law Z3)."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import earning

_original = earning._unpaid


def _unpaid(eligible: int, total: int, paid_otherwise: int) -> int:
    return min(500_000, _original(eligible, total, paid_otherwise))


def plant() -> AbstractContextManager[object]:
    return patch.object(earning, "_unpaid", _unpaid)
