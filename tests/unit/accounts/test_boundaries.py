"""Rules at their limit exactly: what still holds there, and what one more point, second, day or month changes."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.accounts.commands import Adjust, Command, CreditPartnerPoints, GivePoints, OverrideTier, PlaceHold, RecordActivity, Redeem
from regulars.accounts.earning import earn
from regulars.accounts.entries import Line, PostingKind, TierCause
from regulars.accounts.errors import ActivityNotSelfServiceError, OrderShareExceededError, PartnerLimitError, TransferLimitError
from regulars.accounts.ledger import apply
from regulars.accounts.model import Account, ActiveRow, new_account
from regulars.accounts.movement import count
from regulars.accounts.progress import standing
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from regulars.program.qualifying import Factor
from tests.support.accounts import MEMBER, NOON, basket, changed, history, purchase
from tests.support.refunds import refund
from tests.unit.accounts.test_earning_rules import bonus, programme, rule
from tests.unit.accounts.test_tiers import bought, outcomes_of, rules, settle, shanghai

START = datetime(2000, 1, 1, tzinfo=UTC)
END = date(2027, 3, 31)
WORDS = {"en": "x", "zh_cn": "x"}
LIMITED = history(
    (
        START,
        changed(
            preset("four"),
            transfers={"enabled": True, "points_min": 10, "points_max": 100, "monthly_points_max": 150, "monthly_count_max": 3},
            activities=[
                {"code": "sign_in", "name": WORDS, "points": 5, "self_service": True},
                {"code": "review", "name": WORDS, "points": 5},
            ],
            partners=[{"code": "bank", "name": WORDS, "rate_thousandths": 333, "monthly_points_max": 100}],
            redemption={"points_per_unit": 100, "order_share_percent": 50, "points_min": 10, "step": 10},
        ),
    )
)


def rich() -> Account:
    """An account with a thousand points."""
    return replace(new_account(MEMBER, LIMITED.at(NOON), NOON), version=1, lots={END: 1000})


def after(account: Account, *commands: Command) -> Account:
    for command in commands:
        account = apply(account, command, LIMITED, NOON).account
    return account


def gift(points: int) -> GivePoints:
    return GivePoints("trf_1", "mem_2", points, "member")


def exchange(points: int) -> CreditPartnerPoints:
    return CreditPartnerPoints("ptn_1", "bank", points, "p1", "machine:bank")


# --- limits -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("given", "one_more"), [([], 101), ([100, 50], 10), ([100, 40], 11), ([10, 10, 10], 10), ([], 9)])
def test_gifts_go_up_to_their_limits_and_no_further(given: list[int], one_more: int) -> None:
    """10 to 100 points at once, 150 and three gifts a month: each may be reached, none be passed (PTS-25)."""
    giver = after(rich(), *map(gift, given))

    assert 1000 - sum(given) == giver.available
    with pytest.raises(TransferLimitError):
        after(giver, gift(one_more))


def test_a_partners_points_go_up_to_the_months_limit_and_no_further() -> None:
    """300 and 4 of theirs at 0.333 are 99 and 1 point: the limit of 100 is reached, only what comes to nothing goes on (PTS-05)."""
    full = after(rich(), exchange(300), exchange(4))

    assert 1100 == full.available == after(full, exchange(3)).available
    with pytest.raises(PartnerLimitError):
        after(full, exchange(4))


def test_who_asks_for_more_than_an_orders_share_is_told_the_most_that_can_be_used() -> None:
    """Half of 1.99 are 99 points, in steps of ten 90; 90 can be used (PTS-08)."""
    ninety = Redeem("red_1", "till-1", "x1", 90, 1_99, "gift", "machine:till")
    with pytest.raises(OrderShareExceededError) as refused:
        after(rich(), replace(ninety, points=100))

    assert (50, 90) == (refused.value.params["percent"], refused.value.params["most"])
    assert 910 == after(rich(), ninety).available


def test_members_record_in_person_only_what_the_programme_lets_them() -> None:
    """The sign-in is theirs to record, the review a machine's (PTS-04)."""
    sign_in, review = (RecordActivity("act_1", code, "own", "a", "member", is_by_member=True) for code in ("sign_in", "review"))

    assert 1005 == after(rich(), sign_in).available
    with pytest.raises(ActivityNotSelfServiceError):
        after(rich(), review)
    assert 1005 == after(rich(), replace(review, is_by_member=False)).available


