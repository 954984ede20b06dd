"""One history: members, a shop that sends and sends again, a job, a clock that steps, and the laws that must hold all along."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from regulars.accounts.answers import PurchaseAnswer
from regulars.accounts.commands import RecordPurchase
from regulars.accounts.entries import Line
from regulars.accounts.errors import OccurredInFutureError, PurchaseTooOldError
from regulars.accounts.nightly import NightlySettlement, ShardTask
from regulars.accounts.ports import Commit
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.errors import ConflictError, IdempotencyMismatchError, RegularsError, UnavailableError
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import Patience
from regulars.program.model import ProgrammeHistory
from tests.simulation.faults import CrashedError, FaultyStore
from tests.simulation.laws import Laws
from tests.simulation.model import Fact, Model
from tests.simulation.programmes import random_history
from tests.support.accounts import FakeDirectory

SKUS = (("milk", "food"), ("bread", "food"), ("voucher", "gift_card"), ("soap", "household"))


@dataclass
class Operation:
    """A purchase that the shop wants recorded: what was sent, and what it last heard."""

    fact: Fact
    command: RecordPurchase
    answer: Recorded[PurchaseAnswer] | None = None
    refused: str | None = None


class World:
    """A seeded history; `run` answers nothing and raises `BrokenLawError` when a law is broken."""

    def __init__(self, seed: int, counts: Counter[str]) -> None:
        self.rng = random.Random(seed)
        self.counts = counts
        self.now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.rng.randrange(400 * 1440))
        self.programmes: ProgrammeHistory = random_history(self.rng, self.now)
        self.store = FaultyStore(self.rng, counts, self.rng.choice((0.02, 0.05, 0.12)))
        self.members = [f"mem_01JD000000000000000000000{number}" for number in range(self.rng.randint(1, 3))]
        self.operations: dict[str, Operation] = {}
        self.tasks: list[ShardTask] = []
        self.model = Model(self.programmes)
        self.laws = Laws(self.store, self.model)
        self.store.on_commit = self._committed
        patience = Patience(lambda _seconds: None, self.rng.random)
        self.writer = LedgerWriter(self.store, lambda: self.programmes, self._clock, patience)
        self.service = AccountsService(self.store, self.writer, lambda: self.programmes, FakeDirectory, self._clock)
        self.nightly = NightlySettlement(
            self.writer, self.store, lambda: self.programmes, self._clock, self, shards=self.store.shards, stopwatch=lambda: 0.0
        )

    def put(self, tasks: list[ShardTask]) -> None:
        """The job's queue."""
        self.tasks += tasks

    def run(self) -> None:
        """Plays the history, then lets everything unanswered be answered in calm weather, and checks the end."""
        actions: tuple[tuple[Callable[[], None], int], ...] = (
            (self._buy, 8),
            (self._import, 2),
            (self._resend, 6),
            (self._resend_changed, 1),
            (self._step_clock, 4),
            (self._step_back, 1),
            (self._night, 2),
            (self._read, 2),
            (self._close_import, 1),
        )
        choices, weights = zip(*actions, strict=True)
        for action in self.rng.choices(choices, weights, k=self.rng.randint(6, 16)):
            action()
        self._calm_down()

    # --- what happens -----------------------------------------------------------------------------------------------
    def _clock(self) -> datetime:
        return self.now

    def _buy(self) -> None:
        late = timedelta()
        if self.rng.random() < 0.3:
            late = timedelta(minutes=self.rng.randrange(45 * 1440))
            self.counts["late delivery"] += 1
        operation = self._new(self.rng.choice(self.members), self.now - late - timedelta(seconds=self.rng.randrange(90)))
        if self.rng.random() < 0.15:
            self.counts["reordered"] += 1
            return
        self._with_company(operation)

    def _import(self) -> None:
        member = self.rng.choice(self.members)
        moment = self.now - timedelta(days=self.rng.randint(1, 500))
        for _ in range(self.rng.randint(1, 4)):
            self._send(self._new(member, moment, is_import=True))
            moment += timedelta(minutes=self.rng.choice((0, 1, 60, 2000, 90_000)))
            if moment >= self.now:
                return

    def _resend(self) -> None:
        if self.operations:
            self.counts["duplicate"] += 1
            self._with_company(self.rng.choice(list(self.operations.values())))

    def _resend_changed(self) -> None:
        answered = [operation for operation in self.operations.values() if operation.answer]
        if not answered:
            return
        operation = self.rng.choice(answered)
        try:
            self.service.record_purchase(Buyer(operation.fact.member_id), operation.command, "other content")
        except IdempotencyMismatchError:
            self.counts["mismatch refused"] += 1
        except (CrashedError, UnavailableError, ConflictError):
            return
        else:
            self.laws.fail("I3: a reference with other content was accepted")

    def _step_clock(self) -> None:
        self.counts["clock forward"] += 1
        self.now += timedelta(minutes=self.rng.choice((1, 30, 600, 1440, 6 * 1440, 20 * 1440, 45 * 1440)) + self.rng.randrange(60))

    def _step_back(self) -> None:
        self.counts["clock back"] += 1
        self.now -= timedelta(seconds=self.rng.randrange(1, 300))

    def _night(self) -> None:
        self.counts["schedule missed, late or twice"] += 1
        for _ in range(self.rng.randint(1, 2)):
            self.nightly.start()
        while self.tasks:
            try:
                self.nightly.run(self.tasks.pop(self.rng.randrange(len(self.tasks))))
            except (CrashedError, UnavailableError):
                self.counts["night cut off"] += 1

    def _read(self) -> None:
        member = self.rng.choice(self.members)
        try:
            standing = self.service.standing(member)
        except (CrashedError, UnavailableError):
            return
        self.laws.check_standing(member, standing, self.now)

    def _close_import(self) -> None:
        try:
            self.writer.settle(self.rng.choice(self.members), "machine:importer")
        except (CrashedError, UnavailableError, ConflictError):
            return

    # --- how it is sent ---------------------------------------------------------------------------------------------
    def _new(self, member: str, occurred_at: datetime, *, is_import: bool = False) -> Operation:
        reference = f"r{len(self.operations)}"
        lines = tuple(
            Line(sku, category, self.rng.randint(0, 3), self.rng.choice((0, 1, 99, 1050, 33_333, 99_999, 100_000)))
            for sku, category in self.rng.choices(SKUS, k=self.rng.randint(1, 3))
        )
        occurred_at = occurred_at.replace(microsecond=0)
        fact = Fact(reference, member, occurred_at, tuple((line.sku, line.category, line.amount) for line in lines), is_import)
        command = RecordPurchase(
            derived_id("pur", "t", reference), "t", reference, "s", "store", occurred_at, "CNY", lines, "machine:till", is_import
        )
        operation = Operation(fact, command)
        self.operations[reference] = operation
        return operation

    def _with_company(self, operation: Operation) -> None:
        """Sends it, and perhaps lets another request, or its own twin, run between its read and its write."""
        other = self.rng.choice([operation, self.rng.choice(list(self.operations.values()))])
        self.store.meanwhile = lambda: self._send(other)
        self._send(operation)
        self.store.meanwhile = None

    def _send(self, operation: Operation) -> None:
        try:
            recorded = self.service.record_purchase(Buyer(operation.fact.member_id), operation.command, "content")
        except (CrashedError, UnavailableError, ConflictError):
            self.counts["unanswered"] += 1
            return
        except (PurchaseTooOldError, OccurredInFutureError) as error:
            self.counts[f"refused {error.code}"] += 1
            operation.refused = error.code
            self.laws.check_refusal(operation.fact, error, self.now)
            return
        except RegularsError as error:
            self.laws.fail(f"refused for no reason: {error.code}")
            return
        self.counts["replayed" if recorded.is_replay else "recorded"] += 1
        self.laws.check_answer(operation.fact, operation.answer, recorded)
        operation.answer = recorded

    def _committed(self, commit: Commit) -> None:
        for change in commit.changes:
            before = change.before
            for outcome in change.outcomes:
                purchase = outcome.entry.purchase if outcome.entry else None
                fact = self.operations[purchase.reference].fact if purchase else None
                self.laws.check_commit(before, outcome, fact, self.now)
                before = outcome.account

    # --- the end ----------------------------------------------------------------------------------------------------
    def _calm_down(self) -> None:
        self.store.is_calm = True
        for operation in self.operations.values():
            self._send(operation)
            if operation.refused and operation.answer is None:
                self.laws.check_absent(operation.fact)
        for member in self.members:
            self.writer.settle(member, "job:review_tiers")
        self._night()
        for member in self.members:
            self.laws.check_member(member, self.service.standing(member), self.now)
        self._night_again()

    def _night_again(self) -> None:
        """A second night at the same moment finds nothing to do and changes nothing (law X2)."""
        before = {member: replace(account) for member in self.members if (account := self.store.load(member))}
        self._night()
        self.laws.check_unchanged(before)
