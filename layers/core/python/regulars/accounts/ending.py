"""How an account ends: its holds end first, then every point goes (PTS-22)."""

from collections.abc import Iterator
from copy import replace
from datetime import date, datetime, timedelta

from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.model import Account, Closing
from regulars.accounts.movement import credit, post, resumed
from regulars.kernel.clock import start_of_day
from regulars.program.model import Programme
from regulars.program.policies import Remaining

COMPENSATION = "compensation"
"""The rule of points that are paid out when an account ends."""


def end_of(closing: Closing, zone_name: str) -> datetime:
    """The instant at which an account ends: when the last day on which its points can be used is over."""
    return start_of_day(closing.closes_on + timedelta(days=1), zone_name)


def end(account: Account, programme: Programme, today: date) -> tuple[Account, list[Posting]]:
    """The account after its end, and the postings to it: what can be used goes as the programme says, what is pending is forfeited."""
    released: list[Posting] = []
    for name, hold in account.holds.items():
        for lot, points in hold.lots.items():
            released += credit(post(account, released), Posting(PostingKind.HOLD_RELEASE, points, lot, name))
    released += resumed(account.case) if account.case else []
    gone = list(_gone(post(account, released), programme, today))
    ended = post(account, [*released, *gone])
    return replace(ended, is_closed=True, closing=None, review_on=None, grace=None, granted=None), [*released, *gone]


def _gone(account: Account, programme: Programme, today: date) -> Iterator[Posting]:
    is_paid = programme.closure.remaining is Remaining.COMPENSATE
    kind, rule = (PostingKind.REDEEM, COMPENSATION) if is_paid else (PostingKind.FORFEIT, "")
    for lot, points in account.lots.items():
        yield Posting(kind, -points, lot, rule) if lot >= today else Posting(PostingKind.EXPIRE, -points, lot)
    for day, waiting in account.pending.items():
        for lot, points in waiting.items():
            yield Posting(PostingKind.FORFEIT, -points, lot, available_from=day)