@pytest.mark.parametrize(
    ("period", "kept", "gone"), [("2026-03-15", (3, 16), (3, 17)), ("2026-03", (4, 1), (4, 2)), ("2026", (12, 31), None)]
)
def test_a_counter_is_kept_a_day_longer_than_its_period(period: str, kept: tuple[int, int], gone: tuple[int, int] | None) -> None:
    """As a clock may step back over midnight (law X6); afterwards it takes no room."""
    account = count(rich(), "a", period, 1, date(2026, 3, 15))
    counted = [count(account, "b", day.isoformat(), 1, day) for day in (date(2026, *day) for day in (kept, gone) if day)]

    assert ["a" in each.counters for each in counted] == [True, False][: len(counted)]


def test_a_day_begun_stays_begun_when_all_was_given_back() -> None:
    """Bought and returned just after midnight, and the clock stepped back: yesterday's cap was open again (law X6)."""
    programmes = history((START, changed(preset("four"), earning={"caps": {"per_day": 60}})))
    midnight = datetime(2026, 3, 15, 16, tzinfo=UTC)
    account = bought(programmes, 100_00)
    second = apply(account, purchase(100_00, reference="r2", occurred_at=midnight), programmes, midnight)
    assert second.entry is not None
    account = apply(second.account, refund(second.entry, 100_00), programmes, midnight).account
    account = apply(account, purchase(100_00, reference="r3"), programmes, midnight - timedelta(minutes=1)).account
    account = apply(account, purchase(100_00, reference="r4", occurred_at=midnight), programmes, midnight).account

    assert 120 == account.available


@pytest.mark.parametrize("caps", [{"per_order": 30, "per_day": 40}, {"per_order": 40, "per_day": 30}])
def test_of_two_caps_the_lower_one_counts(caps: dict[str, int]) -> None:
    """A cap per order and one per day on the same rule."""
    earned = earn(programme(bonus(50, caps=caps)), basket([Line("tea", "drinks", 1, 0)]), lambda _rule, limits: limits.per_day)

    assert 30 == earned.points


@pytest.mark.parametrize(("points", "postings"), [(1, 1), (0, 0), (-1, 1)])
def test_a_correction_moves_what_it_says(points: int, postings: int) -> None:
    """A point given, a point taken; one of nothing leaves no posting (PTS-24)."""
    corrected = apply(rich(), Adjust("adj_1", points, "correction", "", "staff:a"), LIMITED, NOON)

    assert corrected.entry is not None
    assert (1000 + points, postings) == (corrected.account.available, len(corrected.entry.postings))


@pytest.mark.parametrize(("debt", "lots", "owed"), [(5, {}, 0), (6, {}, 1), (1, {END: 4}, 0), (0, {END: 5}, 0)])
def test_points_that_come_repay_a_debt_to_its_last_point(debt: int, lots: dict[date, int], owed: int) -> None:
    """Five points come: what is owed goes first, also a single point; only the rest can be used (law L3)."""
    sign_in = RecordActivity("act_1", "sign_in", "app", "a", "machine:app")
    account = after(replace(rich(), lots={}, debt=debt), sign_in)

    assert (owed, lots) == (account.debt, account.lots)


