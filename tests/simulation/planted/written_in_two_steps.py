"""The guard is written after the transaction: a crash in between lets the purchase count again."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.kernel.idempotency import Guard
from tests.simulation.faults import FaultyStore
from tests.support.ledger import FakeLedgerStore


def _commit(self: FaultyStore, before: Account, outcome: Outcome, guard: Guard | None) -> None:
    self.check_guard(guard)
    FakeLedgerStore.commit(self, before, outcome, None)
    self.on_commit(before, outcome)
    self._after()
    if guard:
        self.guards[guard.key] = guard


def plant() -> AbstractContextManager[object]:
    return patch.object(FaultyStore, "commit", _commit)
