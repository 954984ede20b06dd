"""Refunds: exact at the purchase's own rates, in any parts, back into the lots they came from."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.accounts.commands import Adjust, PlaceHold, Redeem, RefundState
from regulars.accounts.entries import Bucket, Line, PostingKind
from regulars.accounts.errors import RefundExceedsPurchaseError, RefundLineUnknownError
from regulars.accounts.ledger import apply
from regulars.accounts.model import Account, new_account
from regulars.accounts.progress import settled
from regulars.accounts.refunding import due_for
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase
from tests.support.refunds import Part, bought_and_refunded, refund

FOUR = history()
START = datetime(2000, 1, 1, tzinfo=UTC)
LINES = (Line("tea", "drinks", 1, 33_33), Line("cup", "household", 2, 66_67), Line("card", "gift_card", 1, 50_00))


def programme(**parts: object) -> ProgrammeHistory:
    return history((START, changed(preset("four"), **parts)))


def fresh(programmes: ProgrammeHistory = FOUR) -> Account:
    return new_account(MEMBER, programmes.at(NOON), NOON)


@st.composite
def parts_of(draw: st.DrawFn) -> list[Part]:
    """Some refunds of `LINES` that stay within what was bought."""
    left = {number: line.amount for number, line in enumerate(LINES, 1)}
    whole_left = sum(left.values())
    parts: list[Part] = []
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.booleans()) and whole_left:
            amount = draw(st.integers(1, whole_left))
            parts.append(amount)
            whole_left -= amount
            continue
        number = draw(st.sampled_from(sorted(left)))
        most = min(left[number], whole_left)
        if most:
            amount = draw(st.integers(1, most))
            left[number] -= amount
            whole_left -= amount
            parts.append({number: amount})
    return parts


@given(parts_of())
def test_never_more_comes_back_than_was_earned_and_the_rest_brings_all(parts: list[Part]) -> None:
    """Parts take back no more than the purchase gave; with what is left refunded, exactly that (laws F1, F2)."""
    outcomes = bought_and_refunded(fresh(), FOUR, LINES, parts)
    bought, state = outcomes[0].entry, outcomes[-1].refund
    assert bought is not None
    assert bought.purchase is not None
    earned = bought.purchase.points
    assert outcomes[-1].account.reversed_total <= earned
    left = bought.purchase.amount - sum(part if isinstance(part, int) else sum(part.values()) for part in parts)
    last = outcomes[-1].account
    if left:
        last = apply(last, refund(bought, left, state, number=9), FOUR, NOON).account

    assert last.available == 0
    assert last.reversed_total == earned
    assert last.buckets == {"2026-03": Bucket(0, 0, 0)}


@given(parts_of(), st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(parts: list[Part], random: object) -> None:
    """The same parts in another order end in the same lots, spend and state (law F4)."""
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as Random
    one, other = (bought_and_refunded(fresh(), FOUR, LINES, order)[-1] for order in (parts, shuffled))

    assert one.account.lots == other.account.lots
    assert one.account.buckets == other.account.buckets
    assert replace(one.refund or RefundState(""), refunds={}) == replace(other.refund or RefundState(""), refunds={})


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8))
def test_cutting_an_amount_into_parts_changes_nothing(amounts: list[int]) -> None:
    """Many small refunds of the whole take back what one big one takes back (law F2)."""
    many = bought_and_refunded(fresh(), FOUR, LINES, amounts)[-1]
    one = bought_and_refunded(fresh(), FOUR, LINES, [sum(amounts)])[-1]

    assert one.account.available == many.account.available


def test_what_earned_nothing_takes_nothing_back() -> None:
    """A gift card earned no points: returning it leaves them, returning the tea takes its own."""
    rules = programme(earning={"excluded_categories": ["gift_card"]})
    outcomes = bought_and_refunded(fresh(rules), rules, LINES, [{3: 50_00}, {1: 33_33}])

    assert [100, 100, 67] == [outcome.account.available for outcome in outcomes]


def test_a_refund_uses_the_rate_of_its_purchase_not_of_today() -> None:
    """Bought at 1.0 and refunded as silver at 1.2: what was earned goes back, not more (peers.md)."""
    outcomes = bought_and_refunded(fresh(), FOUR, [Line("tv", "home", 1, 999_99)], [])
    silver = apply(outcomes[0].account, purchase(100_00, reference="r2"), FOUR, NOON)
    bought = outcomes[0].entry
    assert bought is not None
    refunded = apply(silver.account, refund(bought, 999_99), FOUR, NOON)

    assert refunded.account.tier == "silver"
    assert refunded.account.available == silver.account.available - 999


@pytest.mark.parametrize(
    ("policy", "available", "debt"),
    [("only_pending", 40, 0), ("within_balance", 0, 0), ("allow_debt", 0, 60)],
)
def test_points_that_were_used_meanwhile_follow_the_policy(policy: str, available: int, debt: int) -> None:
    """Of 100 points 60 were used, then all is returned: left alone, taken as far as they go, or owed."""
    rules = programme(refunds={"policy": policy})
    bought = apply(fresh(rules), purchase(100_00), rules, NOON)
    used = apply(bought.account, Redeem("red_1", "till-1", "x", 60, None, "gift", "machine:till"), rules, NOON)
    assert bought.entry is not None
    refunded = apply(used.account, refund(bought.entry, 100_00), rules, NOON)

    assert (available, debt) == (refunded.account.available, refunded.account.debt)


def test_a_debt_is_repaid_by_the_next_earning_first() -> None:
    """Owing 60, a purchase of 100 points leaves 40 to use and nothing owed (law L3)."""
    bought = apply(fresh(), purchase(100_00), FOUR, NOON)
    used = apply(bought.account, Redeem("red_1", "till-1", "x", 60, None, "gift", "machine:till"), FOUR, NOON)
    assert bought.entry is not None
    owing = apply(used.account, refund(bought.entry, 100_00), FOUR, NOON)
    repaid = apply(owing.account, purchase(100_00, reference="r2"), FOUR, NOON)

    assert (40, 0) == (repaid.account.available, repaid.account.debt)
    assert repaid.entry is not None
    assert PostingKind.DEBT_REPAY in {posting.kind for posting in repaid.entry.postings}


def test_pending_points_are_taken_before_they_become_usable() -> None:
    """Inside the return window nothing was usable, and nothing else is touched."""
    rules = programme(earning={"return_window_days": 14})
    with_others = apply(fresh(rules), Adjust("adj_1", 500, "goodwill", "", "staff:a"), rules, NOON).account
    outcomes = bought_and_refunded(with_others, rules, LINES, [{2: 66_67}])

    assert (500, 83) == (outcomes[-1].account.available, outcomes[-1].account.pending_points)
    assert 583 == settled(outcomes[-1].account, rules, NOON + timedelta(days=20)).available


def test_points_that_paid_for_it_go_back_to_their_own_lots_last_used_first() -> None:
    """A hold of two lots paid: half of the purchase back returns half of the points, to the lot that lasts longest first (law R4)."""
    soon, late = date(2026, 12, 31), date(2027, 3, 31)
    account = replace(fresh(), version=1, lots={soon: 100, late: 300})
    held = apply(account, PlaceHold("hold_1", "till-1", "h", 200, None, "machine:till"), FOUR, NOON)
    paid = apply(held.account, replace(purchase(40_00), hold_id="hold_1"), FOUR, NOON)
    assert paid.entry is not None
    assert {soon: 0, late: 238} == {soon: paid.account.lots.get(soon, 0), late: paid.account.lots[late]}
    refunded = apply(paid.account, refund(paid.entry, 20_00), FOUR, NOON)

    assert {late: 238 + 100 - 19} == refunded.account.lots


def test_a_returned_point_lasts_for_the_grace_at_least() -> None:
    """Its lot has ended meanwhile: it can be used for 30 days more, no fresh year (design decision 13)."""
    soon = date(2026, 3, 31)
    account = replace(fresh(), version=1, lots={soon: 200})
    held = apply(account, PlaceHold("hold_1", "till-1", "h", 200, None, "machine:till"), FOUR, NOON)
    paid = apply(held.account, replace(purchase(2_00), hold_id="hold_1"), FOUR, NOON)
    later = NOON + timedelta(days=40)
    assert paid.entry is not None
    refunded = apply(paid.account, refund(paid.entry, 2_00), FOUR, later)

    assert {date(2026, 5, 24): 200} == refunded.account.lots


def test_of_a_lot_that_ends_today_points_are_still_taken() -> None:
    """They could be used today."""
    rules = programme(expiry={"policy": "fixed_days", "days": 3})
    bought = apply(fresh(rules), purchase(10_00), rules, NOON)
    assert bought.entry
    taken = apply(bought.account, refund(bought.entry, 10_00), rules, NOON + timedelta(days=3))
    assert (0, 10) == (taken.account.available, taken.account.reversed_total)


def test_of_a_lot_that_has_ended_nothing_is_taken() -> None:
    """Its points expired or were used in their time: the member's other points stay."""
    bought = apply(fresh(), purchase(100_00), FOUR, NOON)
    late = NOON + timedelta(days=400)
    other = apply(bought.account, purchase(50_00, reference="r2", occurred_at=late), FOUR, late)
    assert bought.entry is not None
    refunded = apply(other.account, refund(bought.entry, 100_00), FOUR, late)

    assert (50, 0) == (refunded.account.available, refunded.account.debt)


