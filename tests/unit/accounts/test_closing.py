"""How an account ends: a run-off in which points can be used and none are earned, then nothing is left (PTS-22)."""

from collections.abc import Sequence
from copy import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.accounts.commands import (
    Adjust,
    CancelClosure,
    CloseAccount,
    Command,
    CreditPartnerPoints,
    OpenBalance,
    PlaceHold,
    ReceivePoints,
    RecordActivity,
    Redeem,
    Settle,
)
from regulars.accounts.entries import EntryKind, PostingKind
from regulars.accounts.errors import AccountClosedError, AccountClosingError, AccountNotClosingError, ClosureDayError
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account, Closing, Hold, new_account
from regulars.accounts.progress import settled
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase

LAST = date(2026, 4, 14)
"""The last of the 30 days that the presets give."""

END = datetime.fromisoformat("2026-04-15T00:00+08:00")
LATER, PAST = date(2027, 3, 31), date(2026, 3, 31)
WORDS = {"en": "x", "zh_cn": "x"}


def rules(**closure: Any) -> ProgrammeHistory:
    """The preset with an activity, a partner, and how accounts end."""
    activities = [{"code": "sign_in", "name": WORDS, "points": 5, "period": "day"}]
    partners = [{"code": "air", "name": WORDS, "rate_thousandths": 1000}]
    return history((datetime.fromisoformat("2000-01-01T00:00Z"), changed(
        preset("four"), activities=activities, partners=partners, closure=closure, redemption={"hold_minutes": 10_080}
    )))  # fmt: skip


RULES = rules()


def owner(points: int = 100) -> Account:
    """A member with points that end after the account does."""
    return replace(new_account(MEMBER, RULES.at(NOON), NOON), version=1, lots={LATER: points} if points else {})


def done(before: Account, command: Command, at: datetime = NOON, programmes: ProgrammeHistory = RULES) -> Outcome:
    return apply(before, command, programmes, at)


def close(**parts: Any) -> CloseAccount:
    return CloseAccount("clo_1", "wish", "staff:a", **parts)


def leaving(points: int = 100) -> Account:
    return done(owner(points), close()).account


def kinds(outcome: Outcome) -> list[tuple[PostingKind, int]]:
    assert outcome.entry
    return [(posting.kind, posting.points) for posting in outcome.entry.postings]


def test_the_programme_says_how_long_points_can_still_be_used() -> None:
    """Thirty days by the presets; a day can be named, or none; nothing moves when it is announced, and the night knows the day."""
    announced = done(owner(), close())
    named = done(owner(), close(closes_on=date(2026, 3, 15)))

    assert announced.entry
    assert (EntryKind.CLOSURE_NOTICE, ()) == (announced.entry.kind, announced.entry.postings)
    assert Closing(LAST, NOON, "clo_1", "wish") == announced.account.closing
    assert (LAST + timedelta(days=1), False) == (announced.account.next_due_on, announced.account.is_closed)
    assert named.account.closing
    assert date(2026, 3, 15) == named.account.closing.closes_on


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_on_which_no_account_can_end_is_refused(days: int) -> None:
    """Not in the past, and not more than 366 days ahead; the days just inside are taken."""
    inside = max(0, min(366, days))
    assert done(owner(), close(closes_on=NOON.date() + timedelta(days=inside))).account.closing
    with pytest.raises(ClosureDayError):
        done(owner(), close(closes_on=NOON.date() + timedelta(days=days)))


def test_points_can_be_used_until_the_last_day_is_over() -> None:
    """A second before midnight they can, at midnight nothing can be done any more."""
    redeem = Redeem("red_1", "t", "x", 30, None, "gift", "till")
    assert 70 == done(leaving(), redeem, END - timedelta(seconds=1)).account.available
    with pytest.raises(AccountClosedError):
        done(leaving(), redeem, END)


