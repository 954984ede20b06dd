"""What was asked in a history, and when: it can be asked again of another store, in another order, by another process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from regulars.accounts.answers import PurchaseAnswer
from regulars.accounts.approvals import Approval
from regulars.accounts.nightly import NightlySettlement
from regulars.accounts.segments import Segments
from regulars.accounts.service import Recorded
from regulars.accounts.walking import ShardTask
from regulars.kernel.errors import RegularsError
from regulars.program.model import ProgrammeHistory
from tests.simulation.facts import Fact, Give, Refund, Starts, case_of
from tests.simulation.sending import Office
from tests.simulation.snapshots import Items, snapshot
from tests.support.ledger import FakeLedgerStore

SHARDS = 4


@dataclass(frozen=True)
class Step:
    """One thing that was asked at an instant: a fact to be recorded, a member to be settled, or (neither) a night."""

    at: datetime
    fact: Fact | None = None
    settled: str | None = None

    @property
    def touches(self) -> frozenset[str]:
        """The members and purchases it looks at or changes; none of a night, which looks at all of them."""
        fact = self.fact
        more = {fact.to} if isinstance(fact, Give) else {fact.purchase} if isinstance(fact, Refund) else set[str]()
        return frozenset(more | ({fact.member} if fact else {self.settled} if self.settled else set[str]()))

    @property
    def is_night(self) -> bool:
        """Whether the job runs."""
        return self.fact is None and self.settled is None


@dataclass(frozen=True)
class Setting:
    """What a history begins with."""

    history: ProgrammeHistory
    birth_months: Mapping[str, int]
    starts: Starts
    segments: Sequence[Segments]


class Stage:
    """The product on a store in calm weather; `play` asks, `heard` is what each step was answered, by its number."""

    def __init__(self, setting: Setting, store: FakeLedgerStore | None = None, approval_ids: Mapping[str, str] | None = None) -> None:
        self.store = store or FakeLedgerStore(SHARDS)
        self.heard: dict[int, object] = {}
        self._now = setting.history.versions[0].effective_from
        self._tasks: list[ShardTask] = []
        self.office = Office(self.store, setting.history, lambda: self._now, lambda: 0.5, setting.birth_months, starts=setting.starts)
        self.office.approval_ids |= approval_ids or {}
        self._nightly = NightlySettlement(
            self.office.writer, self.store, lambda: setting.history, lambda: self._now, self, shards=SHARDS, stopwatch=lambda: 0.0
        )
        for segments in () if store else setting.segments:
            self.store.keep_segments(segments)

    def put(self, tasks: Sequence[ShardTask]) -> None:
        """The job's queue."""
        self._tasks += tasks

    def play(self, steps: Iterable[tuple[int, Step]]) -> "Stage":
        """Asks for each step, numbered, at its instant."""
        for number, step in steps:
            self._now = step.at
            if step.fact:
                self.heard[number] = self._ask(step.fact)
            elif step.settled:
                self.heard[number] = self.office.writer.settle(step.settled, "machine:importer")
            else:
                self._night()
        return self

    def _ask(self, fact: Fact) -> object:
        try:
            heard = self.office.send(fact)
        except RegularsError as error:
            return error.code
        answer = heard.answer if isinstance(heard, Recorded) else heard
        if isinstance(answer, PurchaseAnswer) and answer.case_id:
            self._know_case(fact.member, answer.case_id)
        if isinstance(answer, Approval):
            self.office.approval_ids.setdefault(fact.reference, answer.approval_id)
        return answer

    def _know_case(self, member: str, case_id: str) -> None:
        known = self.office.approval_ids
        if case_id not in known.values():
            number = sum(name.endswith(f" of {member}") for name in known)
            known[case_of(member, number)] = case_id

    def _night(self) -> None:
        self._nightly.start()
        while self._tasks:
            self._nightly.run(self._tasks.pop(0))

    def snapshot(self) -> Items:
        """Every item of its store."""
        return snapshot(self.store)


def is_recorded(answer: object) -> bool:
    """Whether an answer says that its fact is in the ledger, and will say so for ever."""
    return not isinstance(answer, str | bool | Approval) and answer is not None