@pytest.mark.parametrize("part", [150_01, {1: 33_34}, {1: 33_33, 2: 66_68}])
def test_more_than_was_paid_is_refused(part: Part) -> None:
    """The whole and each line give back what they cost, no more (law F1)."""
    bought = apply(fresh(), purchase(lines=LINES), FOUR, NOON)
    assert bought.entry is not None
    with pytest.raises(RefundExceedsPurchaseError):
        apply(bought.account, refund(bought.entry, part), FOUR, NOON)


def test_a_line_the_purchase_has_not_is_refused() -> None:
    """Lines count from 1."""
    bought = apply(fresh(), purchase(lines=LINES), FOUR, NOON)
    assert bought.entry is not None
    with pytest.raises(RefundLineUnknownError):
        apply(bought.account, refund(bought.entry, {4: 1}), FOUR, NOON)


def test_what_waited_for_its_purchase_is_cut_to_it() -> None:
    """A refund that came first and asks for too much takes back all there is, and does not fail the purchase."""
    bought = apply(fresh(), purchase(lines=LINES), FOUR, NOON)
    assert bought.entry is not None
    refunded = apply(bought.account, refund(bought.entry, {2: 99_99, 7: 1}, is_waiting=True), FOUR, NOON)

    assert refunded.refund is not None
    assert {2: 66_67} == refunded.refund.by_line


