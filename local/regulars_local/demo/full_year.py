"""The full year on a running stack: a programme with the chosen window, everything that happens, and the comparison.

Day by day as it happens, or all of it afterwards by an import.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from rich.console import Console

from regulars.kernel.language import Language
from regulars_local.demo import texts
from regulars_local.demo.calling import Caller
from regulars_local.demo.facts import differences, overlook_superseded
from regulars_local.demo.full_facts import booked_facts, found_facts
from regulars_local.demo.full_import import FullImport
from regulars_local.demo.full_replay import FullReplay
from regulars_local.demo.journey import Year
from regulars_local.demo.keeping import keep_everything
from regulars_local.demo.nights import Nights, start_of
from regulars_local.demo.playing import Demo, Options, Result, months_after
from regulars_local.demo.publishing import publish
from regulars_local.demo.purchases import baskets_of, days_of
from regulars_local.demo.reconciling import Reconciliation
from regulars_local.demo.rules import rules_of
from regulars_local.demo.statements import Statement, read_statement
from regulars_local.demo.telling import Telling
from regulars_local.demo.terms import Terms, WindowName, changes_for, read_terms
from regulars_local.jobs import failed_count
from regulars_local.running import RunningStack

MONTHS_AFTER = 18
"""How long the clock runs on: every point has ended, and every review has taken what the year gave."""

_LAST_MESSAGES_SECONDS = 60.0


class FullYear(Demo):
    """One run on a stack whose clock stands before the year, and which knows none of the households."""

    _read_rules = staticmethod(rules_of)

    def __init__(self, running: RunningStack, options: Options, window: WindowName, console: Console, language: Language) -> None:
        super().__init__(running, options, console, language)
        self._window = window

    def run(self) -> Result:
        """Plays, reads and compares. Raises: as `Demo.run`."""
        keep_everything(self._running)
        year = self._choose_year()
        public = Caller(self._running)
        programme = public.get("/v1/program")["programme"]
        publish(self._running, changes_for(self._window, programme), start_of(year.first_day, self._rules.zone))
        self._running.clock.start_at(start_of(year.first_day, self._rules.zone), frozen=True)
        terms = read_terms(public.get("/v1/program"))
        public.close()
        if self._options.late:
            self._running.clock.start_at(self._options.now, frozen=True)
        replay = self._replay(self._register(year), terms)
        started = time.monotonic()
        with self._progress(texts.IMPORTING if self._options.late else texts.BUYING, year.basket_count) as advance:
            baskets = baskets_of(year.lines, replay.members, terms.currency)
            replay.run(days_of(baskets, year.first_day, year.last_day, terms.zone), advance)
        seconds = time.monotonic() - started
        year_end = self._totals(replay.members)
        days = _days_after(year)[int(self._options.late) :]
        with self._progress(texts.NIGHTS, len(days)) as advance:
            replay.run_on(days, advance)
            replay.nights.wait_for_messages()
        self._console.print(texts.HAPPENED.render(self._language, **_counted(replay)), highlight=False, soft_wrap=True)
        reconciliation = self._compare(replay)
        self._till.close()
        self._agent.close()
        return Result(year, self._rules, reconciliation, year_end, failed_count(self._running), seconds)

    def _replay(self, members: dict[int, str], terms: Terms) -> FullReplay:
        nights, telling = Nights(self._running, terms.zone, set()), Telling(self._agent, members)
        clock, seed = self._running.clock, self._options.seed
        if self._options.late:
            importer = Caller(self._running, lambda: self._running.machine_token("importer"))
            return FullImport(importer, clock, nights, telling, members, terms=terms, seed=seed)
        return FullReplay(self._till, clock, nights, telling, members, terms=terms, seed=seed)

    def _compare(self, replay: FullReplay) -> Reconciliation:
        reconciliation, members = Reconciliation(), replay.members
        with self._progress(texts.RECONCILING, len(members)) as advance, ThreadPoolExecutor(self._options.threads) as pool:
            for household, statement in zip(members, pool.map(self._read, members.values()), strict=True):
                expected = booked_facts(replay.books[household])
                found = found_facts(statement, is_import=self._options.late)
                if self._options.late:
                    overlook_superseded(expected, found)
                reconciliation.facts += len(expected.keys() | found.keys())
                reconciliation.differences += differences(household, expected, found)
                reconciliation.figures.add(household, statement)
                advance(1)
        return reconciliation

    def _read(self, member_id: str) -> Statement:
        return read_statement(member_id, self._till, self._agent)


def _days_after(year: Year) -> list[date]:
    first, last = year.last_day + timedelta(days=1), months_after(year.last_day, MONTHS_AFTER)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _counted(replay: FullReplay) -> dict[str, object]:
    counts = replay.counts
    return {
        "refunds": counts.refunds, "early": counts.early, "holds": counts.holds, "redemptions": counts.redemptions,
        "taken_back": counts.taken_back,
    }  # fmt: skip
