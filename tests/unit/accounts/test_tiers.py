"""Tiers over time: windows, reviews, grace, grants and new versions, each a function of what was bought and the date."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.accounts.commands import CloseAccount, Settle
from regulars.accounts.entries import EvaluationOutcome, TierCause
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account, new_account
from regulars.accounts.progress import settled, standing
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from regulars.program.qualifying import Factor
from tests.support.accounts import MEMBER, NOON, changed, history, purchase

START = datetime(2000, 1, 1, tzinfo=UTC)


def rules(**qualification: object) -> ProgrammeHistory:
    """The preset `four` with another qualification."""
    return history((START, changed(preset("four"), qualification={"demotion": "one_down", **qualification})))


def bought(programmes: ProgrammeHistory, amount: int, at: datetime = NOON, before: Account | None = None, reference: str = "r1") -> Account:
    """The account after one purchase."""
    account = before or new_account(MEMBER, programmes.at(at), at)
    return apply(account, purchase(amount, occurred_at=at, reference=reference), programmes, at).account


def shanghai(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """An instant by Shanghai's clock."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def settle(account: Account, programmes: ProgrammeHistory, at: datetime) -> Outcome:
    return apply(account, Settle(), programmes, at)


def outcomes_of(outcome: Outcome) -> list[str]:
    return [evaluation.outcome.value for evaluation in outcome.entry.evaluations] if outcome.entry else []


@pytest.mark.parametrize(
    ("window", "review_on"),
    [
        ({"window": "calendar_quarter"}, date(2026, 4, 1)),
        ({"window": "calendar_year"}, date(2027, 1, 1)),
        ({"window": "anniversary_year"}, date(2027, 3, 1)),
        ({"window": "rolling_months", "cycle": "monthly"}, date(2026, 4, 1)),
        ({"window": "rolling_months", "cycle": "quarterly"}, date(2026, 4, 1)),
        ({"window": "rolling_months", "cycle": "yearly"}, date(2027, 1, 1)),
    ],
)
def test_the_review_is_at_the_start_of_the_next_window_or_cycle(window: dict[str, object], review_on: date) -> None:
    """Bought on 15 March 2026 and raised: then the review is due, and stands in the due index."""
    account = bought(rules(**window), 1_000_00)

    assert (review_on, review_on) == (account.review_on, min(filter(None, [account.next_due_on, review_on])))


def test_the_lowest_tier_needs_no_review() -> None:
    """There is nothing to lose: no date, no night's work."""
    assert bought(rules(window="calendar_quarter"), 10_00).review_on is None


def test_a_window_that_sufficed_keeps_the_tier_for_the_next_one() -> None:
    """A quarter's spend keeps silver through the quarter that follows; the evaluation is kept with its figures (TIER-04)."""
    programmes = rules(window="calendar_quarter")
    kept = settle(bought(programmes, 1_000_00), programmes, shanghai(2026, 4, 1))
    assert kept.entry is not None
    (evaluation,) = kept.entry.evaluations

    assert (EvaluationOutcome.KEPT, "2026-01", "2026-03", "silver") == (
        evaluation.outcome, evaluation.first_month, evaluation.last_month, evaluation.qualified,
    )  # fmt: skip
    assert 1_000_00 == evaluation.figures[list(Factor).index(Factor.SPEND)]
    assert date(2026, 7, 1) == kept.account.review_on


def test_a_window_that_fell_short_gives_grace_then_takes_one_tier() -> None:
    """Gold in the first quarter, nothing in the second: gold through the grace, silver after it, not ordinary (TIER-08, TIER-12)."""
    programmes = rules(window="calendar_quarter")
    account = settled(bought(programmes, 2_500_00), programmes, shanghai(2026, 4, 1))
    in_grace = settle(account, programmes, shanghai(2026, 7, 1))
    seen = standing(in_grace.account, programmes, shanghai(2026, 7, 15))

    assert ["grace"] == outcomes_of(in_grace)
    assert ("gold", {Factor.SPEND: 2_500_00}) == (seen.tier.code, seen.shortfall)
    assert date(2026, 7, 31) == in_grace.account.next_due_on
    assert "gold" == settled(in_grace.account, programmes, shanghai(2026, 7, 30, 23)).tier
    after = settle(in_grace.account, programmes, shanghai(2026, 7, 31))
    assert ("silver", ["demoted"], date(2026, 10, 1)) == (after.account.tier, outcomes_of(after), after.account.review_on)
    assert after.entry is not None
    assert [(TierCause.REVIEW, "gold", "silver")] == [(item.cause, item.from_tier, item.to_tier) for item in after.entry.tier_changes]


