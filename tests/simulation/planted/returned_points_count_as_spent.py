"""Points that were given back still count as spent."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import movement
from regulars.accounts.entries import PostingKind


def plant() -> AbstractContextManager[object]:
    return patch.object(movement, "_SPENT", frozenset({PostingKind.REDEEM, PostingKind.HOLD_COMMIT}))
