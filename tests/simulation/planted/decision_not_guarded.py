"""A decision is kept without the condition of what was read: two persons both decide."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from tests.support.ledger import FakeLedgerStore


def plant() -> AbstractContextManager[object]:
    return patch.object(FakeLedgerStore, "check_approval", lambda _self, _approval: None)
