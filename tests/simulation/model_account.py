"""One member in the model: points by their last day, and what time does to them. No code of the product is used here."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FOREVER = date(9999, 12, 31)
BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass
class Held:
    """Points set aside until an instant, by their last day."""

    ends_at: datetime
    parts: dict[date, int]


@dataclass
class Bought:
    """A recorded purchase as its refunds need it; `refunded` counts by line (0 is the whole), `due` is what that came to."""

    month: int
    recorded_on: date
    lines: list[tuple[int, int, int]]
    rules: dict[str, int]
    ends_on: date
    usable_from: date | None
    used: list[tuple[date, int]]
    refunded: dict[int, int] = field(default_factory=dict)
    due: tuple[int, int, int] = (0, 0, 0)
    case: str = ""
    is_whole: bool = False

    @property
    def amount(self) -> int:
        """What it cost."""
        return sum(amount for amount, _points, _eligible in self.lines)

    @property
    def points(self) -> int:
        """What it earned."""
        return sum(points for _amount, points, _eligible in self.lines)


@dataclass
class Given:
    """A tier that was given through a day; `base` is the one earned meanwhile."""

    tier: str
    last_day: date
    cause: str
    base: str


@dataclass
class Watched:
    """Points held for a look, until a day at the most, by the day they can be used from and their last day; `case` is its name."""

    case: str
    until: date
    parts: dict[tuple[date, date], int]


@dataclass(frozen=True)
class Leaving:
    """The time in which points can still be used: from an instant through a day."""

    since: datetime
    last_day: date


@dataclass
class Member:
    """All that is known of one member."""

    tier: str
    version: int
    lots: dict[date, int] = field(default_factory=dict)
    pending: dict[tuple[date, date], int] = field(default_factory=dict)
    holds: dict[str, Held] = field(default_factory=dict)
    watched: Watched | None = None
    debt: int = 0
    earned: int = 0
    spent: int = 0
    expired: int = 0
    reversed: int = 0
    row: tuple[date, date] | None = None
    orders: list[tuple[int, int, int, int]] = field(default_factory=list)
    first_at: datetime | None = None
    used: dict[str, tuple[str, int]] = field(default_factory=dict)
    changes: list[tuple[datetime, str, str]] = field(default_factory=list)
    given: Given | None = None
    grace: tuple[date, int] | None = None
    review: date | None = None
    evaluated_at: datetime = BEGINNING
    leaving: Leaving | None = None
    is_closed: bool = False

    def copy(self) -> "Member":
        """Another of the same, to be changed freely."""
        twin = Member.__new__(Member)
        twin.__dict__ = {**self.__dict__}
        twin.lots, twin.pending, twin.used = dict(self.lots), dict(self.pending), dict(self.used)
        twin.holds = {name: Held(held.ends_at, dict(held.parts)) for name, held in self.holds.items()}
        twin.watched = replace(self.watched, parts=dict(self.watched.parts)) if self.watched else None
        twin.orders, twin.changes = list(self.orders), list(self.changes)
        return twin

    @property
    def available(self) -> int:
        """Points that can be used."""
        return sum(self.lots.values())

    @property
    def waiting(self) -> int:
        """Points that are pending, also those that are held for a look."""
        return sum(self.pending.values()) + (sum(self.watched.parts.values()) if self.watched else 0)

    @property
    def held(self) -> int:
        """Points set aside."""
        return sum(sum(held.parts.values()) for held in self.holds.values())

    @property
    def own_tier(self) -> str:
        """The tier by the member's own figures."""
        return self.given.base if self.given else self.tier

    def tier_at(self, instant: datetime) -> str:
        """The tier in force at an instant, as far as the last 8 changes tell."""
        kept = self.changes[-8:]
        for at, _old, new in reversed(kept):
            if at <= instant:
                return new
        return kept[0][1] if kept else self.tier

    # --- points -----------------------------------------------------------------------------------------------------
    def put(self, ends_on: date, points: int) -> None:
        """Points that can be used: what is owed is paid first."""
        paid = min(self.debt, points)
        self.debt -= paid
        add(self.lots, ends_on, points - paid)

    def draw(self, points: int) -> list[tuple[date, int]]:
        """Takes points, those that end first before the others."""
        return take(self.lots, points)

    def release(self, name: str, used: int) -> list[tuple[date, int]]:
        """Ends a hold: some of its points are used, the others go back."""
        parts = self.holds.pop(name).parts
        taken = take(parts, used)
        for ends_on in sorted(parts):
            self.put(ends_on, parts[ends_on])
        return taken

    def pass_time(self, instant: datetime, today: date, zone: ZoneInfo) -> None:
        """What matures and what is set free, in order of time and, at once, of its last day; then what has ended is gone."""
        events = self._set_free(instant, zone)
        for day, ends_on in [key for key in self.pending if key[0] <= today]:
            events.append((midnight(day, zone), ends_on, self.pending.pop((day, ends_on))))
        for name in [name for name, held in self.holds.items() if held.ends_at <= instant]:
            held = self.holds.pop(name)
            events += [(held.ends_at, ends_on, points) for ends_on, points in held.parts.items()]
        for _at, ends_on, points in sorted(events):
            self.put(ends_on, points)
        self.drop_ended(today)

    def _set_free(self, instant: datetime, zone: ZoneInfo) -> list[tuple[datetime, date, int]]:
        """Points that were held for a look as long as may be: those that can be used, and when; the others are pending again."""
        at = midnight(self.watched.until, zone) if self.watched else None
        if self.watched is None or at is None or at > instant:
            return []
        freed, self.watched = self.watched.parts, None
        due = []
        for (day, ends_on), points in freed.items():
            usable = max(at, midnight(day, zone))
            if usable <= instant:
                due.append((usable, ends_on, points))
            else:
                add(self.pending, (day, ends_on), points)
        return due

    def judged(self, today: date, *, is_released: bool) -> None:
        """Points that were held for a look can be used, or wait for their day; or they are gone."""
        assert self.watched
        parts, self.watched = self.watched.parts, None
        for day, ends_on in sorted(parts) if is_released else ():
            if day <= today:
                self.put(ends_on, parts[day, ends_on])
            else:
                add(self.pending, (day, ends_on), parts[day, ends_on])
        self.drop_ended(today)

    def end(self, today: date, *, is_paid: bool) -> int:
        """Nothing is left: what was set aside is free first; what could be used is paid out or forfeited, what is pending forfeited.

        Answers how many points went.
        """
        for name in sorted(self.holds, key=lambda name: self.holds[name].ends_at):
            self.release(name, 0)
        self.drop_ended(today)
        ended = self.available + self.waiting
        self.spent += self.available if is_paid else 0
        self.lots, self.pending, self.watched = {}, {}, None
        self.is_closed, self.leaving, self.review, self.grace, self.given = True, None, None, None, None
        return ended

    def drop_ended(self, today: date) -> None:
        """Points whose last day is over are gone."""
        for ends_on in [day for day in self.lots if day < today]:
            self.expired += self.lots.pop(ends_on)

    def prolong(self, active_on: date, target: date) -> None:
        """All points that are left last until `target` at least; the row of activity goes on, or begins anew."""
        if self.row is None or active_on > self.row[1]:
            self.row = (active_on, target)
        else:
            self.row = (self.row[0], max(self.row[1], target))
        for lots in (self.lots, *(held.parts for held in self.holds.values())):
            for ends_on in [day for day in lots if day < target]:
                add(lots, target, lots.pop(ends_on))
        for waiting in (self.pending, self.watched.parts if self.watched else {}):
            for day, ends_on in [key for key in waiting if key[1] < target]:
                add(waiting, (day, target), waiting.pop((day, ends_on)))

    def lasting(self, ends_on: date) -> date:
        """The last day of points that would have ended on a day: a row of activity that had begun by then carries them on."""
        return max(ends_on, self.row[1]) if self.row and self.row[0] <= ends_on else ends_on

    # --- counters ---------------------------------------------------------------------------------------------------
    def count_of(self, name: str, period: str) -> int:
        """How much was used in a period; a clock that stepped back does not open an earlier one again."""
        last, used = self.used.get(name, ("", 0))
        return used if last >= period else 0

    def count(self, name: str, period: str, more: int) -> None:
        """More is used in a period."""
        last = self.used.get(name, ("", 0))[0]
        self.used[name] = (max(last, period), self.count_of(name, period) + more)


def add[Key](lots: dict[Key, int], key: Key, points: int) -> None:
    """More points under a key; nothing is kept where there is nothing."""
    lots[key] = lots.get(key, 0) + points
    if not lots[key]:
        del lots[key]


def take(lots: dict[date, int], points: int) -> list[tuple[date, int]]:
    """Takes at most so many points out of lots, soonest first."""
    taken = []
    for ends_on in sorted(lots):
        part = min(points, lots[ends_on])
        if part > 0:
            taken.append((ends_on, part))
            add(lots, ends_on, -part)
            points -= part
    return taken


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def month_number(day: date) -> int:
    """A month as a number, January of the year 0 being 0."""
    return day.year * 12 + day.month - 1


def last_day_of(month: int) -> date:
    """The last day of a month's number."""
    return date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
