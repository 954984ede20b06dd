"""A review is due a day after the window has ended."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.accounts.model import Account
from regulars.program.model import Programme

_original = tiers.next_boundary


def _next_boundary(account: Account, programme: Programme, day: date) -> date:
    return _original(account, programme, day) + timedelta(days=1)


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "next_boundary", _next_boundary)
