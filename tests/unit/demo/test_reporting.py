"""What a run prints, in both languages."""

import io
from collections import Counter
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from rich.console import Console

from regulars_local.demo import texts
from regulars_local.demo.facts import Difference, found_facts
from regulars_local.demo.figures import Figures, Totals, Upgrade
from regulars_local.demo.journey import Year
from regulars_local.demo.playing import Result
from regulars_local.demo.reconciling import Reconciliation
from regulars_local.demo.reporting import Report
from regulars_local.demo.rules import Rules, TierRule
from tests.unit.demo.test_facts import ANSWERS, SHANGHAI, statement

RULES = Rules(
    ZoneInfo("Asia/Shanghai"), "CNY", (TierRule("ordinary", {"en": "Ordinary", "zh_cn": "普通"}, 0, 1000),
    TierRule("silver", {"en": "Silver", "zh_cn": "银卡"}, 1_000_00, 1200)), 12, 12, 30,
)  # fmt: skip
WRONG = Difference(7, ("purchase", "1", "points"), 1000, 999)


def printed(language: Literal["en", "zh-CN"], differences: list[Difference]) -> str:
    """The report of one household that rose to silver."""
    year = Year(pd.DataFrame({"household": [7], "basket": [1]}), date(2026, 1, 5), date(2026, 1, 5))
    figures = Figures(
        Totals(Counter(silver=1), earned=1006, expired=1006), [Upgrade("2026-01-05T02:00:00Z", 7, "ordinary", "silver")],
        Counter({("welcome", "sms"): 1, ("password_changed", "sms"): 2}),
    )  # fmt: skip
    year_end = Totals(Counter(silver=1), earned=1006, outstanding=1006)
    screen = io.StringIO()
    result = Result(year, RULES, Reconciliation(33, differences, figures), year_end, 0, 1.0)
    Report(Console(file=screen, width=120), language).show(result, late=False)
    return screen.getvalue()


def test_the_report_tells_tiers_points_upgrades_and_messages() -> None:
    """Upgrades stand with their local time; the last line is the count of differences."""
    screen = printed("en", [])
    assert "2026-01-05 10:00  7          Ordinary  Silver" in screen
    assert "1,006" in screen
    assert "differences: 0" == screen.splitlines()[-1]


def test_the_report_is_told_in_chinese_as_well() -> None:
    """The count keeps the words that scripts look for."""
    screen = printed("zh-CN", [])
    assert "等级：银卡" in screen
    assert screen.splitlines()[-1].startswith("differences: 0")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_differences_are_listed_and_counted(language: Literal["en", "zh-CN"]) -> None:
    """At most forty are listed; all are counted."""
    screen = printed(language, [WRONG] * 45)
    assert 40 == screen.count("999")
    assert "differences: 45" in screen.splitlines()[-1]


def test_every_fact_has_a_name_in_both_languages() -> None:
    """Whatever differs can be told."""
    keys = found_facts(statement(), ANSWERS, SHANGHAI)
    assert {subject for subject, _, _ in keys} <= texts.SUBJECTS.keys()
    assert {figure for _, _, figure in keys} <= texts.FIGURE_NAMES.keys()
