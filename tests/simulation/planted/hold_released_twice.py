"""A hold whose points went back is still there, and gives them back again."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.movement import Books

_original = Books.post


def _post(self: Books, posting: Posting) -> None:
    _original(self, posting)
    if posting.kind is PostingKind.HOLD_RELEASE:
        self.holds[posting.rule][posting.lot] += posting.points


def plant() -> AbstractContextManager[object]:
    return patch.object(Books, "post", _post)
