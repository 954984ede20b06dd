"""Whether answers are explained by a serial order of what was in flight (law I6): a search over the model's states.

What was asked together may have happened in any order, each at one point. What nobody heard the end of may have happened as well, then
or at any later time, or never. So after each round there are several states the ledger may be in; a history is explained while there is
one at least.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from regulars.accounts.answers import MovementAnswer, PurchaseAnswer
from regulars.accounts.approvals import Approval, ApprovalStatus
from regulars.accounts.ports import LedgerStore
from regulars.accounts.service import Recorded as Answered
from tests.simulation.facts import Correct, Decide, Fact, Give, Judge, Refund, SetTier
from tests.simulation.laws import BrokenLawError, Expected, Laws
from tests.simulation.model import Model
from tests.simulation.model_account import Member
from tests.simulation.model_memory import RefusedError
from tests.simulation.processes.asking import Asked, Heard, Read, Record, Recorded, Refused, Settle, Settled, Told, Unanswered
from tests.simulation.reasons import Reasons

STATES_MAX = 5000
"""More states than this are no explanation any more."""

type Exchange = tuple[Asked, Heard]


@dataclass(frozen=True)
class State:
    """One state the ledger may be in: the model, what each fact's answer says, what may still happen, and the ids of cases by name."""

    model: Model
    expected: dict[str, Expected] = field(default_factory=dict)
    pending: tuple[Record | Settle, ...] = ()
    cases: dict[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for states that cannot be told apart."""
        pending = sorted(repr(one) for one in self.pending)
        return f"{self.model.fingerprint()}{sorted(self.expected.items())}{pending}{sorted(self.cases.items())}"


class Search:
    """Follows a history round by round; `states` are those that explain every answer so far."""

    def __init__(self, model: Model, store: LedgerStore, facts: Mapping[str, Fact]) -> None:
        self.states = [State(model)]
        self.why: list[str] = []
        self._store = store
        self._facts = facts
        self._seen: set[tuple[str, frozenset[int]]] = set()

    def add(self, round_: Sequence[Exchange]) -> bool:
        """One round of what was in flight together; answers whether the order in which it was asked explains it.

        Raises:
            BrokenLawError: no order does.
        """
        self.why = []
        self._seen.clear()
        found: dict[str, State] = {}
        for state in self.states:
            for after in self._orders(state, round_, frozenset()):
                found.setdefault(after.fingerprint, after)
        if not found:
            told = "\n  ".join(f"{asked} -> {heard}" for asked, heard in round_)
            raise BrokenLawError(f"I6: no serial order explains\n  {told}\n  as {'; '.join(dict.fromkeys(self.why))}")
        if len(found) > STATES_MAX:
            raise BrokenLawError(f"more than {STATES_MAX} explanations")
        is_plain = any(self._in_turn(state, round_) for state in self.states)
        self.states = list(found.values())
        return is_plain

    def _in_turn(self, state: State, round_: Sequence[Exchange]) -> bool:
        for exchange in round_:
            states = list(self._after(state, exchange))
            if not states:
                return False
            state = states[-1]
        return True

    def _orders(self, state: State, round_: Sequence[Exchange], done: frozenset[int]) -> Iterator[State]:
        """Every state after all of a round, whatever came first."""
        key = (state.fingerprint, done)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(done) == len(round_):
            yield state
            return
        for place, exchange in enumerate(round_):
            if place not in done:
                for after in self._after(state, exchange):
                    yield from self._orders(after, round_, done | {place})
        for late in state.pending:
            try:
                after_all = self._happened(state, late)
            except RefusedError:
                continue
            yield from self._orders(after_all, round_, done)

    # --- one exchange -----------------------------------------------------------------------------------------------
    def _after(self, state: State, exchange: Exchange) -> Iterator[State]:
        """The states after one exchange at this point; none, if it cannot have been answered so here."""
        asked, heard = _as_known(state, exchange[0]), exchange[1]
        try:
            if isinstance(heard, Unanswered):
                yield from self._unanswered(state, asked)
            elif isinstance(asked, Read) and isinstance(heard, Told):
                Laws(self._store, state.model).check_standing(asked.member, heard.standing, asked.now)
                yield state
            elif isinstance(asked, Settle) and isinstance(heard, Settled):
                yield from _told_settled(state, asked, heard)
            elif isinstance(asked, Record) and isinstance(heard, Refused):
                self._check_refused(state, asked, heard)
                yield state
            elif isinstance(asked, Record) and isinstance(heard, Recorded):
                yield self._recorded(state, asked, heard)
            else:
                self.why.append(f"{asked} was answered {heard}")
        except (BrokenLawError, RefusedError) as error:
            self.why.append(str(error))

    def _unanswered(self, state: State, asked: Asked) -> Iterator[State]:
        """It may yet happen, or may have."""
        is_over = isinstance(asked, Read) or (isinstance(asked, Record) and _is_done(state.model, asked.fact))
        yield state if is_over or isinstance(asked, Read) else replace(state, pending=(*state.pending, asked))

    def _happened(self, state: State, late: Record | Settle) -> State:
        """The state after something happened that nobody heard of. Raises: RefusedError, it cannot have."""
        if isinstance(late, Record):
            return self._applied(state, late)
        settled = _settled(state, late)
        return replace(settled, pending=tuple(one for one in state.pending if one is not late))

    @staticmethod
    def _check_refused(state: State, asked: Record, heard: Refused) -> None:
        holding = Reasons(state.model).now(asked.fact, asked.now)
        if heard.code not in holding:
            raise BrokenLawError(f"{asked.fact.reference} was refused as {heard.code}, what holds is {sorted(holding)}")

    def _recorded(self, state: State, asked: Record, heard: Recorded) -> State:
        fact, answer = asked.fact, heard.answer
        if _is_done(state.model, fact):
            if not heard.is_replay:
                raise BrokenLawError(f"I1: {fact.reference} was recorded twice")
        else:
            state = self._applied(state, asked)
        if isinstance(answer, Approval):
            _check_approval(state.model, fact, answer)
            return state
        if isinstance(fact, Correct | SetTier) and fact.reference not in state.model.recorded:
            raise BrokenLawError(f"{fact.reference} waits for a second person")
        laws = Laws(self._store, state.model)
        movement = answer if isinstance(answer, MovementAnswer) else getattr(answer, "movement", answer)
        expected = state.expected.get(fact.reference)
        if expected and movement is not None:
            laws.expected[fact.reference] = replace(expected, entry_id=movement.entry_id)
        laws.check_answer(fact, None, Answered(answer, heard.is_replay))
        return _with_case(state, fact, answer)

    # --- what a fact does -------------------------------------------------------------------------------------------
    def _applied(self, state: State, record: Record) -> State:
        """The state after a fact happened. Raises: RefusedError, it cannot have."""
        after = replace(state, model=state.model.copy(), expected=dict(state.expected))
        self._happen(after, record.fact, record.now)
        pending = tuple(one for one in state.pending if isinstance(one, Settle) or not _is_done(after.model, one.fact))
        return replace(after, pending=pending)

    def _happen(self, state: State, fact: Fact, now: datetime) -> None:
        reasons = Reasons(state.model)
        if isinstance(fact, Refund) and fact.purchase not in state.model.purchases:
            _require(reasons.now(fact, now))
            state.model.wait(fact)
        elif isinstance(fact, Decide):
            self._decide(state, fact, now)
        elif isinstance(fact, SetTier):
            _require(reasons.now(fact, now))
            state.model.ask(fact)
        elif isinstance(fact, Correct) and "approval_required" in reasons.now(fact, now):
            _require(reasons.now(fact, now) - {"approval_required", "insufficient_points"})
            state.model.ask(fact)
        else:
            self._commit(state, fact, now)

    def _decide(self, state: State, fact: Decide, now: datetime) -> None:
        _require(Reasons(state.model).now(fact, now))
        state.model.decide(fact)
        request = state.model.requests[fact.request]
        if fact.is_approved or isinstance(request.fact, Judge):
            self._commit(state, request.fact, now)
            request.status = "approved" if fact.is_approved else "rejected"

    def _commit(self, state: State, fact: Fact, now: datetime) -> None:
        """A fact with what is recorded in the same transaction: the other side of a gift, refunds that waited."""
        model = state.model
        _require(Reasons(model).now(fact, now))
        state.expected[fact.reference] = _expected(model, model.commit(fact, now))
        if isinstance(fact, Give):
            model.receive(fact, now)
        for reference in model.waiting.get(fact.reference, ()):
            state.expected[reference] = _expected(model, model.commit(self._facts[reference], now))


def _as_known(state: State, asked: Asked) -> Asked:
    """A decision on a case is asked for by the case's id; here by the name that the state's model has for it."""
    if isinstance(asked, Record) and isinstance(asked.fact, Decide):
        names = {case_id: name for name, case_id in state.cases.items()}
        return replace(asked, fact=replace(asked.fact, request=names.get(asked.fact.request, asked.fact.request)))
    return asked


def _with_case(state: State, fact: Fact, answer: object) -> State:
    """The state that knows which id the case of a purchase has. Raises: BrokenLawError, it has another, or another case has it."""
    case_id = answer.case_id if isinstance(answer, PurchaseAnswer) else None
    if case_id is None:
        return state
    name = state.model.purchases[fact.reference][1].case
    cases = {**state.cases, name: state.cases.get(name, case_id)}
    if cases[name] != case_id or len(set(cases.values())) < len(cases):
        raise BrokenLawError(f"{fact.reference} is held by {case_id}, not by {cases[name]}")
    return replace(state, cases=cases)


def _is_done(model: Model, fact: Fact) -> bool:
    """Whether a fact is recorded, waits for its purchase or for a second person, or is a decision that was made."""
    if isinstance(fact, Decide):
        return model.status_of(fact.request) in {"approved", "rejected"}
    waits = isinstance(fact, Refund) and fact.reference in model.waiting.get(fact.purchase, ())
    return fact.reference in model.recorded or fact.reference in model.requests or waits


def _check_approval(model: Model, fact: Fact, answer: Approval) -> None:
    asked = fact.request if isinstance(fact, Decide) else fact.reference
    if answer.status.value != model.status_of(asked):
        raise BrokenLawError(f"{asked} is {model.status_of(asked)}, told {answer.status.value}")
    if isinstance(fact, Decide) and fact.is_approved != (answer.status is ApprovalStatus.APPROVED):
        raise BrokenLawError(f"{asked}: the decision was answered as {answer.status.value}")


def _told_settled(state: State, asked: Settle, heard: Settled) -> Iterator[State]:
    """Where nothing was due any more, it may be that this very call had done it, and did not hear of it."""
    if not heard.has_changed:
        yield state
    if heard.has_changed or asked.member in state.model.members:
        yield _settled(state, asked)


def _settled(state: State, asked: Settle) -> State:
    if asked.member not in state.model.members:
        raise RefusedError("nothing to settle")
    model = state.model.copy()
    model.settled(asked.member, asked.now)
    return replace(state, model=model)


def _require(reasons: frozenset[str]) -> None:
    if reasons:
        raise RefusedError(*sorted(reasons))


def _expected(model: Model, member: Member) -> Expected:
    return Expected("", model.moved, member.available, member.waiting, member.held, member.debt, member.tier)
