"""`regulars demo`, small: few households and forty days; a run of the command itself, and three one after the other on one stack."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from regulars_local.demo.command import Play, empty
from regulars_local.demo.full_year import FullYear
from regulars_local.demo.playing import Demo, Options, Result
from regulars_local.demo.reporting import Report
from regulars_local.demo.terms import WindowName
from regulars_local.home import Home
from regulars_local.running import RunningStack
from regulars_local.stack import Stack
from tests.support.stack import home_for_tests

SEED_WITH_AN_UPGRADE = 7
"""Households 744, 1609 and 1974 buy 43 baskets in 40 days; 1609 spends 1,664.79 and reaches silver."""

SEED_WITH_REFUNDS = 310
"""Of 48 baskets of three households six are refunded, three of them before they were reported; four are paid with points."""

SEED_WITH_LATE_REFUNDS = 3560
"""Two households buy 13 baskets; four refunds fall before the import, one of them before its purchase."""

DAYS = 40
ONE_AT_A_TIME = 1
"""Each further worker of a function is a copy of its code and a cold start: more than three households' requests take."""


@pytest.fixture(scope="module")
def home(worker_id: str) -> Home:
    """One folder for all runs: what was synthesised for the first serves the others."""
    return Home(home_for_tests(f"demo-{worker_id}"))


@pytest.fixture(scope="module")
def running(home: Home) -> Iterator[RunningStack]:
    """A stack that starts empty at the present day and goes on from run to run."""
    empty(home, datetime.now(UTC))
    stack = Stack(home, with_sample=False)
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.mark.requirement("REG-02", "REG-14", "REG-19", "PTS-01", "PTS-02", "PTS-11", "TIER-06")
def test_a_year_as_it_happens_is_what_the_rules_say(home: Home) -> None:
    """Members join and buy day by day, one rises to silver and is told, all points end in time: nothing differs."""
    screen = io.StringIO()
    options = Options(households=3, seed=SEED_WITH_AN_UPGRADE, days=DAYS, threads=ONE_AT_A_TIME)
    code = Play(home, options, "en", Console(file=screen, width=120)).run()
    assert "differences: 0" in screen.getvalue(), screen.getvalue()
    assert 0 == code
    assert "43 baskets" in screen.getvalue()
    assert "1609       Ordinary  Silver" in screen.getvalue()


def test_the_stack_is_gone_afterwards(home: Home) -> None:
    """No process is left, and the folder can be served from to look around."""
    assert home.processes() is None
    assert Path(home.stack_file).exists()


@pytest.mark.requirement("PTS-01", "PTS-11", "TIER-06")
def test_the_same_year_imported_afterwards_is_what_the_rules_say(running: RunningStack) -> None:
    """The importer sends the year at today's clock and closes each member: nothing differs."""
    options = Options(households=3, seed=SEED_WITH_AN_UPGRADE, late=True, days=DAYS, threads=ONE_AT_A_TIME)
    screen = io.StringIO()
    console = Console(file=screen, width=120)
    shown = shown_of(Demo(running, options, console, "en").run(), console, screen)
    assert "differences: 0" in shown, shown
    assert "1609       Ordinary  Silver" in shown


@pytest.mark.requirement("PTS-08", "PTS-15", "PTS-19", "TIER-05", "TIER-08", "TIER-12")
def test_a_full_year_under_another_window_is_what_the_terms_say(running: RunningStack) -> None:
    """Points that wait, refunds in parts and before their purchase, holds, redemptions, reviews: the books kept by hand agree."""
    result, shown = full_year(running, "calendar_quarter", households=3, seed=SEED_WITH_REFUNDS)
    assert "differences: 0" in shown, shown
    assert "6 refunds (3 before their purchase)" in shown
    told = {template for template, _channel in result.reconciliation.figures.messages}
    assert {"tier_grace", "tier_changed", "points_reversed", "points_expiring", "points_expired"} <= told


@pytest.mark.requirement("PTS-19")
def test_a_full_year_imported_with_its_refunds_is_what_the_terms_say(running: RunningStack) -> None:
    """Purchases and refunds sent afterwards, one refund before its purchase: every entry is as if it had been sent in its time."""
    _result, shown = full_year(running, "anniversary_year", households=2, seed=SEED_WITH_LATE_REFUNDS, late=True)
    assert "differences: 0" in shown, shown
    assert "4 refunds (1 before their purchase), 0 holds" in shown


def full_year(running: RunningStack, window: WindowName, *, households: int, seed: int, late: bool = False) -> tuple[Result, str]:
    """A run that comes after the clock's present instant, so that its programme begins with its first day; and what it shows."""
    today = running.clock.now() + timedelta(days=DAYS + 3)
    options = Options(households, seed, late, DAYS, ONE_AT_A_TIME, window, today)
    screen = io.StringIO()
    console = Console(file=screen, width=120)
    result = FullYear(running, options, window, console, "en").run()
    return result, shown_of(result, console, screen)


def shown_of(result: Result, console: Console, screen: io.StringIO) -> str:
    """What a run prints in the end; no message was given up."""
    assert 0 == result.dead_letters
    Report(console, "en").show(result, late=False)
    return screen.getvalue()
