"""Pending points that mature replace what the lot held instead of adding to it."""

from contextlib import AbstractContextManager
from dataclasses import replace
from unittest.mock import patch

from regulars.accounts import settling
from regulars.accounts.model import Account, Posting, PostingKind

_original = settling._post


def _post(account: Account, postings: list[Posting]) -> Account:
    matured = {posting.lot for posting in postings if posting.kind is PostingKind.ACTIVATE}
    return _original(replace(account, lots={lot: points for lot, points in account.lots.items() if lot not in matured}), postings)


def plant() -> AbstractContextManager[object]:
    return patch.object(settling, "_post", _post)
