"""What would have been: a member's real facts, played again under other rules by the same core that recorded them.

Facts are taken in the order in which they were recorded, each at the moment it happened or, when it came late, at that of the fact
before it. Both sides start from the same account at the period's first instant; from there one goes on under the programme in force,
the other under the draft. What a side refuses (a redemption of points it never gave, a gift where gifts are off) is counted by its code.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from regulars.accounts.beginning import begun
from regulars.accounts.commands import Command, RefundState, Settle
from regulars.accounts.entries import Entry, EntryKind, tier_before
from regulars.accounts.jobs.facts_again import COMMANDS, text
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account, new_account
from regulars.kernel.errors import RegularsError
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion

_SETTLED = timedelta(milliseconds=1)
"""The period is closed this long before its end, so that what ends with it still counts as there."""


class Question(Struct, frozen=True):
    """Two programmes and a period: `current` and `draft` are the same until `start` and differ from there on."""

    current: ProgrammeHistory
    draft: ProgrammeHistory
    start: datetime
    end: datetime

    @classmethod
    def of(cls, history: ProgrammeHistory, in_force: ProgrammeVersion, draft: Programme, start: datetime, end: datetime) -> "Question":
        """The versions before the period, followed by the version in force now or by the draft."""
        earlier = [version for version in history.versions if version.effective_from < start]
        if not earlier:
            earlier = [history.versions[0].model_copy(update={"effective_from": datetime(1970, 1, 1, tzinfo=UTC)})]
        drafted = ProgrammeVersion(number=history.versions[-1].number + 1, effective_from=start, programme=draft)
        following = () if earlier[-1].number == in_force.number else (in_force.model_copy(update={"effective_from": start}),)
        return cls(ProgrammeHistory((*earlier, *following)), ProgrammeHistory((*earlier, drafted)), start, end)


class Side(Struct, frozen=True):
    """What the period came to under one programme: points moved in it, what was left after it, the tier, what was refused by code."""

    tier: str
    issued: int
    redeemed: int
    expired: int
    reversed: int
    outstanding: int
    refused: Counter[str]


def compare(member_id: str, entries: Iterable[Entry], question: Question) -> tuple[Side, Side] | None:
    """Both sides of one member, from all of its entries in order; `None` when nothing was recorded before the period's end."""
    recorded = tuple(entries)
    facts = [(moment, entry) for moment, entry in _moments(recorded) if moment < question.end]
    if not facts:
        return None
    shared = _Play(question.current, _opened(member_id, recorded[0], question.current, facts[0][0]))
    for moment, entry in facts:
        if moment < question.start:
            shared.take(entry, moment)
    sides = []
    for history in (question.current, question.draft):
        play = shared.branch(history)
        play.settle(max(question.start, shared.now))
        before = play.account
        play.refused.clear()
        for moment, entry in facts:
            if moment >= question.start:
                play.take(entry, moment)
        play.settle(max(question.end - _SETTLED, play.now))
        sides.append(_side(before, play))
    return sides[0], sides[1]


def _opened(member_id: str, first: Entry, history: ProgrammeHistory, at: datetime) -> Account:
    """The account before its first fact; one that began above the lowest tier does so before that tier was looked at first (TIER-14)."""
    if first.version > 1:
        return new_account(member_id, history.at(at), at)
    looked = [*(evaluation.at for evaluation in first.evaluations), *(change.at for change in first.tier_changes)]
    since = min([at, *(moment - _SETTLED for moment in looked)])
    return begun(Account(member_id, tier_before(first), since), history, at)


def _moments(entries: Iterable[Entry]) -> Iterable[tuple[datetime, Entry]]:
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    for entry in entries:
        moment = max(moment, entry.effective_at)
        if entry.kind is not EntryKind.SETTLEMENT:
            yield moment, entry


def _side(before: Account, play: "_Play") -> Side:
    after = play.account
    return Side(
        tier=after.tier,
        issued=after.earned_total - before.earned_total,
        redeemed=after.spent_total - before.spent_total,
        expired=after.expired_total - before.expired_total,
        reversed=after.reversed_total - before.reversed_total,
        outstanding=after.available + after.pending_points + after.held - after.debt,
        refused=play.refused,
    )


class _Play(Struct):
    """One account under one programme; remembers what refunds and cancellations will need."""

    history: ProgrammeHistory
    account: Account
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    purchases: dict[str, tuple[Entry, RefundState]] = field(default_factory=dict)
    redemptions: dict[str, Entry] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)

    def branch(self, history: ProgrammeHistory) -> "_Play":
        """The same account, to go on under a programme."""
        return _Play(history, self.account, self.now, dict(self.purchases), dict(self.redemptions), set(self.taken))

    def settle(self, now: datetime) -> None:
        """Brings the account to a moment."""
        self.now = now
        self._apply(Settle())

    def take(self, entry: Entry, now: datetime) -> None:
        """One fact, at its moment."""
        self.now = max(self.now, now)
        self.settle(self.now)
        make = COMMANDS.get(entry.kind)
        command = make(self, entry) if make else None
        if command is None:
            return
        try:
            made = self._apply(command)
        except RegularsError as error:
            self.refused[error.code] += 1
            return
        self._remember(entry, made)

    def _apply(self, command: Command) -> Outcome:
        while True:
            outcome = apply(self.account, command, self.history, self.now)
            self.account = outcome.account
            if not outcome.is_partial:
                return outcome

    def _remember(self, entry: Entry, made: Outcome) -> None:
        if made.entry is None:
            return
        if entry.purchase:
            self.purchases[entry.purchase.purchase_id] = (made.entry, RefundState(entry.purchase.purchase_id))
        elif made.refund:
            self.purchases[made.refund.purchase_id] = (self.purchases[made.refund.purchase_id][0], made.refund)
        elif text(made.entry, "decision") == "taken":
            self.taken.add(text(made.entry, "case_id"))
        elif entry.kind is EntryKind.REDEMPTION:
            self.redemptions[text(entry, "redemption_id")] = made.entry
