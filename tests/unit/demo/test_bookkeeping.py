"""The books that are kept by hand and the core say the same of a household's year, entry by entry, under every window."""

import random
from collections import Counter
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from regulars.accounts.commands import (
    CancelHold,
    CancelRedemption,
    Command,
    CommitHold,
    PlaceHold,
    RecordRefund,
    Redeem,
    RefundState,
    Settle,
)
from regulars.accounts.entries import Entry, Line
from regulars.accounts.ledger import apply
from regulars.accounts.model import NEVER, new_account
from regulars.accounts.progress import settled
from regulars.program.presets import preset
from regulars_local.demo.book_lines import Line as BookLine
from regulars_local.demo.bookkeeping import Household, shares
from regulars_local.demo.rules import RulesNotCoveredError
from regulars_local.demo.terms import WINDOWS, Terms, changes_for, read_terms
from tests.support.accounts import MEMBER, changed, history, purchase

START = datetime(2025, 1, 31, 16, tzinfo=UTC)
"""The first instant of February in Shanghai."""
YEAR_DAYS, DAYS_AFTER = 300, 560
"""What is bought in the year has ended, and reviews have taken what it gave, so many days after it."""


def terms_for(window: Any) -> tuple[Terms, Any]:
    """The terms of a full year under a window, and the programme."""
    four = preset("four")
    programme = changed(four, **changes_for(window, four.model_dump(mode="json")))
    return read_terms({"programme": programme.model_dump(mode="json")}), programme


class Core:
    """The product's pure core, one account."""

    def __init__(self, programme: Any) -> None:
        self.history = history((datetime(2000, 1, 1, tzinfo=UTC), programme))
        self.account = new_account(MEMBER, self.history.at(START), START)
        self.entries: list[Entry] = []
        self.states: dict[str, RefundState] = {}

    def take(self, command: Command, now: datetime) -> Entry | None:
        """One command."""
        while True:
            outcome = apply(self.account, command, self.history, now)
            self.account = outcome.account
            if outcome.entry:
                self.entries.append(outcome.entry)
            if outcome.refund:
                self.states[outcome.refund.purchase_id] = outcome.refund
            if not outcome.is_partial:
                return outcome.entry


def as_line(entry: Entry) -> BookLine:
    """An entry of the core as a line of the books."""
    moves: Counter[tuple[str, str]] = Counter()
    for posting in entry.postings:
        waits = " pending" if posting.available_from and posting.kind != "activate" else " debt" if posting.is_debt else ""
        moves[f"{posting.kind}{waits}", "never" if posting.lot == NEVER else f"{posting.lot}"] += posting.points
    return BookLine(
        entry.kind.value,
        entry.effective_at,
        moves,
        [
            (f"{change.at:%Y-%m-%dT%H:%M:%SZ}", f"{change.from_tier} > {change.to_tier}", change.cause.value)
            for change in entry.tier_changes
        ],
        [evaluation.outcome.value for evaluation in entry.evaluations],
        [f"{reminder.expires_on}: {reminder.points}" for reminder in entry.reminders],
        (entry.balance_after, entry.pending_after, entry.held_after, entry.debt_after),
    )


