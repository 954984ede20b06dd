"""A household's tier kept by hand: what was spent by month, in a pandas series, and what follows from windows of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from regulars_local.demo.book_lines import Line
from regulars_local.demo.terms import Terms


class TierBooks:
    """Spend by month, the tier's place (the lowest is 0), the next review, and a grace with the first month that counts for it."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.place = 0
        self._spent: Any = pd.Series(dtype="int64", index=pd.PeriodIndex([], freq="M"))
        self._review_on: date | None = None
        self._grace: tuple[date, Any] | None = None
        self._first_month: Any = None

    @property
    def tier(self) -> Any:
        """The tier's rule."""
        return self.terms.tiers[self.place]

    def begin(self, day: date) -> None:
        """The first purchase was on this day, or an earlier one."""
        month = pd.Period(day, "M")
        self._first_month = month if self._first_month is None else min(month, self._first_month)

    def add(self, day: date, amount: int) -> None:
        """So much more was spent on a day (less, where it is negative)."""
        month = pd.Period(day, "M")
        self._spent.loc[month] = int(self._spent.get(month, 0)) + amount

    def _reached(self, first: Any, last: Any) -> int:
        """The place of the highest tier that the spend of some months reaches."""
        spent = int(self._spent[(self._spent.index >= first) & (self._spent.index <= last)].sum())
        return max(place for place, tier in enumerate(self.terms.tiers) if spent >= tier.spend_from)

    def _window_start(self, month: Any) -> Any:
        if self.terms.window == "rolling_months":
            return month - self.terms.window_months
        return self._period_start(month)

    def _period_start(self, month: Any) -> Any:
        anchor = (
            self._first_month if self.terms.window == "anniversary_year" and self._first_month is not None else pd.Period("2000-01", "M")
        )
        return month - (month - anchor).n % self.terms.cycle_months

    def _next_review(self, day: date) -> date | None:
        return (self._period_start(pd.Period(day, "M")) + self.terms.cycle_months).start_time.date() if self.place else None

    def rise(self, line: Line, at: datetime) -> None:
        """After a purchase: up at the threshold; a grace ends when it is made up."""
        month = pd.Period(self._day(at), "M")
        reached = self._reached(self._window_start(month), month)
        if reached > self.place:
            line.outcomes.append("upgraded")
            self._move(line, reached, at, "qualified")
            self._grace = None
            self._review_on = self._review_on or self._next_review(self._day(at))
        elif self._grace and self._reached(self._grace[1], month) >= self.place:
            self._make_up(line, self._day(at))

    def _make_up(self, line: Line, day: date) -> None:
        line.outcomes.append("made_up")
        self._grace = None
        self._review_on = self._next_review(day)

    def review(self, line: Line, today: date) -> None:
        """Ends of grace and reviews that are due through today, in order of days."""
        while True:
            due = [(day, name) for day, name in (
                (self._grace[0] + timedelta(days=1) if self._grace else None, "grace"), (self._review_on, "review"),
            ) if day and day <= today]  # fmt: skip
            if not due:
                return
            day, name = min(due)
            if name == "grace":
                self._end_grace(line, day)
            else:
                self._look(line, day)

    def _look(self, line: Line, day: date) -> None:
        """The window that has ended."""
        last = pd.Period(day, "M") - 1
        first = self._window_start(last + 1 if self.terms.window == "rolling_months" else last)
        reached = self._reached(first, last)
        self._review_on = (self._period_start(pd.Period(day, "M")) + self.terms.cycle_months).start_time.date()
        if reached > self.place:
            line.outcomes.append("upgraded")
            self._move(line, reached, self._start_of(day), "qualified")
        elif reached == self.place:
            line.outcomes.append("kept")
        elif self.terms.grace_days:
            line.outcomes.append("grace")
            self._grace, self._review_on = (day + timedelta(days=self.terms.grace_days - 1), first), None
        else:
            self._fall(line, reached, day)

    def _end_grace(self, line: Line, day: date) -> None:
        until, first = self._grace or (day, None)
        reached = self._reached(first, pd.Period(until, "M"))
        if reached >= self.place:
            self._make_up(line, until)
            return
        self._grace = None
        self._fall(line, reached, day)

    def _fall(self, line: Line, reached: int, day: date) -> None:
        line.outcomes.append("demoted")
        self._move(line, max(self.place - 1, reached), self._start_of(day), "review")
        self._review_on = self._next_review(day)

    def _move(self, line: Line, place: int, at: datetime, cause: str) -> None:
        codes = [tier.code for tier in self.terms.tiers]
        line.changes.append((f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{codes[self.place]} > {codes[place]}", cause))
        self.place = place

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.terms.zone).date()

    def _start_of(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.terms.zone).astimezone(UTC)
