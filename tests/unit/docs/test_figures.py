"""The figures that the documents show are what the rules give."""

from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.accounts.earning import earn
from regulars.accounts.entries import Line
from regulars.accounts.ledger import IMPORT_QUIET_DAYS, apply
from regulars.accounts.model import new_account
from regulars.accounts.progress import standing
from regulars.accounts.purchasing import CLOCK_TOLERANCE
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import TRIES_MAX
from regulars.program.presets import preset
from regulars.program.versions import PUBLISHED_AHEAD
from tests.support.accounts import MEMBER, basket, history, purchase
from tests.unit.docs.reading import ROOT, text_of

BOUGHT_AT = datetime(2026, 11, 22, 3, 50, 13, tzinfo=UTC)
TEA = purchase(120_000, reference="r-1001", occurred_at=BOUGHT_AT)


def test_the_purchase_of_the_walk() -> None:
    """1,200.00 earns 1,200 points through 30 November 2027, makes silver, and is due again on 31 October."""
    account = new_account(MEMBER, history().at(BOUGHT_AT), BOUGHT_AT)
    outcome = apply(account, TEA, history(), BOUGHT_AT)

    assert ({date(2027, 11, 30): 1200}, "silver") == (outcome.account.lots, outcome.account.tier)
    assert date(2027, 10, 31) == outcome.account.next_due_on


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "docs/ten-minutes.md", "docs/ten-minutes.zh-CN.md", "docs/a-purchase.md"])
def test_the_purchase_has_the_id_that_is_shown(name: str) -> None:
    """An id follows from source and reference, so whoever follows the document gets the very same."""
    assert derived_id("pur", "purchase", "till-1", "r-1001") in text_of(ROOT / name)


def test_one_rounding_down() -> None:
    """25.90 at 1.2 points per unit is 31."""
    assert 31 == earn(preset("four"), basket([Line("tea", "drinks", 1, 2590)], tier="silver")).points


@pytest.mark.parametrize(("amount", "tier"), [(99_999, "ordinary"), (100_000, "silver")])
def test_a_tier_is_reached_at_its_threshold(amount: int, tier: str) -> None:
    """999.99 is not silver, 1,000.00 is."""
    account = new_account(MEMBER, history().at(BOUGHT_AT), BOUGHT_AT)

    assert tier == apply(account, purchase(amount, occurred_at=BOUGHT_AT), history(), BOUGHT_AT).account.tier


def test_the_window_of_november() -> None:
    """In November 2026 the window begins on 1 November 2025."""
    account = new_account(MEMBER, history().at(BOUGHT_AT), BOUGHT_AT)

    assert date(2025, 11, 1) == standing(account, history(), BOUGHT_AT).window_from


def test_the_figures_of_the_rules() -> None:
    """Five minutes ahead, thirty days late, two days for an import, ten tries: as the documents say."""
    programme = preset("four")

    assert (timedelta(minutes=5), timedelta(minutes=5)) == (CLOCK_TOLERANCE, PUBLISHED_AHEAD)
    assert (30, 2, 10) == (programme.late_window_days, IMPORT_QUIET_DAYS, TRIES_MAX)
    assert (12, 12, 30, 0) == (
        programme.qualification.months, programme.expiry.months, programme.expiry.reminder_days, programme.earning.return_window_days,
    )  # fmt: skip
    assert ((), (), "auto") == (programme.earning.excluded_categories, programme.earning.excluded_skus, programme.review_mode)
