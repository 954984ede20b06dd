"""`regulars demo`, small: three households and forty days, on a stack of its own."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from regulars_local.demo.command import Play
from regulars_local.demo.playing import Options
from regulars_local.home import Home
from tests.support.stack import home_for_tests

SEED_WITH_AN_UPGRADE = 7
"""Households 744, 1609 and 1974 buy 43 baskets in 40 days; 1609 spends 1,664.79 and reaches silver."""


SEED_WITH_REFUNDS = 310
"""Of 48 baskets of three households six are refunded, three of them before they were reported; four are paid with points."""


@pytest.fixture(scope="module")
def home(worker_id: str) -> Home:
    """One folder for both runs: what was synthesised for the first serves the second."""
    return Home(home_for_tests(f"demo-{worker_id}"))


def played(home: Home, *, late: bool) -> tuple[int, str]:
    """The exit code and what was printed."""
    screen = io.StringIO()
    options = Options(households=3, seed=SEED_WITH_AN_UPGRADE, late=late, days=40)
    code = Play(home, options, "en", Console(file=screen, width=120)).run()
    return code, screen.getvalue()


@pytest.mark.requirement("REG-02", "REG-14", "REG-19", "PTS-01", "PTS-02", "PTS-11", "TIER-06")
def test_a_year_as_it_happens_is_what_the_rules_say(home: Home) -> None:
    """Members join and buy day by day, one rises to silver and is told, all points end in time: nothing differs."""
    code, screen = played(home, late=False)
    assert "differences: 0" in screen, screen
    assert 0 == code
    assert "43 baskets" in screen
    assert "1609       Ordinary  Silver" in screen


@pytest.mark.requirement("PTS-01", "PTS-11", "TIER-06")
def test_the_same_year_imported_afterwards_is_what_the_rules_say(home: Home) -> None:
    """The importer sends the year at today's clock and closes each member: nothing differs."""
    code, screen = played(home, late=True)
    assert "differences: 0" in screen, screen
    assert 0 == code
    assert "1609       Ordinary  Silver" in screen


@pytest.mark.requirement("PTS-08", "PTS-15", "PTS-19", "TIER-05", "TIER-08", "TIER-12")
def test_a_full_year_under_another_window_is_what_the_terms_say(home: Home) -> None:
    """Points that wait, refunds in parts and before their purchase, holds, redemptions, reviews: the books kept by hand agree."""
    screen = io.StringIO()
    options = Options(households=3, seed=SEED_WITH_REFUNDS, days=40, window="calendar_quarter")
    code = Play(home, options, "en", Console(file=screen, width=120)).run()
    assert "differences: 0" in screen.getvalue(), screen.getvalue()
    assert 0 == code
    assert "6 refunds (3 before their purchase)" in screen.getvalue()


def test_the_stack_is_gone_afterwards(home: Home) -> None:
    """No process is left, and the folder can be served from to look around."""
    assert home.processes() is None
    assert Path(home.stack_file).exists()
