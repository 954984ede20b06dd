"""The whole demo on a running stack: the year, 14 months after it, and the reconciliation."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from regulars.kernel.language import Language, Text
from regulars_local.demo import texts
from regulars_local.demo.calling import Caller
from regulars_local.demo.expectation import expect, purchases_of
from regulars_local.demo.figures import Totals
from regulars_local.demo.journey import Year, load, sample_of
from regulars_local.demo.keeping import keep_everything
from regulars_local.demo.nights import Nights, due_days, quiet_nights, start_of
from regulars_local.demo.purchases import baskets_of, days_of
from regulars_local.demo.reconciling import Reconciler, Reconciliation
from regulars_local.demo.registering import register
from regulars_local.demo.replaying import LiveReplay, Replay, replay_late
from regulars_local.demo.rules import Rules, read_rules
from regulars_local.demo.telling import Telling
from regulars_local.demo.terms import WindowName
from regulars_local.jobs import failed_count
from regulars_local.joining import Reception
from regulars_local.running import RunningStack

MONTHS_AFTER = 14
"""How long the clock runs on, so that every point of the year has ended."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to play: `households` of `None` is all; `days` shortens the year (for tests); `threads` requests at a time.

    With a `window`, a full year under it (`full_year.py`). The year ends the day before `today`, which is the present one unless said.
    """

    households: int | None = 60
    seed: int = 8451
    late: bool = False
    days: int | None = None
    threads: int = 2
    window: WindowName | None = None
    today: datetime | None = None

    @property
    def now(self) -> datetime:
        """The instant at which an import of the year begins."""
        return self.today or datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to; `year_end` is what the stack said before the clock ran on, `seconds` what the purchases took."""

    year: Year
    rules: Rules
    reconciliation: Reconciliation
    year_end: Totals
    dead_letters: int
    seconds: float


class Demo:
    """One run on a stack whose clock stands before the year, and which knows none of the households."""

    _read_rules = staticmethod(read_rules)

    def __init__(self, running: RunningStack, options: Options, console: Console, language: Language) -> None:
        self._running = running
        self._options = options
        self._console = console
        self._language = language
        self._rules = self._read_rules(Caller(running).get("/v1/program"))
        self._till = Caller(running, lambda: running.machine_token("till"))
        self._agent = Caller(running, lambda: running.staff_token("agent"))

    def run(self) -> Result:
        """Plays, reads and compares.

        Raises:
            RefusedError, NightTooLongError: the stack did not do its part.
        """
        keep_everything(self._running)
        year = self._choose_year()
        zone = self._rules.zone
        bought_on = {moment.date() for moment in year.lines["at"].dt.tz_convert(zone).dt.normalize().unique()}
        nights = Nights(self._running, zone, due_days(bought_on, self._rules.expiry_months, self._rules.reminder_days))
        self._running.clock.start_at(self._options.now if self._options.late else start_of(year.first_day, zone), frozen=True)
        members = self._register(year)
        started = time.monotonic()
        replay = self._import(year, members, nights) if self._options.late else self._live(year, members, nights)
        seconds = time.monotonic() - started
        year_end = self._totals(members)
        self._run_on(year, nights)
        reconciliation = self._reconcile(year, members, replay, nights)
        return Result(year, self._rules, reconciliation, year_end, failed_count(self._running), seconds)

    def _choose_year(self) -> Year:
        with self._console.status(texts.LOADING.render(self._language)):
            year = load().first_days(self._options.days)
            chosen = sample_of(year.households, self._options.households, self._options.seed)
            yesterday = self._options.now.astimezone(self._rules.zone).date() - timedelta(days=1)
            year = year.of(chosen).moved_to(yesterday, self._rules.zone)
        facts = {"households": len(chosen), "baskets": year.basket_count, "lines": len(year.lines)}
        span = {"first": year.first_day.isoformat(), "last": year.last_day.isoformat(), "seed": self._options.seed}
        self._console.print(texts.SAMPLE.render(self._language, **facts, **span), highlight=False)
        return year

    def _register(self, year: Year) -> dict[int, str]:
        households = year.households
        with self._progress(texts.REGISTERING, len(households)) as advance:
            joined = register(Reception(self._running), households, lambda: advance(1), threads=self._options.threads)
        return {household: member.member_id for household, member in joined.items()}

    def _live(self, year: Year, members: dict[int, str], nights: Nights) -> Replay:
        with self._progress(texts.BUYING, year.basket_count) as advance:
            telling = Telling(self._agent, members)
            replay = LiveReplay(self._till, self._running.clock, nights, telling, advance, threads=self._options.threads)
            baskets = baskets_of(year.lines, members, self._rules.currency)
            return replay.run(days_of(baskets, year.first_day, year.last_day, self._rules.zone))

    def _import(self, year: Year, members: dict[int, str], nights: Nights) -> Replay:
        importer = Caller(self._running, lambda: self._running.machine_token("importer"))
        nights.days.append(year.last_day + timedelta(days=1))
        by_household = year.lines.sort_values(["household", "at", "basket"], kind="stable")
        with self._progress(texts.IMPORTING, year.basket_count) as advance:
            baskets = groupby(baskets_of(by_household, members, self._rules.currency), key=attrgetter("household"))
            households = ((household, list(purchases)) for household, purchases in baskets)
            return replay_late(households, members, importer, advance, threads=self._options.threads)

    def _totals(self, members: dict[int, str]) -> Totals:
        totals = Totals()
        for member_id in members.values():
            totals.add(self._till.get(f"/v1/members/{member_id}/points"), self._till.get(f"/v1/members/{member_id}/tier"))
        return totals

    def _run_on(self, year: Year, nights: Nights) -> None:
        first = nights.days[-1] + timedelta(days=1)
        days = list(quiet_nights(first, months_after(year.last_day, MONTHS_AFTER), nights.due))
        with self._progress(texts.NIGHTS, len(days)) as advance:
            for day in days:
                nights.run(day)
                advance(1)
            nights.wait_for_messages()

    def _reconcile(self, year: Year, members: dict[int, str], replay: Replay, nights: Nights) -> Reconciliation:
        recorded = pd.to_datetime(year.lines["basket"].map(replay.recorded_at), utc=True)
        purchases = purchases_of(year.lines.assign(recorded_at=recorded), self._rules)
        expectation = expect(purchases, self._rules, nights.days)
        reconciler = Reconciler(expectation, self._rules, replay.answers, self._till, self._agent, is_import=self._options.late)
        with self._progress(texts.RECONCILING, len(members)) as advance:
            return reconciler.run(members, lambda: advance(1), threads=self._options.threads)

    @contextmanager
    def _progress(self, title: Text, total: int) -> Iterator[Callable[[int], None]]:
        columns: tuple[Any, ...] = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(title.render(self._language), total=total)
            yield lambda count: progress.advance(task, count)


def months_after(day: date, months: int) -> date:
    """The day so many months later."""
    moved: date = (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
    return moved
