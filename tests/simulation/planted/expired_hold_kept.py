"""A hold goes on after its time."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.settling import _Ending

_original = _Ending._returning


def _returning(*facts: Any) -> Iterator[tuple[datetime, Posting]]:
    return ((at, posting) for at, posting in _original(*facts) if posting.kind is not PostingKind.HOLD_RELEASE)


def plant() -> AbstractContextManager[object]:
    return patch.object(_Ending, "_returning", staticmethod(_returning))
