"""Points that were used before their purchase was returned are not owed."""

from contextlib import AbstractContextManager
from datetime import date
from unittest.mock import patch

from regulars.accounts import refunding
from regulars.accounts.entries import Posting
from regulars.accounts.model import Account
from regulars.program.policies import RefundPolicy

_original = refunding._from_balance


def _from_balance(account: Account, lot: date, points: int, policy: RefundPolicy) -> tuple[list[Posting], int]:
    return _original(account, lot, points, policy)[0], 0


def plant() -> AbstractContextManager[object]:
    return patch.object(refunding, "_from_balance", _from_balance)
