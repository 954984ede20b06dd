"""Figures of the benchmarks: when a bar is missed, and how they are written down."""

import pytest

from tests.benchmarks.figures import Figure, missed, plain
from tests.benchmarks.report import page, table

_REACHED = Figure(1, "purchase of 10 lines: calls", 2, 2, "calls")
_MISSED = Figure(8, "cold start over boto3's client", 1.81, 1.8, "ratio")
_TOLD = Figure(4, "statement page of 20 entries: read units", 3, None, "units")
_SKIPPED = Figure(8, "cold start over boto3's client", None, 1.8, "ratio", "no valgrind")


def test_a_bar_is_a_ceiling() -> None:
    """At the bar it is reached, above it missed; what has no bar or could not be measured is neither, and says so."""
    figures = [_REACHED, _MISSED, _TOLD, _SKIPPED]
    expected = ["reached", "missed", "", "not measured"]
    assert expected == [figure.verdict for figure in figures]
    assert [_MISSED] == missed(figures)


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("1.77", 1.768), ("1,024", 1024), ("1.80", 1.8), ("0", 0), ("–", None)])
def test_figures_are_written_for_people(text: str, number: float | None) -> None:
    """Whole numbers whole, ratios with two decimals, thousands apart, a dash for nothing."""
    assert text == plain(number)


def test_the_page_has_every_figure_with_its_bar_and_verdict() -> None:
    """One row each under the heading of its bar; a skipped one with its reason."""
    text = page([_REACHED, _MISSED, _SKIPPED], {"machine": "a laptop"})
    for row in (
        "| purchase of 10 lines: calls | 2 | 2 | calls | reached |",
        "| cold start over boto3's client | 1.81 | 1.80 | ratio | missed |",
        "| cold start over boto3's client (no valgrind) | – | 1.80 | ratio | not measured |",
        "| machine | a laptop |",
    ):
        assert row in text.splitlines()


def test_the_table_for_the_screen_is_aligned() -> None:
    """Figures stand right in their column."""
    head, first, second = table([_REACHED, _MISSED]).splitlines()
    assert head.index("figure") + len("figure") == first.index(" 2 ") + 2 == second.index("1.81") + 4
