"""A window that ended as new rules began is reviewed by the new rules."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.accounts.model import Account
from regulars.program.model import ProgrammeHistory

_original = tiers._next_due


def _next_due(account: Account, history: ProgrammeHistory, as_of: datetime) -> Any:
    due = _original(account, history, as_of)
    return due and (due[0], due[1], history.at(due[0]))


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "_next_due", _next_due)