def test_used_points_return_to_the_last_one_of_each_lot() -> None:
    """Nine and one point of two lots paid; nine tenths returned bring the nine back, the rest the one, and nothing else moves (law F5)."""
    soon = date(2026, 12, 31)
    held = after(replace(rich(), lots={soon: 1, END: 9}), PlaceHold("hold_1", "till-1", "h1", 10, None, "machine:till"))
    bought = apply(held, replace(purchase(10_00), hold_id="hold_1"), LIMITED, NOON)
    assert bought.entry is not None
    most = apply(bought.account, refund(bought.entry, 9_00), LIMITED, NOON)
    rest = apply(most.account, refund(bought.entry, 1_00, most.refund, number=2), LIMITED, NOON)
    returned = [
        [(posting.lot, posting.points) for posting in each.entry.postings if posting.kind is PostingKind.REDEEM_RETURN]
        for each in (most, rest)
        if each.entry
    ]

    assert [[(END, 9)], [(soon, 1)]] == returned


def test_what_falls_short_of_a_point_by_the_least_gives_none() -> None:
    """0.01 at 9.999 points times 10.001 are 0.99999999 points: none, whatever else is in the basket (law L6)."""
    only = {"skus": ["tea"]}
    dear = rule("dear", {"kind": "rate", "points_per_unit_thousandths": 9999}, when=only)
    more = rule("more", {"kind": "multiplier", "thousandths": 10_001}, when=only)
    tea, bag = Line("tea", "drinks", 1, 1), Line("bag", "x", 1, 0)

    assert 0 == earn(programme(dear, more), basket([bag, tea, bag])).points


# --- time ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("seconds", "points"), [(300, 120), (301, 100)])
def test_a_purchase_is_late_after_more_than_five_minutes(seconds: int, points: int) -> None:
    """Silver since noon: what was bought just before earns silver's rate while tills' clocks may be that far off, then the old one."""
    programmes = rules()
    silver = bought(programmes, 1_000_00)
    now = NOON + timedelta(minutes=4)
    late = purchase(100_00, occurred_at=now - timedelta(seconds=seconds), reference="r2")

    assert points == apply(silver, late, programmes, now).account.available - silver.available


@pytest.mark.parametrize(("now", "is_kept"), [(shanghai(2026, 7, 31), True), (shanghai(2026, 8, 1), False)])
def test_a_month_that_no_window_needs_is_let_go_a_month_later(now: datetime, is_kept: bool) -> None:  # noqa: FBT001  # a table
    """With a window of three months before the present one, March is needed until June and kept through July."""
    programmes = rules(window="rolling_months", months=3, demotion="off")
    account = bought(programmes, 1_00, now, bought(programmes, 1_00), "r2")

    assert is_kept == ("2026-03" in account.buckets)


def inactivity(months: int) -> ProgrammeHistory:
    return history((START, changed(preset("four"), expiry={"policy": "inactivity", "months": months})))


@pytest.mark.parametrize(("lot", "lasts"), [(14, date(2026, 3, 14)), (15, date(2026, 4, 30))])
def test_a_row_carries_points_on_that_lasted_to_its_first_day(lot: int, lasts: date) -> None:
    """Active from 15 March on: points that ended on that day go on with it, those that had ended the day before do not (law X7)."""
    assert lasts == replace(rich(), active=ActiveRow(date(2026, 3, 15), date(2026, 4, 30))).lasting(date(2026, 3, lot))


@pytest.mark.parametrize(("day", "since"), [(date(2026, 4, 30), date(2026, 3, 15)), (date(2026, 5, 1), date(2026, 5, 1))])
def test_a_row_of_activity_goes_on_through_its_last_day(day: date, since: date) -> None:
    """Bought on 15 March, alive through 30 April: a purchase on that day goes on, one on the next begins anew (law X7)."""
    account = bought(inactivity(1), 10_00)
    again = bought(inactivity(1), 10_00, shanghai(day.year, day.month, day.day), account, "r2")

    assert again.active is not None
    assert since == again.active.since


def test_activity_moves_nothing_that_lasts_as_long_already() -> None:
    """Bought twice in a month, with a hold in between: the second purchase adds its points and touches no others (law X7)."""
    account = bought(inactivity(1), 10_00)
    account = apply(account, PlaceHold("hold_1", "till-1", "h1", 4, None, "machine:till"), inactivity(1), NOON).account
    again = apply(account, purchase(5_00, reference="r2"), inactivity(1), NOON)

    assert again.entry is not None
    assert [PostingKind.EARN] == [posting.kind for posting in again.entry.postings]


