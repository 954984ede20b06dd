"""Time as a command: mature pending points, release holds, expire lots, review the tier, note what expires soon.

Every read and every command settles in memory first, so the answer is right whether or not a job ran (laws X1, X2).
"""

from collections.abc import Iterator, Sequence
from copy import replace
from datetime import date, datetime, timedelta

from msgspec import Struct

from regulars.accounts.ending import end, end_of
from regulars.accounts.entries import Evaluation, Posting, PostingKind, Reminder, TierChange
from regulars.accounts.model import NEVER, Account, Case
from regulars.accounts.movement import Books, credit, resumed
from regulars.accounts.tiers import Looked, review
from regulars.kernel.clock import business_date, start_of_day
from regulars.program.model import ProgrammeHistory, ProgrammeVersion


class Settlement(Struct, frozen=True):
    """The account brought to a moment and what that took; `has_more` when not all that is due fitted into one entry."""

    account: Account
    postings: tuple[Posting, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    changes: tuple[TierChange, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    has_more: bool = False

    @property
    def has_happened(self) -> bool:
        """Whether anything was due."""
        return bool(self.postings or self.reminders or self.changes or self.evaluations)

    def with_postings(self, account: Account, *postings: Posting) -> "Settlement":
        """The same with further postings that led to `account`."""
        return replace(self, account=account, postings=(*self.postings, *postings))

    def with_tier(self, looked: Looked) -> "Settlement":
        """The same after a look at the tier."""
        if looked.account is self.account:
            return self
        return replace(
            self, account=looked.account, changes=self.changes + looked.changes, evaluations=self.evaluations + looked.evaluations
        )


def settle(account: Account, history: ProgrammeHistory, instant: datetime, *, room: int) -> Settlement:
    """The account at an instant: what matures and which holds end, then what has ended, at most `room` postings; then tier and reminders.

    Points are usable through the last day of their lot in the programme's zone, whether or not this has run (law X1); held points do not
    expire before their hold ends (law X4). An account that ends is brought to its end and no further, however late this runs (law X2).
    """
    ends_at = end_of(account.closing, history.at(instant).programme.time_zone) if account.closing else None
    if ends_at is None or ends_at > instant:
        return _bring(account, history, instant, room)
    settlement = _bring(account, history, ends_at, room)
    if settlement.has_more:
        return settlement
    programme = history.at(ends_at).programme
    ended, postings = end(settlement.account, programme, business_date(ends_at, programme.time_zone))
    return replace(settlement.with_postings(ended, *postings), reminders=())


def _bring(account: Account, history: ProgrammeHistory, instant: datetime, room: int) -> Settlement:
    version = history.at(instant)
    today = business_date(instant, version.programme.time_zone)
    ending = _Ending(account, instant, version.programme.time_zone, room)
    settlement = Settlement(ending.books.close() if ending.postings else account, tuple(ending.postings), has_more=ending.has_more)
    if settlement.has_more:
        return settlement
    looked = review(settlement.account, history, instant)
    settlement = settlement.with_tier(looked)
    return replace(settlement, has_more=True) if looked.has_more else _remind(settlement, version, today)


class _Ending:
    """What has ended by an instant, posted one by one as long as there is room."""

    def __init__(self, account: Account, instant: datetime, zone_name: str, room: int) -> None:
        today = business_date(instant, zone_name)
        self.books = Books(account)
        self.postings: list[Posting] = []
        self.has_more = False
        self._room = room
        for _at, posting in sorted(self._returning(account, instant, today, zone_name), key=lambda item: (item[0], item[1].lot)):
            self._return(account, posting)
        for lot in sorted(lot for lot in self.books.lots if lot < today):
            if self.books.lots[lot]:
                self._post([Posting(PostingKind.EXPIRE, -self.books.lots[lot], lot)])

    @staticmethod
    def _returning(account: Account, instant: datetime, today: date, zone_name: str) -> Iterator[tuple[datetime, Posting]]:
        """What becomes usable, and when: a debt is repaid by what comes first, however late this runs (law X2).

        Of what comes at once it is repaid by what ends first (law R3).
        """
        for day, waiting in account.pending.items():
            if day <= today:
                for lot, points in waiting.items():
                    yield start_of_day(day, zone_name), Posting(PostingKind.ACTIVATE, points, lot, available_from=day)
        for name, hold in sorted(account.holds.items()):
            if hold.expires_at <= instant:
                for lot, points in hold.lots.items():
                    yield hold.expires_at, Posting(PostingKind.HOLD_RELEASE, points, lot, name)
        yield from _resuming(account.case, instant, zone_name) if account.case else ()

    def _return(self, account: Account, posting: Posting) -> None:
        """Points become usable: those of a debt are repaid at once."""
        is_usable = posting.kind is not PostingKind.RESUME
        self._post(credit(replace(account, debt=self.books.debt), posting) if is_usable else [posting])

    def _post(self, postings: Sequence[Posting]) -> None:
        if self.has_more or len(self.postings) + len(postings) > self._room:
            self.has_more = True
            return
        for posting in postings:
            self.books.post(posting)
        self.postings += postings


def _resuming(case: Case, instant: datetime, zone_name: str) -> Iterator[tuple[datetime, Posting]]:
    """Points that nobody has looked at in time are pending as others are, or can be used (PTS-23)."""
    at = start_of_day(case.releases_on, zone_name)
    if at > instant:
        return
    for posting in resumed(case):
        yield at, posting
        usable_at = max(at, start_of_day(posting.available_from or case.releases_on, zone_name))
        if usable_at <= instant:
            yield usable_at, Posting(PostingKind.ACTIVATE, posting.points, posting.lot, available_from=posting.available_from)


def _remind(settlement: Settlement, version: ProgrammeVersion, today: date) -> Settlement:
    """Notes each lot that ends within the reminder days, once (PTS-12)."""
    account = settlement.account
    horizon = today + timedelta(days=version.programme.expiry.reminder_days)
    reminded = account.reminded_through if account.reminded_through and account.reminded_through >= today else None
    fresh = [lot for lot in account.lots if lot <= horizon and (reminded is None or lot > reminded)]
    if version.programme.expiry.reminder_days == 0:
        fresh = []
    if not fresh:
        return settlement
    reminders = tuple(Reminder(lot, account.lots[lot]) for lot in sorted(fresh))
    return replace(settlement, account=replace(account, reminded_through=max(fresh)), reminders=reminders)


def next_due_on(account: Account, version: ProgrammeVersion) -> date | None:
    """The first day on which settling has something to do; `None` when there is none."""
    zone_name = version.programme.time_zone
    reminder = timedelta(days=version.programme.expiry.reminder_days)
    days = [*account.pending, *(business_date(hold.expires_at, zone_name) for hold in account.holds.values())]
    days += [account.case.releases_on] if account.case else []
    days += [account.review_on] if account.review_on else []
    days += [account.grace.until + timedelta(days=1)] if account.grace else []
    days += [account.closing.closes_on + timedelta(days=1)] if account.closing else []
    days += [account.granted.ends_on + timedelta(days=1)] if account.granted else []
    for lot in account.lots:
        if lot == NEVER:
            continue
        is_told = account.reminded_through is not None and lot <= account.reminded_through
        days.append(lot + timedelta(days=1) if is_told or not reminder else lot - reminder)
    return min(days, default=None)
