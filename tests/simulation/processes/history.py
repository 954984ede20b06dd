"""One history of several workers: rounds of requests in flight together, clocks that differ, and an end at which every law is checked."""

import random
from collections import Counter
from collections.abc import Callable
from copy import replace
from datetime import UTC, datetime, timedelta

from regulars.accounts.answers import PurchaseAnswer
from regulars.accounts.approvals import Approval
from regulars.accounts.entries import Entry, EntryKind
from regulars.accounts.ports import LedgerStore
from regulars.accounts.segments import Segments
from regulars.kernel.ids import derived_id
from tests.simulation.deeds import Deeds
from tests.simulation.facts import Decide, Fact
from tests.simulation.laws import BrokenLawError, Laws
from tests.simulation.model import Model
from tests.simulation.processes.asking import Asked, Begin, Broken, Heard, Read, Record, Recorded, Refused, Settle, Unanswered
from tests.simulation.processes.crew import Crew
from tests.simulation.processes.serial import Search, State
from tests.simulation.programmes import random_history, random_starts
from tests.simulation.sending import Office, has_come_to_its_end, name_of
from tests.simulation.versions import seal_of

type Place = tuple[str, LedgerStore]
"""A table's name, and the store on it."""


class History:
    """A seeded history; what the workers make of it differs from run to run, as their calls interleave as they will."""

    def __init__(self, seed: int, counts: Counter[str], crew: Crew, place: Place, plant: str | None = None) -> None:
        self.rng = random.Random(seed)
        self.counts = counts
        self.crew = crew
        table, store = place
        self.store = store
        self.now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.rng.randrange(400 * 1440))
        self.members = [derived_id("mem", table, str(number)) for number in range(self.rng.choice((1, 2)))]
        history = random_history(self.rng, self.now)
        model = Model(history, random_starts(random.Random(f"starts {seed}"), history, self.members, self.now))
        self.deeds = Deeds(self.rng, model, self.members)
        for member, codes in self.deeds.segments.items():
            store.keep_segments(Segments(member, tuple(sorted(codes)), "staff:ann", self.now))
        self.search = Search(model, store, self.deeds.facts)
        self.weather = crew.weather
        self.begin = Begin(table, history, self.deeds.birth_months, model.starts, plant)
        self.approval_ids: dict[str, str] = {}
        self.answers: dict[str, object] = {}
        self.open: dict[str, Fact] = {}
        self.log: list[str] = []

    def run(self) -> None:
        """Plays rounds, then calm ones until everything is answered, and checks the end. Raises: BrokenLawError."""
        self.weather.is_calm = False
        self.crew.begin(self.begin)
        if self.rng.random() < 0.4:
            self._import()
        self._round([self._record(self.deeds.buy(self.now, member)) for member in self.members])
        for _ in range(self.rng.randint(7, 10)):
            self._round(self._some())
            self._move_clock()
        self.weather.is_calm = True
        self.crew.settle()
        for fact in list(self.open.values()):
            self._round([self._record(fact)])
        for member in self.members:
            self._round([Settle(member, self.now)])
            self._round([Read(member, self.now)])
        self._check_end()

    def _import(self) -> None:
        """What members bought long ago, in time order and all at once."""
        moment = self.now - timedelta(days=self.rng.randint(30, 500))
        for _ in range(self.rng.randint(1, 3)):
            self._round([self._record(self.deeds.buy(moment, member, is_import=True)) for member in self.members])
            moment += timedelta(days=self.rng.randint(0, 9))
            self.counts["imported"] += 1

    # --- what is asked ----------------------------------------------------------------------------------------------
    def _some(self) -> list[Asked]:
        """What is in flight together: some of it the same fact twice."""
        asked: list[Asked] = []
        size = self.rng.randint(2, len(self.crew.workers))
        choices, weights = zip(*self._choices(), strict=True)
        while len(asked) < size:
            asked += self.rng.choices(choices, weights)[0]()
        asked = asked[:size]
        self.counts["in flight together"] += len(asked)
        return asked

    def _choices(self) -> tuple[tuple[Callable[[], list[Asked]], float], ...]:
        deeds = self.deeds
        return (
            (lambda: self._one(deeds.buy(self.now - timedelta(seconds=self.rng.randrange(90)))), 6),
            (lambda: self._one(deeds.buy(self.now - timedelta(days=self.rng.randint(0, 60)), is_import=True)), 0.7),
            (lambda: self._one(deeds.refund(self.now)), 3),
            (lambda: self._one(deeds.reserve()), 2),
            (lambda: self._one(deeds.end_hold()), 2),
            (lambda: self._one(deeds.use()), 3),
            (lambda: self._one(deeds.undo()), 1.5),
            (lambda: self._one(deeds.correct()), 1),
            (lambda: self._one(deeds.set_tier(self.now)), 0.7),
            (lambda: self._one(self._decision()), 2),
            (lambda: self._one(deeds.give(self.now)), 1.2),
            (lambda: self._one(deeds.do()), 2),
            (lambda: self._one(deeds.exchange(self.now)), 0.6),
            (lambda: self._one(deeds.take_over(self.now)), 0.5),
            (lambda: self._one(deeds.promote()), 0.6),
            (lambda: self._one(deeds.leave(self.now)), 0.05),
            (lambda: self._one(deeds.stay()), 0.05),
            (self._again, 4),
            (self._race, 1.5),
            (self._refund_at_once, 1),
            (lambda: [Read(self.rng.choice(self.members), self._clock())], 4),
            (lambda: [Settle(self.rng.choice(self.members), self._clock())], 0.7),
        )

    def _decision(self) -> Decide | None:
        """A decision; on points that are held for a look, by the id of the case."""
        decision = self.deeds.decide()
        case_id = self.search.states[0].cases.get(decision.request) if decision else None
        return replace(decision, request=case_id) if decision and case_id else decision

    def _one(self, fact: Fact | None) -> list[Asked]:
        if fact is None or (isinstance(fact, Decide) and fact.request not in self.approval_ids):
            return []
        record = self._record(fact)
        if self.rng.random() < 0.25:
            self.counts["asked twice at once"] += 1
            return [record, self._record(fact)]
        return [record]

    def _again(self) -> list[Asked]:
        """A retry of what nobody heard of, or of anything."""
        facts = list(self.open.values()) or list(self.deeds.facts.values())
        return self._one(self.rng.choice(facts))

    def _race(self) -> list[Asked]:
        """Two redemptions of a whole balance (law I5)."""
        return [self._record(fact) for fact in self.deeds.race() or ()]

    def _refund_at_once(self) -> list[Asked]:
        """A purchase and its refund, in flight together (law F4)."""
        bought = self.deeds.buy(self.now, self.rng.choice(self.members))
        refund = self.deeds.return_of(bought, self.now)
        return [self._record(fact) for fact in (refund, bought) if fact]

    def _record(self, fact: Fact) -> Record:
        self.open.setdefault(fact.reference, fact)
        return Record(fact, self._clock(), self.approval_ids, by_newer=self.rng.random() < 0.3)

    def _clock(self) -> datetime:
        """A worker's clock: mostly right, sometimes minutes off."""
        if self.weather.is_calm or self.rng.random() < 0.7:
            return self.now
        self.counts["clock skewed"] += 1
        return self.now + timedelta(seconds=self.rng.randint(-240, 240))

    def _move_clock(self) -> None:
        moment = self.deeds.moment_of_interest(self.now) if self.rng.random() < 0.3 else None
        self.now = moment or self.now + timedelta(minutes=self.rng.choice((0, 0, 1, 30, 600, 1440, 20 * 1440)))

    # --- what is heard ----------------------------------------------------------------------------------------------
    def _round(self, asked: list[Asked]) -> None:
        heard = self.crew.ask(asked)
        self.log += ["", *(f"{one}\n    {answer}" for one, answer in zip(asked, heard, strict=True))]
        for one, answer in zip(asked, heard, strict=True):
            self._note(one, answer)
        if not self.search.add(list(zip(asked, heard, strict=True))):
            self.counts["explained by another order"] += 1
        self.counts["most explanations"] = max(self.counts["most explanations"], len(self.search.states))
        self.deeds.model = self.search.states[0].model

    def _note(self, asked: Asked, heard: Heard) -> None:
        if isinstance(heard, Broken):
            raise BrokenLawError(f"{asked} -> {heard.error}")
        if isinstance(heard, Unanswered):
            self.counts["killed" if heard.reason == "killed" else f"gave up: {heard.reason}"] += 1
            return
        if isinstance(asked, Record):
            self._note_record(asked, heard)

    def _note_record(self, asked: Record, heard: Heard) -> None:
        reference = asked.fact.reference
        self.open.pop(reference, None)
        if isinstance(heard, Refused):
            self.counts["refused by a worker"] += 1
        if not isinstance(heard, Recorded):
            return
        self.counts["replayed by a worker" if heard.is_replay else "recorded by a worker"] += 1
        if isinstance(heard.answer, Approval):
            self.approval_ids.setdefault(reference, heard.answer.approval_id)
            return
        if isinstance(heard.answer, PurchaseAnswer) and heard.answer.case_id:
            self.approval_ids[heard.answer.case_id] = heard.answer.case_id
        known = self.answers.setdefault(reference, heard.answer)
        if known != heard.answer:
            raise BrokenLawError(f"I4: {reference} was answered {known}, then {heard.answer}")

    # --- the end ----------------------------------------------------------------------------------------------------
    def _check_end(self) -> None:
        """Of the states that explain every answer, the ledger is in one."""
        broken = list[str]()
        for state in self.search.states:
            try:
                self._check_state(state)
            except BrokenLawError as error:
                broken.append(str(error))
            else:
                self._check_entries()
                return
        raise BrokenLawError(f"the ledger is in no state that explains the answers: {'; '.join(dict.fromkeys(broken))}")

    def _check_state(self, state: State) -> None:
        laws = Laws(self.store, state.model)
        office = Office(
            self.store, self.begin.history, lambda: self.now, self.rng.random, self.deeds.birth_months, starts=self.begin.starts
        )
        laws.check_waiting()
        for member in self.members:
            laws.check_member(member, office.accounts.standing(member), self.now)

    def _check_entries(self) -> None:
        """Every fact has one entry, every answer's entry is its fact's, and what the newer version wrote is all there."""
        entries = [entry for member in self.members for entry in Laws(self.store, self.deeds.model).all_entries(member)]
        facts = Counter(_name(entry) for entry in entries if entry.kind is not EntryKind.SETTLEMENT and not has_come_to_its_end(entry))
        if facts and max(facts.values()) > 1:
            raise BrokenLawError(f"I1: more than one entry of {facts.most_common(1)}")
        for member in self.members:
            account = self.store.load(member)
            sealed = sum(1 for entry in entries if entry.member_id == member and entry.more)
            if account and seal_of(account.more) != sealed:
                raise BrokenLawError(f"two versions: {sealed} entries of the newer one, the account knows of {account.more}")
        self.counts["newer version wrote"] += sum(1 for entry in entries if entry.more)


def _name(entry: Entry) -> tuple[str, str]:
    """The fact of an entry; both sides of a gift have the same."""
    return entry.kind.value, name_of(entry)
