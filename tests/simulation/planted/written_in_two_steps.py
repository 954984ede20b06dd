"""The account and the entry are written first and the guard afterwards: what dies in between counts twice."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts.ports import Commit
from tests.simulation.faults import FaultyStore
from tests.support.ledger import FakeLedgerStore


def _commit(self: FaultyStore, commit: Commit) -> None:
    assert isinstance(self.inner, FakeLedgerStore)
    if commit.guard:
        self.inner.check_guard(commit.guard, commit.replaced)
    self.inner.commit(replace(commit, guard=None))
    self.watcher.committed(commit)
    self._after()
    if commit.guard:
        self.inner.guards[commit.guard.key] = commit.guard


def plant() -> AbstractContextManager[object]:
    return patch.object(FaultyStore, "commit", _commit)
