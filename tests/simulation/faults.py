"""A store that loses requests and answers, conflicts, crashes its caller, and lets others in between."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from regulars.accounts.model import Account
from regulars.accounts.ports import Commit
from regulars.kernel.errors import UnavailableError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from tests.support.ledger import FakeLedgerStore

type Meanwhile = Callable[[], None]


class CrashedError(BaseException):
    """The handler died here; nobody gets an answer. Not an `Exception`, so that nothing in between can catch it."""


class FaultyStore(FakeLedgerStore):
    """The ledger in memory under bad weather: each call may fail before or after it did its work."""

    def __init__(self, rng: random.Random, counts: Counter[str], probability: float) -> None:
        super().__init__()
        self.rng = rng
        self.counts = counts
        self.probability = probability
        self.is_calm = False
        self.meanwhile: Meanwhile | None = None
        self.on_commit: Callable[[Commit], None] = lambda _commit: None

    def load(self, member_id: str) -> Account | None:
        self._before()
        account = super().load(member_id)
        self._after()
        self._let_others_in()
        return account

    def guard(self, key: str) -> Guard | None:
        self._before()
        guard = super().guard(key)
        self._after()
        return guard

    def commit(self, commit: Commit) -> None:
        self._before()
        if self._happens("conflict"):
            raise LostRaceError
        super().commit(commit)
        self.on_commit(commit)
        self._after()

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        self._before()
        return super().due(shard, today, limit=limit, start=start)

    def _before(self) -> None:
        if self._happens("lost request"):
            raise UnavailableError
        if self._happens("crash before"):
            raise CrashedError

    def _after(self) -> None:
        if self._happens("lost answer"):
            raise UnavailableError
        if self._happens("crash after"):
            raise CrashedError

    def _let_others_in(self) -> None:
        if self.meanwhile and not self.is_calm and self.rng.random() < 0.3:
            meanwhile, self.meanwhile = self.meanwhile, None
            self.counts["interleaved"] += 1
            meanwhile()

    def _happens(self, fault: str) -> bool:
        if self.is_calm or self.rng.random() >= self.probability:
            return False
        self.counts[fault] += 1
        return True
