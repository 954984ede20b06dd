"""The account is written without its version's condition: one of two writers loses its points."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from tests.support.ledger import FakeLedgerStore


def plant() -> AbstractContextManager[object]:
    return patch.object(FakeLedgerStore, "check_version", lambda _self, _before: None)
