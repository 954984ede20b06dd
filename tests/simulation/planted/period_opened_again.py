"""A clock that steps back over midnight opens the day before again."""

from contextlib import AbstractContextManager, ExitStack
from unittest.mock import patch

from regulars.accounts import movement, moving, purchasing
from regulars.accounts.model import Account


def _used(account: Account, name: str, period: str) -> int:
    counter = account.counters.get(name)
    return counter.used if counter and counter.period == period else 0


def plant() -> AbstractContextManager[object]:
    stack = ExitStack()
    for module in (movement, moving, purchasing):
        stack.enter_context(patch.object(module, "used", _used))
    return stack
