"""The tier of joining counts from the first entry on: reviews between joining and the first purchase are left out."""

from contextlib import AbstractContextManager
from copy import replace
from datetime import datetime
from unittest.mock import patch

from regulars.accounts import beginning, ledger
from regulars.accounts.model import Account
from regulars.program.model import ProgrammeHistory

_original = beginning.begun


def _begun(account: Account, history: ProgrammeHistory, as_of: datetime) -> Account:
    return _original(replace(account, tier_since=as_of), history, as_of)


def plant() -> AbstractContextManager[object]:
    return patch.object(ledger, "begun", _begun)