def test_a_whole_refund_leaves_tier_and_lowers_what_qualifies() -> None:
    """The tier stands until its review; spend, order and points of the month are as before the purchase (laws F3, Q5, Q6)."""
    outcomes = bought_and_refunded(fresh(), FOUR, [Line("tv", "home", 1, 1_000_00)], [1_000_00])

    assert "silver" == outcomes[-1].account.tier
    assert {"2026-03": Bucket(0, 0, 0)} == outcomes[-1].account.buckets


def test_due_is_a_function_of_the_state() -> None:
    """Without any refund nothing is due."""
    bought = apply(fresh(), purchase(lines=LINES), FOUR, NOON)
    assert bought.entry is not None
    assert bought.entry.purchase is not None
    due = due_for(bought.entry.purchase, 0, RefundState("pur_1"))

    assert (0, 0, 0, False) == (due.points, due.spend, due.returned, due.is_whole)


def test_what_a_rule_gave_can_be_earned_again_after_a_refund() -> None:
    """A bonus of 50 once a member and 100 points a day: both are free again when the purchase comes back (law F3)."""
    words = {"en": "once", "zh_cn": "once"}
    bonus = {"code": "once", "name": words, "effect": {"kind": "bonus", "points": 50}, "caps": {"per_member": 50, "per_day": 50}}
    rules = programme(earning={"rules": [bonus], "caps": {"per_day": 100, "per_member": 1000}})
    bought = apply(fresh(rules), purchase(50_00), rules, NOON)
    assert bought.entry is not None
    again = apply(bought.account, purchase(50_00, reference="r2"), rules, NOON)
    refunded = apply(bought.account, refund(bought.entry, 50_00), rules, NOON)
    anew = apply(refunded.account, purchase(50_00, reference="r3"), rules, NOON)

    assert (100, 100, 100) == (bought.account.available, again.account.available, anew.account.available)
    assert {0} == {counter.used for counter in refunded.account.counters.values()}


def test_a_purchase_without_points_gives_its_spend_back() -> None:
    """0.99 earned nothing: its order and spend leave the month, no point moves."""
    bought = apply(fresh(), purchase(99), FOUR, NOON)
    assert bought.entry is not None
    refunded = apply(bought.account, refund(bought.entry, 99), FOUR, NOON)

    assert {"2026-03": Bucket(0, 0, 0)} == refunded.account.buckets
    assert refunded.entry is not None
    assert () == refunded.entry.postings


def test_a_month_that_was_let_go_is_left_alone() -> None:
    """Its bucket is no longer kept: points go back, nothing is counted below zero."""
    rules = programme(expiry={"policy": "never"})
    bought = apply(fresh(rules), purchase(100_00), rules, NOON)
    later = NOON + timedelta(days=800)
    account = apply(bought.account, purchase(1_00, reference="r2", occurred_at=later), rules, later).account
    assert bought.entry is not None
    refunded = apply(account, refund(bought.entry, 100_00), rules, later)

    assert (1, ["2028-05"]) == (refunded.account.available, list(refunded.account.buckets))


def test_a_refund_of_yesterday_frees_nothing_of_today() -> None:
    """100 points a day: yesterday's purchase comes back, today's limit stands."""
    rules = programme(earning={"caps": {"per_day": 100}})
    yesterday = apply(fresh(rules), purchase(100_00), rules, NOON)
    now = NOON + timedelta(days=1)
    today = apply(yesterday.account, purchase(100_00, reference="r2", occurred_at=now), rules, now)
    assert yesterday.entry is not None
    refunded = apply(today.account, refund(yesterday.entry, 100_00), rules, now)

    assert 100 == apply(refunded.account, purchase(100_00, reference="r3", occurred_at=now), rules, now).account.available
