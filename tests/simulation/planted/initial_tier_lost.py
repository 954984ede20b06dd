"""The first entry opens the account at the lowest tier, whichever one the member joined at."""

from contextlib import AbstractContextManager
from datetime import datetime
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.model import Account, new_account
from regulars.program.model import ProgrammeHistory


def _begun(account: Account, history: ProgrammeHistory, as_of: datetime) -> Account:
    return new_account(account.member_id, history.at(as_of), as_of)


def plant() -> AbstractContextManager[object]:
    return patch.object(ledger, "begun", _begun)
