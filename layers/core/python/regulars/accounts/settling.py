"""Time as a command: mature pending points, expire lots, note what expires soon.

Every read and every command settles in memory first, so the answer is right whether or not a job ran (laws X1, X2).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from regulars.accounts.model import Account, Posting, PostingKind, Reminder
from regulars.kernel.clock import business_date
from regulars.program.model import ProgrammeVersion


@dataclass(frozen=True, slots=True)
class Settlement:
    """The account brought to a moment and what that took; `has_more` when not all that is due fitted into one entry."""

    account: Account
    postings: tuple[Posting, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    has_more: bool = False

    @property
    def has_happened(self) -> bool:
        """Whether anything was due."""
        return bool(self.postings or self.reminders)

    def with_postings(self, account: Account, *postings: Posting) -> "Settlement":
        """The same with further postings that led to `account`."""
        return replace(self, account=account, postings=(*self.postings, *postings))


def settle(account: Account, version: ProgrammeVersion, instant: datetime, *, room: int) -> Settlement:
    """The account at an instant: first what matures, then what has ended, at most `room` postings; then what ends soon.

    Points are usable through the last day of their lot in the programme's zone, whether or not this has run (law X1).
    """
    today = business_date(instant, version.programme.time_zone)
    due = [
        Posting(PostingKind.ACTIVATE, points, lot, available_from=day)
        for day in sorted(account.pending)
        if day <= today
        for lot, points in sorted(account.pending[day].items())
    ]
    lots = dict(account.lots)
    for posting in due:
        lots[posting.lot] = lots.get(posting.lot, 0) + posting.points
    due += [Posting(PostingKind.EXPIRE, -lots[lot], lot) for lot in sorted(lots) if lot < today]
    if len(due) > room:
        return Settlement(_post(account, due[:room]), tuple(due[:room]), has_more=True)
    return _remind(Settlement(_post(account, due), tuple(due)), version, today)


def _post(account: Account, postings: list[Posting]) -> Account:
    lots, pending = dict(account.lots), {day: dict(waiting) for day, waiting in account.pending.items()}
    expired = 0
    for posting in postings:
        if posting.kind is PostingKind.ACTIVATE and posting.available_from:
            del pending[posting.available_from][posting.lot]
        if posting.kind is PostingKind.EXPIRE:
            expired -= posting.points
        lots[posting.lot] = lots.get(posting.lot, 0) + posting.points
    return replace(
        account,
        lots={lot: lots[lot] for lot in sorted(lots) if lots[lot]},
        pending={day: waiting for day, waiting in pending.items() if waiting},
        expired_total=account.expired_total + expired,
    )


def _remind(settlement: Settlement, version: ProgrammeVersion, today: date) -> Settlement:
    """Notes each lot that ends within the reminder days, once (PTS-12)."""
    account = settlement.account
    horizon = today + timedelta(days=version.programme.expiry.reminder_days)
    reminded = account.reminded_through if account.reminded_through and account.reminded_through >= today else None
    fresh = [lot for lot in account.lots if lot <= horizon and (reminded is None or lot > reminded)]
    if version.programme.expiry.reminder_days == 0:
        fresh = []
    reminders = tuple(Reminder(lot, account.lots[lot]) for lot in sorted(fresh))
    if fresh:
        reminded = max(fresh)
    return replace(settlement, account=replace(account, reminded_through=reminded), reminders=reminders)


def next_due_on(account: Account, version: ProgrammeVersion) -> date | None:
    """The first day on which settling has something to do; `None` when there is none."""
    reminder = timedelta(days=version.programme.expiry.reminder_days)
    days = list(account.pending)
    for lot in account.lots:
        if lot.year == date.max.year:
            continue
        is_told = account.reminded_through is not None and lot <= account.reminded_through
        days.append(lot + timedelta(days=1) if is_told or not reminder else lot - reminder)
    return min(days, default=None)
