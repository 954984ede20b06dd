"""The guard is written without must-not-exist: a purchase sent twice counts twice."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from tests.support.ledger import FakeLedgerStore


def plant() -> AbstractContextManager[object]:
    return patch.object(FakeLedgerStore, "check_guard", lambda _self, _guard, _replaced: None)
