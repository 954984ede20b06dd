"""A hold is committed beyond its points."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import redeeming
from regulars.accounts.errors import HoldExceededError
from regulars.accounts.settling import Settlement

_original = redeeming.end_hold


def _end_hold(settlement: Settlement, hold_id: str, points: int | None) -> tuple[Settlement, int]:
    try:
        return _original(settlement, hold_id, points)
    except HoldExceededError:
        return _original(settlement, hold_id, None)


def plant() -> AbstractContextManager[object]:
    return patch.object(redeeming, "end_hold", _end_hold)
