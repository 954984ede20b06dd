"""Accounts do not enter the due index: the night finds nothing."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import ledger


def plant() -> AbstractContextManager[object]:
    return patch.object(ledger, "next_due_on", lambda _account, _version: None)
