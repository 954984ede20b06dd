"""A late purchase earns at today's tier instead of the tier of its day."""

from contextlib import AbstractContextManager
from datetime import datetime
from unittest.mock import patch

from regulars.accounts.model import Account


def _tier_at(self: Account, _instant: datetime) -> str:
    return self.tier


def plant() -> AbstractContextManager[object]:
    return patch.object(Account, "tier_at", _tier_at)
