"""A store that loses requests and answers, conflicts, crashes its caller, and lets others in between."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from regulars.accounts.approvals import Approval
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Entry
from regulars.accounts.model import Account
from regulars.accounts.ports import Commit, LedgerStore
from regulars.accounts.segments import Segments
from regulars.kernel.errors import UnavailableError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError

type Meanwhile = Callable[[], None]


class CrashedError(BaseException):
    """The handler died here; nobody gets an answer. Not an `Exception`, so that nothing in between can catch it."""


class Watcher:
    """Hears of what the store accepted, at the moment it did."""

    def committed(self, commit: Commit) -> None:
        """A commit was accepted."""

    def waits(self, refund_id: str) -> None:
        """A refund was kept for a purchase that has not come."""

    def asked(self, approval: Approval, guard: Guard) -> None:
        """A request was kept."""

    def decided(self, approval: Approval) -> None:
        """A decision against a request was kept."""


class FaultyStore:
    """A ledger store under bad weather: each call may fail before or after it did its work."""

    def __init__(self, inner: LedgerStore, rng: random.Random, counts: Counter[str], probability: float) -> None:
        self.inner = inner
        self.rng = rng
        self.counts = counts
        self.probability = probability
        self.is_calm = False
        self.meanwhile: Meanwhile | None = None
        self.watcher = Watcher()

    # --- reads ------------------------------------------------------------------------------------------------------
    def load(self, member_id: str) -> Account | None:
        account = self._call(lambda: self.inner.load(member_id))
        self._let_others_in()
        return account

    def guard(self, key: str) -> Guard | None:
        return self._call(lambda: self.inner.guard(key))

    def refunds(self, purchase_id: str) -> RefundState | None:
        return self._call(lambda: self.inner.refunds(purchase_id))

    def entry(self, member_id: str, version: int) -> Entry | None:
        return self._call(lambda: self.inner.entry(member_id, version))

    def entries(self, member_id: str, *, limit: int, before: int | None) -> tuple[list[Entry], int | None]:
        return self._call(lambda: self.inner.entries(member_id, limit=limit, before=before))

    def approval(self, approval_id: str) -> Approval | None:
        found = self._call(lambda: self.inner.approval(approval_id))
        self._let_others_in()
        return found

    def approvals(self, *, limit: int, after: str | None) -> tuple[list[Approval], str | None]:
        return self._call(lambda: self.inner.approvals(limit=limit, after=after))

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        return self._call(lambda: self.inner.due(shard, today, limit=limit, start=start))

    def members(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        return self._call(lambda: self.inner.members(limit=limit, start=start))

    def segments(self, member_id: str) -> Segments:
        return self._call(lambda: self.inner.segments(member_id))

    # --- writes -----------------------------------------------------------------------------------------------------
    def commit(self, commit: Commit) -> None:
        self._write(lambda: self.inner.commit(commit), lambda: self.watcher.committed(commit))

    def wait(self, waiting: Guard, before: Guard | None, refund: Guard) -> None:
        self._write(lambda: self.inner.wait(waiting, before, refund), lambda: self.watcher.waits(refund.key))

    def request(self, approval: Approval, guard: Guard) -> None:
        self._write(lambda: self.inner.request(approval, guard), lambda: self.watcher.asked(approval, guard))

    def decide(self, approval: Approval) -> None:
        self._write(lambda: self.inner.decide(approval), lambda: self.watcher.decided(approval))

    def keep_segments(self, segments: Segments) -> None:
        self._write(lambda: self.inner.keep_segments(segments), lambda: None)

    def _write(self, work: Callable[[], None], told: Callable[[], None]) -> None:
        self._before()
        if self._happens("conflict"):
            raise LostRaceError
        work()
        told()
        self._after()

    # --- weather ----------------------------------------------------------------------------------------------------
    def _call[T](self, work: Callable[[], T]) -> T:
        self._before()
        result = work()
        self._after()
        return result

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
        if self.meanwhile and not self.is_calm and self.rng.random() < 0.5:
            meanwhile, self.meanwhile = self.meanwhile, None
            self.counts["interleaved"] += 1
            meanwhile()

    def _happens(self, fault: str) -> bool:
        if self.is_calm or self.rng.random() >= self.probability:
            return False
        self.counts[fault] += 1
        return True
