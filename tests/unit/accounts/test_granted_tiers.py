"""Tiers that are bought, given or set for a time, above or instead of what is earned meanwhile."""

from datetime import UTC, date, datetime

import pytest

from regulars.accounts.commands import BuyTier, OverrideTier
from regulars.accounts.entries import TierCause
from regulars.accounts.errors import OverrideEndsInPastError, TierNotHigherError, TierOfferUnknownError, TierUnknownError
from regulars.accounts.ledger import apply
from regulars.accounts.progress import settled
from regulars.program.presets import preset
from tests.support.accounts import NOON, changed, history
from tests.unit.accounts.test_tiers import bought, rules, settle, shanghai

START = datetime(2000, 1, 1, tzinfo=UTC)


def test_a_bought_tier_ends_and_the_earned_one_returns() -> None:
    """Gold for points until the end of the month three months on; then the earned tier, with the cause (TIER-13)."""
    offer = {"code": "gold_3", "tier": "gold", "points": 500, "months": 3}
    programmes = history((START, changed(preset("four"), tier_offers=[offer])))
    account = bought(programmes, 999_00)
    granted = apply(account, BuyTier("tby_1", "gold_3", "member"), programmes, NOON)

    assert ("gold", 499, date(2026, 7, 1)) == (granted.account.tier, granted.account.available, granted.account.next_due_on)
    assert "gold" == settled(granted.account, programmes, shanghai(2026, 6, 30, 23)).tier
    ended = settle(granted.account, programmes, shanghai(2026, 7, 1))
    assert "ordinary" == ended.account.tier
    assert ended.entry is not None
    assert [TierCause.GRANT_ENDED] == [change.cause for change in ended.entry.tier_changes]


def test_figures_go_on_under_a_granted_tier() -> None:
    """Silver is earned under bought gold and is what remains; platinum is above it and takes over."""
    offer = {"code": "gold_3", "tier": "gold", "points": 500, "months": 3}
    programmes = history((START, changed(preset("four"), tier_offers=[offer])))
    granted = apply(bought(programmes, 999_00), BuyTier("tby_1", "gold_3", "member"), programmes, NOON).account
    silver = bought(programmes, 1_00, NOON, granted, "r2")
    platinum = bought(programmes, 4_001_00, NOON, granted, "r3")

    assert ("gold", "silver", "silver") == (silver.tier, silver.earned_tier, settled(silver, programmes, shanghai(2026, 7, 1)).tier)
    assert ("platinum", None) == (platinum.tier, platinum.granted)


def test_an_offer_must_exist_and_be_higher() -> None:
    """Nobody pays for a tier they have."""
    offer = {"code": "silver_3", "tier": "silver", "points": 500, "months": 3}
    programmes = history((START, changed(preset("four"), tier_offers=[offer])))
    account = bought(programmes, 1_000_00)
    with pytest.raises(TierNotHigherError):
        apply(account, BuyTier("tby_1", "silver_3", "member"), programmes, NOON)
    with pytest.raises(TierOfferUnknownError):
        apply(account, BuyTier("tby_1", "gold_3", "member"), programmes, NOON)


def override(tier: str, ends_on: date | None, cause: TierCause = TierCause.OVERRIDE) -> OverrideTier:
    return OverrideTier("apr_1", tier, ends_on, "complaint settled", cause, "staff:a", "staff:b")


def test_staff_set_a_tier_through_a_day_also_downwards() -> None:
    """An override stands instead of the earned tier until it ends; both names are in the entry (TIER-17)."""
    programmes = rules()
    account = bought(programmes, 2_500_00)
    lowered = apply(account, override("ordinary", date(2026, 5, 31)), programmes, NOON)
    still = bought(programmes, 2_500_00, NOON, lowered.account, "r2")

    assert ("ordinary", "platinum") == (still.tier, still.earned_tier)
    assert lowered.entry is not None
    assert ("staff:a", "staff:b") == (lowered.entry.actor, lowered.entry.detail["approved_by"])
    assert "platinum" == settled(still, programmes, shanghai(2026, 6, 1)).tier


def test_without_an_end_it_stands_until_the_next_review() -> None:
    """Set to gold with nothing bought: gold until the review, then the programme's rules."""
    programmes = rules(window="calendar_quarter", grace_days=0)
    account = apply(bought(programmes, 1_00), override("gold", None), programmes, NOON).account

    assert ("gold", date(2026, 4, 1)) == (account.tier, account.review_on)
    assert "silver" == settled(account, programmes, shanghai(2026, 4, 1)).tier


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (override("diamond", None), TierUnknownError),
        (override("gold", date(2026, 3, 14)), OverrideEndsInPastError),
        (override("ordinary", date(2026, 5, 1), TierCause.CAMPAIGN), TierNotHigherError),
    ],
)
def test_an_unfit_override_is_refused(command: OverrideTier, error: type[Exception]) -> None:
    """A tier there is, a day to come; a campaign only gives, never takes."""
    with pytest.raises(error):
        apply(bought(rules(), 1_00), command, rules(), NOON)


def test_a_granted_tier_that_new_rules_do_not_have_ends() -> None:
    """Diamond was given; the list of four has none: the earned tier returns."""
    june = shanghai(2026, 6, 1)
    programmes = history((START, preset("five")), (june, preset("four")))
    given = apply(bought(programmes, 1_000_00), override("diamond", date(2026, 12, 31)), programmes, NOON).account

    assert ("diamond", "silver") == (given.tier, settled(given, programmes, june).tier)
