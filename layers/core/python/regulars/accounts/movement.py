"""How points move: what a posting does, which lots are used first, how debt is repaid; replay uses the same rules (law L7)."""

from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from datetime import date, timedelta

from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.model import Account, Case, Counter, Hold

NEUTRAL = frozenset(
    {
        PostingKind.ACTIVATE, PostingKind.HOLD, PostingKind.HOLD_RELEASE, PostingKind.EXTEND, PostingKind.DEBT_REPAY,
        PostingKind.SUSPEND, PostingKind.RESUME,
    }
)  # fmt: skip
"""What moves points without changing how many a member has in all: available, pending and held, less debt (law L2)."""

_EARNED = frozenset({PostingKind.EARN, PostingKind.EARN_BONUS})
_SPENT = frozenset({PostingKind.REDEEM, PostingKind.HOLD_COMMIT, PostingKind.REDEEM_RETURN})


class Books:
    """The parts of an account that postings change, open for change; `close` puts them back."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.lots = dict(account.lots)
        self.pending = _open(account.pending)
        self.holds = {name: dict(hold.lots) for name, hold in account.holds.items()}
        self.cases = {account.case.case_id: _open(account.case.held)} if account.case else {}
        self.debt = account.debt
        self.totals = {"earned": account.earned_total, "spent": account.spent_total}
        self.totals |= {"expired": account.expired_total, "reversed": account.reversed_total}

    def post(self, posting: Posting) -> None:
        """One posting."""
        self._count(posting)
        points, lot = posting.points, posting.lot
        if posting.is_debt:
            self.debt -= points
            return
        if posting.kind is PostingKind.ACTIVATE and posting.available_from:
            _add(self.pending, posting.available_from, lot, -points)
        elif posting.available_from:
            _add(self.pending, posting.available_from, lot, points)
            if posting.kind in {PostingKind.SUSPEND, PostingKind.RESUME}:
                _add(self.cases.setdefault(posting.rule, {}), posting.available_from, lot, -points)
            return
        elif posting.kind in {PostingKind.HOLD, PostingKind.HOLD_RELEASE, PostingKind.HOLD_COMMIT}:
            held = self.holds.setdefault(posting.rule, {})
            held[lot] = held.get(lot, 0) + (points if posting.kind is PostingKind.HOLD_COMMIT else -points)
            if posting.kind is PostingKind.HOLD_COMMIT:
                return
        elif posting.kind is PostingKind.DEBT_REPAY:
            self.debt += points
        self.lots[lot] = self.lots.get(lot, 0) + points

    def _count(self, posting: Posting) -> None:
        if posting.kind in _EARNED:
            self.totals["earned"] += posting.points
        elif posting.kind in _SPENT:
            self.totals["spent"] -= posting.points
        elif posting.kind is PostingKind.EXPIRE:
            self.totals["expired"] -= posting.points
        elif posting.kind is PostingKind.REFUND_REVERSAL:
            self.totals["reversed"] -= posting.points

    def close(self) -> Account:
        """The account after all postings; what is empty is gone."""
        case = self._account.case
        held = _closed(self.cases[case.case_id]) if case else {}
        holds = {name: Hold(hold.expires_at, _filled(self.holds[name])) for name, hold in self._account.holds.items()}
        return replace(
            self._account,
            lots=_filled(self.lots),
            pending=_closed(self.pending),
            holds={name: hold for name, hold in holds.items() if hold.lots},
            case=replace(case, held=held) if case and held else None,
            debt=self.debt,
            earned_total=self.totals["earned"],
            spent_total=self.totals["spent"],
            expired_total=self.totals["expired"],
            reversed_total=self.totals["reversed"],
        )


def changes_available(posting: Posting) -> bool:
    """Whether a posting adds to or takes from what can be used: the statement's pages add up to the balance by these (law V1)."""
    if posting.is_debt or posting.kind is PostingKind.HOLD_COMMIT:
        return False
    return posting.kind is PostingKind.ACTIVATE or posting.available_from is None


def post(account: Account, postings: Sequence[Posting]) -> Account:
    """The account after postings."""
    if not postings:
        return account
    books = Books(account)
    for posting in postings:
        books.post(posting)
    return books.close()


type _Waiting = dict[date, dict[date, int]]


def _open(waiting: Mapping[date, Mapping[date, int]]) -> _Waiting:
    return {day: dict(lots) for day, lots in waiting.items()}


def _closed(waiting: _Waiting) -> _Waiting:
    filled = {day: _filled(lots) for day, lots in sorted(waiting.items())}
    return {day: lots for day, lots in filled.items() if lots}


def _add(waiting: _Waiting, day: date, lot: date, points: int) -> None:
    lots = waiting.setdefault(day, {})
    lots[lot] = lots.get(lot, 0) + points


def _filled(lots: Mapping[date, int]) -> dict[date, int]:
    return {lot: lots[lot] for lot in sorted(lots) if lots[lot]}


def soonest_first(lots: Mapping[date, int], points: int) -> list[tuple[date, int]]:
    """Which lots give `points`, those that end first before the others (law R3); all of them when there are not so many."""
    taken = []
    for lot in sorted(lots):
        part = min(points, lots[lot])
        if part > 0:
            taken.append((lot, part))
            points -= part
    return taken


def credit(account: Account, posting: Posting) -> list[Posting]:
    """A posting that adds points which can be used, followed by the part of them that repays debt (peers.md; law L3)."""
    repaid = min(account.debt, posting.points)
    return [posting, Posting(PostingKind.DEBT_REPAY, -repaid, posting.lot)] if repaid > 0 else [posting]


def resumed(case: Case) -> Iterator[Posting]:
    """Postings by which the points of a case are pending as others are."""
    for day, lots in case.held.items():
        for lot, points in lots.items():
            yield Posting(PostingKind.RESUME, points, lot, case.case_id, day)


def used(account: Account, name: str, period: str) -> int:
    """How much of something was used within a period; a clock that steps back does not open a period again (law X6)."""
    counter = account.counters.get(name)
    return counter.used if counter and counter.period >= period else 0


def count(account: Account, name: str, period: str, more: int, today: date) -> Account:
    """The account with more of something used in a period; counters of periods that are over are let go.

    They are kept a day longer, as a clock may step back over midnight, also where all was given back (law X6).
    """
    kept_from = (today - timedelta(days=1)).isoformat()
    known = account.counters.get(name)
    latest = max(known.period, period) if known else period
    counters = {**account.counters, name: Counter(latest, used(account, name, period) + more)}
    kept = {key: counter for key, counter in sorted(counters.items()) if counter.period >= kept_from[: len(counter.period)]}
    return replace(account, counters={key: counter for key, counter in kept.items() if counter.used or counter.period})
