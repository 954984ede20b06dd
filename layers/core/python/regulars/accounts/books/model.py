"""The programme's books: what entries come to by business day and tier, and who moved between tiers (PTS-25, TIER-18).

Everything follows from one entry alone, so that its place in the books is the same whoever works it out: the stream's reader, once, and
the check that adds the ledger up again. An entry counts on the day it was recorded: a day that is over does not change any more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct, field

from regulars.accounts.entries import Entry, EntryKind, Posting, PostingKind
from regulars.kernel.clock import business_date
from regulars.program.model import ProgrammeHistory


class Figure(StrEnum):
    """What is counted: points that flowed, how points stand in accounts (their change), and accounts."""

    ISSUED = "issued"
    ACTIVATED = "activated"
    REDEEMED = "redeemed"
    RETURNED = "returned"
    EXPIRED = "expired"
    REVERSED = "reversed"
    ADJUSTED_UP = "adjusted_up"
    ADJUSTED_DOWN = "adjusted_down"
    TRANSFERRED_IN = "transferred_in"
    TRANSFERRED_OUT = "transferred_out"
    FORFEITED = "forfeited"
    REPAID = "repaid"
    AVAILABLE = "available"
    PENDING = "pending"
    HELD = "held"
    DEBT = "debt"
    MEMBERS = "members"


type Figures = Mapping[Figure, int]

STANDING = (Figure.AVAILABLE, Figure.PENDING, Figure.HELD, Figure.DEBT)
"""How the points of accounts stand; their sum over all days is what is outstanding."""

_FLOWS = {
    PostingKind.EARN: (Figure.ISSUED, 1),
    PostingKind.EARN_BONUS: (Figure.ISSUED, 1),
    PostingKind.ACTIVATE: (Figure.ACTIVATED, 1),
    PostingKind.REDEEM: (Figure.REDEEMED, -1),
    PostingKind.HOLD_COMMIT: (Figure.REDEEMED, -1),
    PostingKind.REDEEM_RETURN: (Figure.RETURNED, 1),
    PostingKind.EXPIRE: (Figure.EXPIRED, -1),
    PostingKind.REFUND_REVERSAL: (Figure.REVERSED, -1),
    PostingKind.TRANSFER_IN: (Figure.TRANSFERRED_IN, 1),
    PostingKind.TRANSFER_OUT: (Figure.TRANSFERRED_OUT, -1),
    PostingKind.FORFEIT: (Figure.FORFEITED, -1),
    PostingKind.DEBT_REPAY: (Figure.REPAID, -1),
}


class Move(Struct, frozen=True):
    """Members who went from a tier to another on a day, by cause, under a version of the programme."""

    day: date
    from_tier: str
    to_tier: str
    cause: str
    program_version: int


class Sheet(Struct):
    """Figures by day and tier, and moves: what some entries come to together."""

    figures: dict[tuple[date, str], Counter[Figure]] = field(default_factory=dict)
    moves: Counter[Move] = field(default_factory=Counter)

    def add(self, entry: Entry, history: ProgrammeHistory) -> None:
        """Adds an entry."""
        day = business_date(entry.recorded_at, history.at(entry.recorded_at).programme.time_zone)
        before = entry.tier_changes[0].from_tier if entry.tier_changes else entry.tier_after
        here = self._of(day, before)
        for posting in entry.postings:
            here.update(flow(posting))
            here.update(effect(posting))
        here[Figure.MEMBERS] += int(entry.version == 1)
        if before != entry.tier_after:
            self._move_account(here, self._of(day, entry.tier_after), entry)
        self._of(day, entry.tier_after)[Figure.MEMBERS] -= int(entry.kind is EntryKind.CLOSURE)
        for change in entry.tier_changes:
            self.moves[Move(day, change.from_tier, change.to_tier, change.cause.value, change.program_version)] += 1

    def add_all(self, entries: Iterable[Entry], history: ProgrammeHistory) -> "Sheet":
        """Adds entries; answers the sheet."""
        for entry in entries:
            self.add(entry, history)
        return self

    def by_tier(self) -> dict[str, Counter[Figure]]:
        """The figures of all days together, by tier."""
        found: dict[str, Counter[Figure]] = {}
        for (_, tier), figures in self.figures.items():
            found.setdefault(tier, Counter()).update(figures)
        return found

    def _of(self, day: date, tier: str) -> Counter[Figure]:
        return self.figures.setdefault((day, tier), Counter())

    @staticmethod
    def _move_account(before: Counter[Figure], after: Counter[Figure], entry: Entry) -> None:
        """The account goes to another tier with all that it holds then."""
        moved = {
            Figure.AVAILABLE: entry.balance_after,
            Figure.PENDING: entry.pending_after,
            Figure.HELD: entry.held_after,
            Figure.DEBT: entry.debt_after,
            Figure.MEMBERS: 1,
        }
        before.subtract(moved)
        after.update(moved)


def flow(posting: Posting) -> dict[Figure, int]:
    """What a posting counts as; what only sets aside, gives back or prolongs is no flow."""
    if posting.kind is PostingKind.ADJUST:
        return {Figure.ADJUSTED_UP if posting.points > 0 else Figure.ADJUSTED_DOWN: abs(posting.points)}
    if posting.kind not in _FLOWS:
        return {}
    figure, sign = _FLOWS[posting.kind]
    return {figure: sign * posting.points}


def effect(posting: Posting) -> dict[Figure, int]:
    """How a posting changes the way points stand (as `movement` does, summed over lots)."""
    points = posting.points
    if posting.is_debt:
        return {Figure.DEBT: -points}
    if posting.available_from:
        return _effect_on_pending(posting)
    if posting.kind is PostingKind.HOLD_COMMIT:
        return {Figure.HELD: points}
    if posting.kind in {PostingKind.HOLD, PostingKind.HOLD_RELEASE}:
        return {Figure.HELD: -points, Figure.AVAILABLE: points}
    if posting.kind is PostingKind.DEBT_REPAY:
        return {Figure.DEBT: points, Figure.AVAILABLE: points}
    return {Figure.AVAILABLE: points}


def _effect_on_pending(posting: Posting) -> dict[Figure, int]:
    """Of postings of pending points; those that are held for a look are pending all along."""
    if posting.kind is PostingKind.ACTIVATE:
        return {Figure.PENDING: -posting.points, Figure.AVAILABLE: posting.points}
    return {} if posting.kind in {PostingKind.SUSPEND, PostingKind.RESUME} else {Figure.PENDING: posting.points}