class Year:
    """A household's year by chance, told to both."""

    def __init__(self, window: Any, seed: int) -> None:
        terms, programme = terms_for(window)
        self.books, self.core = Household(terms), Core(programme)
        self.chance = random.Random(seed)
        self.bought: dict[str, Entry] = {}
        self.now = START

    def play(self, days: int) -> None:
        """Nights and what is bought, refunded and used on the days between."""
        for number in range(days):
            midnight = START + timedelta(days=number)
            self.now = midnight
            self.books.night(midnight)
            self.core.take(Settle(), midnight)
            for hour in sorted(self.chance.sample(range(1, 14), 3)) if number < YEAR_DAYS else ():
                self.now = midnight + timedelta(hours=hour, seconds=number)
                if self.chance.random() < 0.15:
                    self._happen(f"{number}-{hour}")

    def _happen(self, name: str) -> None:
        kind = self.chance.choices(["buy", "paid", "refund", "hold", "redeem"], [60, 12, 12, 8, 8])[0]
        usable = self._usable()
        if kind in {"buy", "paid"} or not usable:
            self._buy(name, min(usable, 300) if kind == "paid" else 0)
        elif kind == "refund":
            self._refund(name)
        elif kind == "hold":
            self._hold(name, self.chance.randint(1, usable))
        else:
            self._redeem(name, self.chance.randint(1, usable))

    def _usable(self) -> int:
        return settled(self.core.account, self.core.history, self.now).available

    def _buy(self, name: str, points: int) -> None:
        amounts = [self.chance.choice([0, 1, 99, 1_250, 9_999, 60_000]) for _ in range(self.chance.randint(1, 4))]
        hold = f"hold-{name}" if points else None
        if hold:
            self.books.hold(hold, points, self.now)
            self.core.take(PlaceHold(hold, "till", name, points, None, "till"), self.now)
            self.now += timedelta(minutes=2)
        lines = [Line(f"sku{place}", "", 1, amount) for place, amount in enumerate(amounts)]
        self.books.buy(name, amounts, self.now, hold)
        command = purchase(lines=lines, reference=name, occurred_at=self.now)
        entry = self.core.take(replace(command, hold_id=hold), self.now)
        if entry and sum(amounts):
            self.bought[name] = entry

    def _refund(self, name: str) -> None:
        if not self.bought:
            return
        reference = self.chance.choice(sorted(self.bought))
        entry = self.bought[reference]
        assert entry.purchase
        key = entry.purchase.purchase_id
        state = self.core.states.get(key, RefundState(key))
        left = entry.purchase.amount - sum(state.by_line.values()) - state.by_amount
        place = self.chance.randrange(len(entry.purchase.lines))
        free = min(left, entry.purchase.lines[place].line.amount - state.by_line.get(place + 1, 0))
        by_line = {place + 1: self.chance.randint(1, free)} if free > 0 and self.chance.random() < 0.5 else {}
        amount = 0 if by_line or not left else self.chance.choice([left, self.chance.randint(1, left)])
        if by_line or amount:
            at = self.now - timedelta(minutes=5)
            self.books.refund(reference, at, by_line=by_line, amount=amount, recorded=self.now)
            self.core.take(RecordRefund(name, "till", name, at, entry, state, by_line, amount, "till"), self.now)

    def _hold(self, name: str, points: int) -> None:
        self.books.hold(name, points, self.now)
        self.core.take(PlaceHold(name, "till", name, points, None, "till"), self.now)
        end = self.chance.choice(["commit", "cancel", "lapse"])
        self.now += timedelta(minutes=3)
        if end == "commit":
            used = self.chance.randint(1, points)
            self.books.commit(name, used, self.now)
            self.core.take(CommitHold(name, used, "till"), self.now)
        elif end == "cancel":
            self.books.cancel(name, self.now)
            self.core.take(CancelHold(name, "till"), self.now)

    def _redeem(self, name: str, points: int) -> None:
        used = self.books.redeem(points, self.now)
        entry = self.core.take(Redeem(name, "till", name, points, None, "gift", "till"), self.now)
        if entry and self.chance.random() < 0.5:
            self.now += timedelta(minutes=4)
            self.books.unredeem(used, self.now)
            self.core.take(CancelRedemption(entry, "no", "till"), self.now)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_books_and_the_core_agree(window: Any, seed: int) -> None:
    """Purchases, holds, redemptions and refunds of every kind by chance, every night, until all points have ended: no line differs."""
    year = Year(window, seed)
    year.play(YEAR_DAYS + DAYS_AFTER)

    lines = [as_line(entry) for entry in year.core.entries]
    first = next((pair for pair in zip(year.books.lines, lines, strict=False) if pair[0] != pair[1]), None)
    assert first is None
    assert len(lines) == len(year.books.lines)
    assert {"purchase", "refund", "hold", "hold_commit", "hold_cancellation", "redemption", "redemption_cancellation", "settlement"} == {
        line.kind for line in lines
    }
    assert {"qualified", "review"} <= {cause for line in lines for _, _, cause in line.changes}


def test_shares_add_up_to_the_whole() -> None:
    """Largest remainder, the first among equals."""
    assert ((34, 33, 33), (0, 0), (1, 0, 9)) == (shares(100, [1, 1, 1]), shares(5, [0, 0]), shares(10, [1, 0, 9]))


def test_a_programme_that_the_books_do_not_know_is_named() -> None:
    """A calculation that leaves a rule out would prove nothing."""
    with pytest.raises(RulesNotCoveredError, match="demotion"):
        read_terms({"programme": preset("four").model_dump(mode="json")})


def test_the_zone_is_the_programmes() -> None:
    """Days are days in the programme's zone."""
    assert ZoneInfo("Asia/Shanghai") == terms_for("calendar_year")[0].zone
