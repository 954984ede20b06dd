"""Sending and hearing: each request with perhaps another in between, each answer and each commit held against the model."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from regulars.accounts.approvals import Approval
from regulars.accounts.entries import EntryKind
from regulars.accounts.ports import Commit, LedgerStore
from regulars.accounts.segments import Segments
from regulars.accounts.service import Recorded
from regulars.kernel.errors import ConflictError, RegularsError, UnavailableError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import derived_id
from tests.simulation.deeds import Deeds
from tests.simulation.facts import Correct, Decide, Fact, Give, Judge, Refund, SetTier
from tests.simulation.faults import CrashedError, FaultyStore, Watcher
from tests.simulation.laws import Laws
from tests.simulation.model import Model
from tests.simulation.model_memory import RefusedError
from tests.simulation.programmes import random_history, random_starts
from tests.simulation.reasons import Reasons
from tests.simulation.sending import Office, has_come_to_its_end, key_of, name_of, names_of
from tests.simulation.tape import Setting, Step
from tests.simulation.versions import Deployment, NewerVersion
from tests.support.ledger import FakeLedgerStore

UNANSWERED = (CrashedError, UnavailableError, ConflictError)


@dataclass
class Operation:
    """A fact that somebody wants recorded, and what was last heard of it."""

    fact: Fact
    answer: Any = None
    is_refused: bool = False


class Correspondence(Watcher):
    """The product behind its store, those who write to it, and what the model says of both."""

    def __init__(self, seed: int, counts: Counter[str], store: LedgerStore | None = None, shards: int = 4) -> None:
        self.rng = random.Random(seed)
        self.counts = counts
        self.now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.rng.randrange(400 * 1440))
        self.history = random_history(self.rng, self.now)
        inner = store or FakeLedgerStore(shards)
        self.store = FaultyStore(inner, self.rng, counts, self.rng.choice((0.01, 0.03, 0.08)))
        self.store.watcher = self
        self.members = [derived_id("mem", str(seed), str(number)) for number in range(self.rng.choice((1, 2, 2, 3)))]
        self.operations: dict[str, Operation] = {}
        self.by_name: dict[str, Fact] = {}
        self.tape: list[Step] = []
        self.reasons_before: frozenset[str] = frozenset()
        starts = random_starts(random.Random(f"starts {seed}"), self.history, self.members, self.now)
        self.model = Model(self.history, starts)
        self.reasons = Reasons(self.model)
        self.laws = Laws(inner, self.model)
        self.deeds = Deeds(self.rng, self.model, self.members)
        self.office = Office(self.store, self.history, self._clock, self.rng.random, self.deeds.birth_months, starts=self.model.starts)
        self.deployment = Deployment(random.Random(f"deployment {seed}"), counts, self.office, self._newer_office())
        segments = [Segments(member, tuple(sorted(codes)), "staff:ann", self.now) for member, codes in self.deeds.segments.items()]
        for kept in segments:
            inner.keep_segments(kept)
        self.setting = Setting(self.history, self.deeds.birth_months, starts, segments)

    def _clock(self) -> datetime:
        return self.now

    def _newer_office(self) -> Office:
        newer = Office(
            cast("LedgerStore", NewerVersion(self.store)),
            self.history,
            self._clock,
            self.rng.random,
            self.deeds.birth_months,
            starts=self.model.starts,
        )
        newer.approval_ids = self.office.approval_ids
        return newer

    # --- how it is sent ---------------------------------------------------------------------------------------------
    def _settle(self) -> None:
        member = self.rng.choice(self.members)
        self.tape.append(Step(self.now, settled=member))
        try:
            self.office.writer.settle(member, "machine:importer")
        except UNANSWERED:
            return

    def _remember(self, fact: Fact) -> Operation:
        operation = self.operations.setdefault(fact.reference, Operation(fact))
        self.by_name[names_of(fact, self.office.approval_ids)] = fact
        self.by_name[key_of(fact)] = fact
        return operation

    def _ask(self, fact: Fact | None) -> None:
        if fact is None:
            return
        operation = self._remember(fact)
        others = list(self.operations.values())
        self._with_company(operation, self.rng.choice([operation, *others[-4:]]))

    def _with_company(self, operation: Operation, other: Operation) -> None:
        """Sends it, and perhaps lets another request, its own twin, or the job run between its read and its write."""

        def meanwhile() -> None:
            before = self.reasons.now(operation.fact, self.now)
            if self.rng.random() < 0.2:
                self._settle()
            else:
                self._send(other)
            self.reasons_before = before

        self.store.meanwhile = meanwhile
        self._send(operation)
        self.store.meanwhile = None

    def _send(self, operation: Operation) -> None:
        self.reasons_before = frozenset()
        asked = operation.fact.request if isinstance(operation.fact, Decide) else operation.fact.reference
        status_before = self.model.status_of(asked)
        self.tape.append(Step(self.now, operation.fact))
        try:
            heard = self.deployment.office().send(operation.fact)
        except UNANSWERED:
            self.counts["unanswered"] += 1
            return
        except RegularsError as error:
            self._refused(operation, error)
            return
        answer = heard if isinstance(heard, Approval) else heard.answer
        if isinstance(answer, Approval):
            if answer.status.value not in {status_before or "pending", self.model.status_of(asked)}:
                self.laws.fail(f"{operation.fact}: told {answer.status.value}, was {status_before}, is {self.model.status_of(asked)}")
            self._check_approval(operation, answer)
        elif isinstance(heard, Recorded):
            name = type(operation.fact).__name__.lower()
            self.counts[f"{name} {'replayed' if heard.is_replay else 'recorded'}"] += 1
            self.laws.check_answer(operation.fact, operation.answer, heard)
        operation.answer = answer

    def _check_approval(self, operation: Operation, approval: Approval) -> None:
        self.counts[f"request {approval.status.value}"] += 1
        if operation.answer:
            self.laws.same("I4 request", operation.answer.approval_id, approval.approval_id)

    def _refused(self, operation: Operation, error: RegularsError) -> None:
        self.counts[f"refused {error.code}"] += 1
        operation.is_refused = True
        self._check_reasons(operation.fact, error)

    def _check_reasons(self, fact: Fact, error: RegularsError) -> None:
        """A refusal is only for what was not recorded, and for a reason that holds, now or before others came in between (law I6)."""
        holding = self.reasons.now(fact, self.now) | self.reasons_before
        if error.code not in holding:
            self.laws.fail(f"{fact} was refused as {error.code}; what holds is {sorted(holding)}")

    # --- what the store tells ---------------------------------------------------------------------------------------
    def committed(self, commit: Commit) -> None:
        """Every entry is held against the model, in the order of the ledger."""
        approval = commit.approval
        if approval and approval.decided_at:
            self._decided(approval)
        for change in commit.changes:
            before = change.before
            self.deployment.note(change)
            for outcome in change.outcomes:
                self.laws.check_entry(before, outcome)
                self._check_outcome(before.member_id, outcome)
                before = outcome.account
        if approval and approval.decided_at:
            self.model.requests[self.by_name[approval.approval_id].reference].status = approval.status.value
        elif approval:
            self._opened(approval)

    def _opened(self, approval: Approval) -> None:
        """A case was opened with a purchase."""
        purchase = self.by_name[str(approval.facts["purchase_id"])]
        judge = self.model.requests[self.model.purchases[purchase.reference][1].case].fact
        self.by_name[approval.approval_id] = judge
        self.office.approval_ids[judge.reference] = approval.approval_id
        self.counts["case opened"] += 1

    def _check_outcome(self, member_id: str, outcome: Any) -> None:
        entry = outcome.entry
        if entry.kind is EntryKind.SETTLEMENT or has_come_to_its_end(entry):
            member = self.model.settled(member_id, entry.effective_at)
            if not outcome.is_partial:
                self.laws.check_state(outcome.account, member)
            return
        fact = self.by_name[name_of(entry)]
        if entry.purchase and "case_id" in entry.detail and entry.detail["case_id"] in self.office.approval_ids.values():
            self.counts["case joined"] += 1
        if isinstance(fact, Judge):
            self.counts[f"points {entry.detail['decision']}"] += 1
            fact = self.model.requests[fact.reference].fact
        try:
            if entry.kind is EntryKind.TRANSFER_IN and isinstance(fact, Give):
                self.laws.check_state(outcome.account, self.model.receive(fact, self.now))
            else:
                self.laws.check_commit(fact, outcome, self.model.commit(fact, self.now))
        except RefusedError as error:
            self.laws.fail(f"{fact} was recorded, but {error}")

    def waits(self, refund_id: str) -> None:
        """A refund waits for its purchase."""
        fact = self.by_name[refund_id]
        assert isinstance(fact, Refund)
        self.counts["refund waits"] += 1
        try:
            self.model.wait(fact)
        except RefusedError as error:
            self.laws.fail(f"{fact} waits, but {error}")

    def asked(self, approval: Approval, guard: Guard) -> None:
        """A request waits for a second person."""
        fact = next(fact for fact in self.deeds.facts.values() if derived_id("apr", key_of(fact)) == guard.key)
        assert isinstance(fact, Correct | SetTier)
        self.office.approval_ids[fact.reference] = approval.approval_id
        self.by_name[approval.approval_id] = fact
        try:
            self.model.ask(fact)
        except RefusedError as error:
            self.laws.fail(f"{fact} was asked for, but {error}")

    def decided(self, approval: Approval) -> None:
        """A request was decided against."""
        self._decided(approval)

    def _decided(self, approval: Approval) -> None:
        request = self.by_name[approval.approval_id]
        decision = Decide("decision", request.member, request.reference, approval.decided_by, approval.status.value == "approved")
        try:
            self.model.decide(decision)
        except RefusedError as error:
            self.laws.fail(f"{decision} was kept, but {error}")
