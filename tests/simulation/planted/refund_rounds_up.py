"""A part of a refund takes back one point too many."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts import refunding
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Purchase
from regulars.accounts.refunding import Due

_original = refunding.due_for


def _due_for(purchase: Purchase, points_used: int, state: RefundState) -> Due:
    due = _original(purchase, points_used, state)
    return replace(due, points=min(purchase.points, due.points + 1))


def plant() -> AbstractContextManager[object]:
    return patch.object(refunding, "due_for", _due_for)