def test_what_is_made_up_in_the_grace_cancels_the_demotion() -> None:
    """The quarter and the grace together suffice: the tier stays, at once and for the next quarter."""
    programmes = rules(window="calendar_quarter")
    account = bought(programmes, 1_000_00)
    account = bought(programmes, 400_00, shanghai(2026, 5, 5), account, "r2")
    account = settled(account, programmes, shanghai(2026, 7, 1))
    assert account.grace is not None
    short = bought(programmes, 599_99, shanghai(2026, 7, 10), account, "r3")
    enough = bought(programmes, 600_00, shanghai(2026, 7, 10), account, "r3")

    assert short.grace is not None
    assert (None, date(2026, 10, 1), "silver") == (enough.grace, enough.review_on, enough.tier)


@pytest.mark.parametrize(
    ("demotion", "tier", "outcome"),
    [("one_down", "gold", "demoted"), ("to_qualified", "ordinary", "demoted"), ("review", "platinum", "to_review")],
)
def test_how_far_a_tier_falls_is_the_programmes_policy(demotion: str, tier: str, outcome: str) -> None:
    """Platinum with nothing bought in the year: one down, all the way, or left to staff."""
    programmes = rules(window="calendar_year", demotion=demotion, grace_days=0)
    account = settled(bought(programmes, 5_000_00), programmes, shanghai(2027, 1, 1))
    reviewed = settle(account, programmes, shanghai(2028, 1, 1))

    assert (tier, [outcome]) == (reviewed.account.tier, outcomes_of(reviewed))


def test_without_demotion_a_tier_is_for_good() -> None:
    """No review is due and none happens."""
    programmes = rules(demotion="off")
    account = bought(programmes, 5_000_00)

    assert account.review_on is None
    assert "platinum" == settled(account, programmes, shanghai(2031, 1, 1)).tier


def test_a_late_night_comes_to_the_same_as_each_night_in_time() -> None:
    """Reviews, grace and falls of two years in one settlement or in many: the same tier, dates and changes (law X2)."""
    programmes = rules(window="calendar_quarter", demotion="one_down", grace_days=20)
    start = account = bought(programmes, 5_000_00)
    day = shanghai(2026, 4, 1)
    while day <= shanghai(2028, 3, 1):
        account = settled(account, programmes, day)
        day += timedelta(days=5)
    at_once = settled(start, programmes, day - timedelta(days=5))

    assert (account.tier, account.tier_since, account.tier_changes) == (at_once.tier, at_once.tier_since, at_once.tier_changes)
    assert ["gold", "silver", "ordinary"] == [change.to_tier for change in at_once.tier_changes[1:]]


def test_an_anniversary_year_begins_in_the_month_of_the_first_purchase() -> None:
    """Spend of February counts with the year from last March; in March a new year begins."""
    programmes = rules(window="anniversary_year")
    account = bought(programmes, 600_00)
    february = bought(programmes, 400_00, shanghai(2027, 2, 28), account, "r2")
    march = bought(programmes, 400_00, shanghai(2027, 3, 1), account, "r2")

    assert ("silver", "ordinary") == (february.tier, march.tier)


