"""Pending points that mature replace what the lot held instead of adding to it."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.movement import Books

_original = Books.post


def _post(self: Books, posting: Posting) -> None:
    if posting.kind is PostingKind.ACTIVATE:
        self.lots.pop(posting.lot, None)
    _original(self, posting)


def plant() -> AbstractContextManager[object]:
    return patch.object(Books, "post", _post)