@pytest.mark.parametrize(("day", "row"), [(31, ActiveRow(date(2026, 3, 15), date(2026, 3, 31))), (32, None)])
def test_a_late_purchase_begins_a_row_that_has_not_ended(day: int, row: ActiveRow | None) -> None:
    """Bought on 15 March, which keeps points through 31 March: recorded that day it does, a day later there is nothing to keep."""
    now = shanghai(2026, 3, 1) + timedelta(days=day - 1)
    account = apply(new_account(MEMBER, inactivity(0).at(now), now), purchase(10_00), inactivity(0), now).account

    assert row == account.active


# --- tiers --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("months", "sizes"), [(12, [12]), (13, [12, 1])])
def test_an_entry_holds_twelve_evaluations_and_the_next_one_the_rest(months: int, sizes: list[int]) -> None:
    """A member whom no night has settled for a year of monthly reviews, and one for a month longer."""
    programmes = rules(window="rolling_months", months=1, cycle="monthly", demotion="review")
    account, seen = bought(programmes, 1_000_00), []
    is_partial = True
    while is_partial:
        outcome = settle(account, programmes, shanghai(2026 + (2 + months) // 12, (2 + months) % 12 + 1, 1))
        account, is_partial = outcome.account, outcome.is_partial
        seen.append(len(outcomes_of(outcome)))

    assert sizes == seen


@pytest.mark.parametrize(("grace_days", "tier"), [(30, "ordinary"), (31, "silver")])
def test_membership_counts_through_the_last_day_of_a_grace(grace_days: int, tier: str) -> None:
    """Six months of membership are full on 31 July: a grace through that day is made up by them, one that ended the day before is not."""
    tiers = [tier.model_dump() for tier in preset("four").tiers[:2]]
    tiers[1] |= {"loyalty_months_from": 6}
    review = {"window": "calendar_quarter", "demotion": "one_down", "grace_days": grace_days, "match": "any"}
    programmes = history((START, changed(preset("four"), tiers=tiers, qualification=review)))
    account = bought(programmes, 1_000_00, shanghai(2026, 1, 31, 12))
    in_grace = settle(account, programmes, shanghai(2026, 7, 1)).account
    assert in_grace.grace is not None

    assert tier == settle(in_grace, programmes, shanghai(2026, 8, 1)).account.tier


def test_what_a_grace_has_made_up_is_missing_no_more() -> None:
    """Silver asks for 1,000.00 and three orders; in the grace the amount is reached exactly, two orders are missing (TIER-12)."""
    tiers = [tier.model_dump() for tier in preset("four").tiers[:2]]
    tiers[1] |= {"orders_from": 3}
    review = {"window": "calendar_quarter", "demotion": "one_down"}
    programmes = history((START, changed(preset("four"), tiers=tiers, qualification=review)))
    account = bought(programmes, 1_000_00)
    for number in (2, 3):
        account = bought(programmes, 1_00, NOON, account, f"r{number}")
    july = shanghai(2026, 7, 5)
    account = bought(programmes, 1_000_00, july, settle(account, programmes, july).account, "r4")

    assert ("silver", {Factor.ORDERS: 2}) == (account.tier, standing(account, programmes, july).shortfall)


def test_a_granted_tier_is_over_when_it_is_earned() -> None:
    """Gold was given; gold is reached: nothing is left to end, and it stays by the programme's rules."""
    programmes = rules()
    campaign = OverrideTier("apr_1", "gold", date(2026, 5, 31), "spring", TierCause.CAMPAIGN, "staff:a", "staff:b")
    given = apply(bought(programmes, 1_00), campaign, programmes, NOON).account
    earned = bought(programmes, 2_499_00, NOON, given, "r2")

    assert ("gold", None) == (earned.tier, earned.granted)