def test_a_new_version_maps_raises_and_never_lowers_at_once() -> None:
    """From `five` to `four` diamond becomes platinum; lower thresholds raise at their start; higher ones wait for the review (TIER-01)."""
    june = shanghai(2026, 6, 1)
    to_four = history((START, preset("five")), (june, preset("four")))
    easier = [{**tier.model_dump(), "spend_from": tier.spend_from // 2} for tier in preset("four").tiers]
    harder = [{**tier.model_dump(), "spend_from": tier.spend_from * 2} for tier in preset("four").tiers]
    lower = history((START, preset("four")), (june, changed(preset("four"), tiers=easier)))
    higher = history((START, preset("four")), (june, changed(preset("four"), tiers=harder)))

    assert ["diamond", "platinum"] == [settled(bought(to_four, 10_000_00), to_four, at).tier for at in (june - timedelta(seconds=1), june)]
    assert ["ordinary", "silver"] == [settled(bought(lower, 500_00), lower, at).tier for at in (june - timedelta(seconds=1), june)]
    assert "silver" == settled(bought(higher, 1_000_00), higher, june).tier
    told = settle(bought(lower, 500_00), lower, june)
    assert told.entry is not None
    assert [june] == [change.at for change in told.entry.tier_changes]


def test_demotion_that_begins_with_a_version_is_reviewed_from_then_on() -> None:
    """Under the first version nothing was due; from the second one's start the next review stands."""
    june = shanghai(2026, 6, 1)
    second = changed(preset("four"), qualification={"window": "calendar_year", "demotion": "one_down"})
    programmes = history((START, preset("four")), (june, second))
    account = settle(bought(programmes, 1_000_00), programmes, june).account

    assert date(2027, 1, 1) == account.review_on


def test_a_closed_account_is_not_reviewed() -> None:
    """Nothing is due any more."""
    programmes = rules(window="calendar_quarter")
    closed = replace(bought(programmes, 1_000_00), is_closed=True, review_on=None)

    assert settle(closed, programmes, shanghai(2026, 7, 1)).account.tier == "silver"


def test_an_account_that_has_ended_is_read_by_the_rules_it_ended_under() -> None:
    """Diamond at the end stays diamond when rules come that have no diamond: who has left follows no new version (seed 700064918)."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    programmes = history((start, preset("five")), (NOON + timedelta(days=30), preset("four")))
    account = apply(bought(programmes, 10_000_00), CloseAccount("clo_1", "wish", "staff:a", at_once=True), programmes, NOON).account

    seen = standing(account, programmes, NOON + timedelta(days=60))

    assert ("diamond", 1) == (seen.tier.code, seen.program_version)


def test_a_review_raises_who_has_reached_more_by_time_alone() -> None:
    """Silver asks for a purchase, gold for twelve months of membership as well: reached without buying, seen at the review (TIER-02)."""
    tiers = [tier.model_dump() for tier in preset("four").tiers[:3]]
    tiers[1] |= {"spend_from": 10_00}
    tiers[2] |= {"spend_from": 10_00, "loyalty_months_from": 12}
    review = {"window": "rolling_months", "months": 24, "cycle": "yearly", "demotion": "one_down"}
    programmes = history((START, changed(preset("four"), tiers=tiers, qualification=review)))
    account = bought(programmes, 10_00)
    first, second = settle(account, programmes, shanghai(2027, 1, 1)), settle(account, programmes, shanghai(2028, 1, 1))

    assert ("silver", ["kept"]) == (first.account.tier, outcomes_of(first))
    assert ("gold", ["kept", "upgraded"]) == (second.account.tier, outcomes_of(second))


def test_rules_without_demotion_end_a_grace() -> None:
    """A new version that takes no tiers lets who was in grace keep theirs."""
    july = shanghai(2026, 7, 10)
    quarterly = changed(preset("four"), qualification={"window": "calendar_quarter", "demotion": "one_down"})
    programmes = history((START, quarterly), (july, preset("four")))
    account = settled(bought(programmes, 1_000_00), programmes, shanghai(2026, 7, 1))
    assert account.grace is not None
    later = settled(account, programmes, shanghai(2026, 9, 1))

    assert ("silver", None, None) == (later.tier, later.grace, later.review_on)


def test_a_late_purchase_can_make_up_what_a_grace_asks_for() -> None:
    """Recorded in the grace, bought in the quarter that failed: it counts where it belongs."""
    programmes = rules(window="calendar_quarter")
    account = settled(bought(programmes, 1_000_00), programmes, shanghai(2026, 7, 1))
    late = purchase(1_000_00, occurred_at=shanghai(2026, 6, 30), reference="late")
    made_up = apply(account, late, programmes, shanghai(2026, 7, 5)).account

    assert (None, "silver") == (made_up.grace, made_up.tier)