@pytest.mark.parametrize(
    "command",
    [
        RecordActivity("act_1", "sign_in", "app", "a", "app"),
        CreditPartnerPoints("pcr_1", "air", 10, "p", "air"),
        OpenBalance("opn_1", 10, None, "old", "o", "importer"),
        ReceivePoints("trf_1", "mem_2", {LATER: 7}, "member"),
        close(),
        close(closes_on=date(2026, 5, 1)),
    ],
)
def test_nothing_is_added_any_more(command: Command) -> None:
    """Activities, partners' points, gifts and balances from elsewhere are refused, as is another end."""
    with pytest.raises(AccountClosingError) as refused:
        done(leaving(), command)
    assert {"closes_on": "2026-04-14"} == refused.value.params


def test_purchases_are_recorded_and_earn_nothing() -> None:
    """They count towards tiers, and can be refunded; what was bought before the end was announced earns, however late it comes."""
    bought = done(leaving(), purchase(1_200_00, occurred_at=NOON), NOON + timedelta(minutes=1))
    before = done(leaving(), purchase(50_00, occurred_at=NOON - timedelta(hours=1)), NOON + timedelta(minutes=1))

    assert bought.entry
    assert bought.entry.purchase
    assert (100, 0, 1_200_00, "silver") == (
        bought.account.available, bought.entry.purchase.points, bought.entry.purchase.eligible_amount, bought.account.tier,
    )  # fmt: skip
    assert 150 == before.account.available


def test_staff_may_still_correct() -> None:
    """In both directions."""
    added = done(leaving(), Adjust("adj_1", 20, "correction", "", "staff:a")).account
    assert 90 == done(added, Adjust("adj_2", -30, "correction", "", "staff:a")).account.available


def test_what_is_left_is_forfeited_at_the_end() -> None:
    """Held, pending and available points, by an entry of its own that time brings; afterwards nothing is ever due."""
    before = replace(leaving(60), pending={date(2026, 5, 1): {LATER: 7}})
    before = done(before, PlaceHold("hold_1", "t", "h", 50, None, "till"), END - timedelta(days=1)).account
    ended = done(before, Settle(), END)

    assert [(PostingKind.HOLD_RELEASE, 50), (PostingKind.FORFEIT, -60), (PostingKind.FORFEIT, -7)] == kinds(ended)
    assert ended.entry
    assert (EntryKind.CLOSURE, END, {"notice_id": "clo_1", "reason": "wish"}) == (
        ended.entry.kind, ended.entry.effective_at, ended.entry.detail,
    )  # fmt: skip
    assert (True, None, None) == (ended.account.is_closed, ended.account.closing, ended.account.next_due_on)
    assert done(ended.account, Settle(), END + timedelta(days=900)).entry is None


def test_a_member_without_points_ends_too() -> None:
    """Nothing moves, and the account is closed by an entry."""
    ended = done(leaving(0), Settle(), END)
    assert ended.entry
    assert (EntryKind.CLOSURE, (), True) == (ended.entry.kind, ended.entry.postings, ended.account.is_closed)


def test_what_is_left_is_paid_out_where_the_programme_says_so() -> None:
    """At the till's rate, rounded down; debts first, pending points not; they count as used."""
    programmes = rules(remaining="compensate")
    hold = Hold(END + timedelta(days=1), {LATER: 250})
    before = replace(owner(0), debt=40, holds={"hold_1": hold}, pending={date(2026, 6, 1): {LATER: 9}})
    before = done(before, close(), programmes=programmes).account
    ended = done(before, Settle(), END, programmes)

    assert [
        (PostingKind.HOLD_RELEASE, 250), (PostingKind.DEBT_REPAY, -40), (PostingKind.REDEEM, -210), (PostingKind.FORFEIT, -9),
    ] == kinds(ended)  # fmt: skip
    assert ended.entry
    assert (210, 0, 210) == (ended.entry.detail["compensation"], ended.account.debt, ended.account.spent_total)


