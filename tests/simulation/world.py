"""One history: members, tills, staff, a job, a clock that steps, and the laws that must hold all along."""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import replace
from datetime import timedelta

from regulars.accounts.nightly import NightlySettlement
from regulars.accounts.ports import LedgerStore
from regulars.accounts.walking import ShardTask
from regulars.kernel.errors import IdempotencyMismatchError, RegularsError, UnavailableError
from tests.simulation.correspondence import UNANSWERED, Correspondence
from tests.simulation.facts import Buy, Correct, Decide, SetTier, Undo
from tests.simulation.faults import CrashedError
from tests.simulation.reasons import WAITING_MAX
from tests.simulation.tape import Step


class World(Correspondence):
    """A seeded history; `run` answers nothing and raises `BrokenLawError` when a law is broken."""

    def __init__(self, seed: int, counts: Counter[str], store: LedgerStore | None = None, shards: int = 4) -> None:
        super().__init__(seed, counts, store, shards)
        self.tasks: list[ShardTask] = []
        self.nightly = NightlySettlement(
            self.office.writer, self.store, lambda: self.history, self._clock, self, shards=shards, stopwatch=lambda: 0.0
        )

    def put(self, tasks: Sequence[ShardTask]) -> None:
        """The job's queue."""
        self.tasks += tasks

    def run(self) -> None:
        """Plays the history, then lets everything unanswered be answered in calm weather, and checks the end."""
        for member in self.members:
            bought = self._remember(self.deeds.buy(self.now - timedelta(seconds=self.rng.randrange(90)), member))
            if member not in self.model.starts or self.rng.random() < 0.5:
                self._send(bought)
        choices, weights = zip(*self._actions(), strict=True)
        for action in self.rng.choices(choices, weights, k=self.rng.randint(8, 22)):
            action()
        self._calm_down()

    def _actions(self) -> tuple[tuple[Callable[[], None], float], ...]:
        deeds = self.deeds
        return (
            (self._buy, 9),
            (self._import, 1.2),
            (lambda: self._ask(deeds.refund(self.now)), 4),
            (self._refund_first, 1),
            (lambda: self._ask(deeds.reserve()), 2.5),
            (lambda: self._ask(deeds.end_hold()), 2.5),
            (lambda: self._ask(deeds.use()), 2.5),
            (lambda: self._ask(deeds.undo()), 1.5),
            (self._race, 0.7),
            (lambda: self._ask(deeds.correct()), 1.2),
            (lambda: self._ask(deeds.set_tier(self.now)), 0.8),
            (lambda: self._ask(deeds.decide()), 1.6),
            (lambda: self._ask(deeds.give(self.now)), 1.2),
            (lambda: self._ask(deeds.do()), 2.2),
            (lambda: self._ask(deeds.exchange(self.now)), 0.6),
            (lambda: self._ask(deeds.take_over(self.now)), 0.5),
            (lambda: self._ask(deeds.promote()), 0.5),
            (lambda: self._ask(deeds.leave(self.now)), 0.3),
            (lambda: self._ask(deeds.stay()), 0.1),
            (self._change_of_mind, 0.3),
            (self._look, 0.7),
            (self._many, 0.03),
            (self._owe, 0.7),
            (self._decide_twice, 0.5),
            (self._over_midnight, 0.4),
            (self._resend, 4),
            (self._resend_changed, 0.5),
            (self._try, 1),
            (self._step_clock, 7),
            (self._step_back, 0.8),
            (self._night, 1.2),
            (self._read, 1.5),
            (self._settle, 0.5),
        )

    # --- what happens -----------------------------------------------------------------------------------------------
    def _buy(self) -> None:
        late = timedelta()
        if self.rng.random() < 0.25:
            late = timedelta(minutes=self.rng.randrange(45 * 1440))
            self.counts["late delivery"] += 1
        elif self.rng.random() < 0.02:
            late = -timedelta(minutes=9)
        fact = self.deeds.buy(self.now - late - timedelta(seconds=self.rng.randrange(90)))
        if self.rng.random() < 0.1:
            self.counts["reordered"] += 1
            self._remember(fact)
            return
        self._ask(fact)

    def _import(self) -> None:
        member = self.rng.choice(self.members)
        moment = self.now - timedelta(days=self.rng.randint(1, 500))
        for _ in range(self.rng.randint(1, 3)):
            fact = self.deeds.buy(moment, member, is_import=True)
            bought = self._remember(fact)
            if self.rng.random() < 0.15:
                self._ask(self.deeds.refund_ahead(fact, moment - timedelta(minutes=self.rng.choice((0, 1, 60)))))
            self._send(bought)
            moment += timedelta(minutes=self.rng.choice((0, 1, 60, 2000, 90_000)))
            if moment >= self.now:
                return

    def _refund_first(self) -> None:
        """A purchase whose refund is sent before it (law F4)."""
        self._remember(self.deeds.buy(self.now - timedelta(seconds=self.rng.randrange(90))))
        for _ in range(self.rng.choice((1, 1, 2))):
            self._ask(self.deeds.refund(self.now))

    def _race(self) -> None:
        pair = self.deeds.race()
        if pair:
            first, second = (self._remember(fact) for fact in pair)
            self._with_company(first, second)

    def _owe(self) -> None:
        """Bought, put aside in part, used for the rest, returned: what is left is a debt."""
        member = self.rng.choice(self.members)
        bought = self._remember(self.deeds.buy(self.now, member))
        self._send(bought)
        if self.rng.random() < 0.6:
            self._send(self._remember(self.deeds.small_hold(member)))
        if self.rng.random() < 0.5:
            self._send(self._remember(self.deeds.buy(self.now, member)))
        self._ask(self.deeds.all_but(member, 0))
        self._ask(self.deeds.return_of(bought.fact, self.now))
        if self.rng.random() < 0.5:
            self.now += timedelta(days=45)
            self._read()

    def _look(self) -> None:
        """Bought, perhaps held and looked at, and returned in part or whole."""
        member = self.rng.choice(self.members)
        bought = self._remember(self.deeds.buy(self.now, member))
        self._send(bought)
        self._ask(self.deeds.judge(member))
        self._ask(self.deeds.return_of(bought.fact, self.now))

    def _change_of_mind(self) -> None:
        """Somebody is about to leave, buys meanwhile, and stays."""
        member = self.rng.choice(self.members)
        self._ask(self.deeds.leave(self.now, member))
        self._ask(self.deeds.buy(self.now - timedelta(minutes=self.rng.choice((0, 5))), member))
        if self.rng.random() < 0.7:
            self._ask(self.deeds.stay(member))

    def _over_midnight(self) -> None:
        """The clock shows a new day, the old one for a moment again, and the new one (law X6)."""
        self.now = self.deeds.midnight_after(self.now) + timedelta(seconds=30)
        member = self.rng.choice(self.members)
        for step in (-60, 60, 0):
            self._ask(self.deeds.do(member, "by_day"))
            self.now += timedelta(seconds=step)

    def _decide_twice(self) -> None:
        """Two persons decide on one request at once."""
        first, second = self.deeds.decide(), self.deeds.decide()
        if first and second:
            self._with_company(self._remember(first), self._remember(second))

    def _many(self) -> None:
        """More of something than may be open."""
        member = self.rng.choice(self.members)
        if self.rng.random() < 0.5:
            for _ in range(11):
                self._send(self._remember(self.deeds.small_hold(member)))
            return
        for _ in range(WAITING_MAX + 2):
            refund = self.deeds.refund(self.now, of_nothing=True)
            if refund:
                self._send(self._remember(refund))

    def _resend(self) -> None:
        if self.operations:
            self.counts["duplicate"] += 1
            known = list(self.operations.values())
            self._with_company(self.rng.choice(known), self.rng.choice(known))

    def _resend_changed(self) -> None:
        answered = [
            operation
            for operation in self.operations.values()
            if operation.answer and not isinstance(operation.fact, Decide | Undo | SetTier | Correct)
        ]
        if not answered:
            return
        try:
            self.office.send(self.rng.choice(answered).fact, "other content")
        except IdempotencyMismatchError:
            self.counts["mismatch refused"] += 1
        except UNANSWERED:
            return
        else:
            self.laws.fail("I3: a reference with other content was accepted")

    def _step_clock(self) -> None:
        self.counts["clock forward"] += 1
        moment = self.deeds.moment_of_interest(self.now) if self.rng.random() < 0.5 else None
        self.now = moment or self.now + timedelta(
            minutes=self.rng.choice((1, 30, 600, 1440, 6 * 1440, 20 * 1440, 45 * 1440)) + self.rng.randrange(60)
        )

    def _step_back(self) -> None:
        self.counts["clock back"] += 1
        self.now -= timedelta(seconds=self.rng.randrange(1, 300))

    def _night(self) -> None:
        self.counts["schedule missed, late or twice"] += 1
        self.tape.append(Step(self.now))
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
            standing = self.office.accounts.standing(member)
        except UNANSWERED:
            return
        self.laws.check_standing(member, standing, self.now)

    def _try(self) -> None:
        """A dry run says what would come of it, and changes nothing."""
        fact = (self.deeds.use() if self.rng.random() < 0.5 else None) or self.deeds.buy(self.now)
        try:
            answer = self.office.preview(fact)
        except UNANSWERED:
            return
        except RegularsError as error:
            self._check_reasons(fact, error)
            return
        member = self.model.would(fact, self.now)
        self.counts["dry run"] += 1
        self.laws.check_preview(member, self.model.moved, answer)

    # --- the end ----------------------------------------------------------------------------------------------------
    def _calm_down(self) -> None:
        self.store.is_calm = True
        self.deployment.end()
        for operation in self.operations.values():
            if operation.answer is None and not operation.is_refused:
                self._send(operation)
        facts = [operation.fact for operation in self.operations.values()]
        importing = {fact.member for fact in facts if isinstance(fact, Buy) and fact.is_import}
        for member in self.members:
            if member in importing:
                self.office.writer.settle(member, "job:review_tiers")
        self._night()
        self.laws.check_waiting()
        for account in filter(None, map(self.store.load, self.members)):
            self.deployment.check(account)
        for member in self.members:
            self.laws.check_member(member, self.office.accounts.standing(member), self.now)
        self._night_again()

    def _night_again(self) -> None:
        """A second night at the same moment finds nothing to do and changes nothing (law X2)."""
        before = {member: replace(account) for member in self.members if (account := self.store.load(member))}
        self._night()
        self.laws.check_unchanged(before)
