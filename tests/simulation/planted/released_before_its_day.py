"""Points that a second person frees can be used at once, also within the time for returns."""

from contextlib import AbstractContextManager
from datetime import date
from unittest.mock import patch

from regulars.accounts import watching
from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.model import Account
from regulars.accounts.movement import credit


def _freed(account: Account, resuming: Posting, _today: date) -> list[Posting]:
    return credit(account, Posting(PostingKind.ACTIVATE, resuming.points, resuming.lot, available_from=resuming.available_from))


def plant() -> AbstractContextManager[object]:
    return patch.object(watching, "_freed", _freed)