def test_points_that_had_ended_while_they_were_held_are_not_paid_out() -> None:
    """They end as they would have without the account's end."""
    programmes = rules(remaining="compensate")
    before = replace(owner(0), holds={"hold_1": Hold(END + timedelta(days=1), {PAST: 20, LATER: 30})})
    ended = done(done(before, close(), programmes=programmes).account, Settle(), END, programmes)

    assert [
        (PostingKind.HOLD_RELEASE, 20), (PostingKind.HOLD_RELEASE, 30), (PostingKind.EXPIRE, -20), (PostingKind.REDEEM, -30),
    ] == kinds(ended)  # fmt: skip


def test_points_whose_last_day_it_is_are_paid_out() -> None:
    """They could still be used today; those of yesterday could not."""
    programmes, today = rules(remaining="compensate"), NOON.date()
    hold = Hold(NOON + timedelta(days=1), {today - timedelta(days=1): 20, today: 30})
    ended = done(replace(owner(0), holds={"hold_1": hold}), close(at_once=True), programmes=programmes)

    assert [(PostingKind.EXPIRE, -20), (PostingKind.REDEEM, -30)] == kinds(ended)[2:]


@given(st.lists(st.integers(0, 40 * 86_400), max_size=4), st.dictionaries(st.integers(-20, 60), st.integers(1, 99), max_size=4))
def test_the_end_is_the_same_however_late_it_is_looked_at(looks: Sequence[int], pending: dict[int, int]) -> None:
    """Whether a job ran every day, at the end, or weeks later: what matures after the last day is forfeited in each case (law X2)."""
    programmes = rules(remaining="compensate")
    waiting = {LAST + timedelta(days=days): {LATER: points} for days, points in sorted(pending.items())}
    before = replace(done(owner(), close(), programmes=programmes).account, pending=waiting)
    account = before
    for seconds in sorted(looks):
        account = settled(account, programmes, NOON + timedelta(seconds=seconds))
    late = settled(before, programmes, END + timedelta(days=100))

    assert late == replace(settled(account, programmes, END + timedelta(days=100)), reminded_through=late.reminded_through)
    assert late.is_closed
    assert 100 + sum(points for day, points in pending.items() if day <= 1) == late.spent_total


def test_it_ends_at_once_where_it_is_asked_for_or_no_run_off_is_given() -> None:
    """Also while an end is coming already."""
    asked, by_rule = done(owner(), close(at_once=True)), done(owner(), close(), programmes=rules(run_off_days=0))
    sooner = done(leaving(), CloseAccount("clo_2", "misuse", "staff:a", at_once=True))

    for ended in (asked, by_rule, sooner):
        assert [(PostingKind.FORFEIT, -100)] == kinds(ended)
        assert ended.account.is_closed
        with pytest.raises(AccountClosedError):
            done(ended.account, purchase(10_00))


def test_an_end_that_is_coming_is_not_hurried_by_new_rules() -> None:
    """Where accounts end on the spot by now, one that was told of a day still has until then, unless it is asked to end at once."""
    with pytest.raises(AccountClosingError):
        done(leaving(), CloseAccount("clo_2", "wish", "staff:a"), programmes=rules(run_off_days=0))


def test_an_end_that_is_called_off_leaves_all_as_it_was() -> None:
    """Points, tier and earning; calling off what is not coming is refused."""
    before = leaving()
    kept = done(before, CancelClosure("clx_1", "staff:a"), NOON + timedelta(days=3)).account
    bought = done(kept, purchase(10_00, occurred_at=NOON + timedelta(days=3)), NOON + timedelta(days=3)).account

    assert (None, 100, 110) == (kept.closing, kept.available, bought.available)
    assert not settled(kept, RULES, END + timedelta(days=1)).is_closed
    with pytest.raises(AccountNotClosingError):
        done(kept, CancelClosure("clx_2", "staff:a"))
