"""What the simulation found wrong in the core, each as the smallest case that shows it."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.accounts.approvals import Approval, ApprovalKind
from regulars.accounts.commands import (
    Adjust,
    CommitHold,
    OpenBalance,
    OverrideTier,
    PlaceHold,
    RecordActivity,
    RefundState,
    Settle,
)
from regulars.accounts.entries import EvaluationOutcome, Line, TierCause
from regulars.accounts.errors import ActivityLimitError
from regulars.accounts.ledger import apply
from regulars.accounts.model import Account, ActiveRow, Hold, new_account
from regulars.accounts.operations import Fact
from regulars.accounts.progress import settled, standing
from regulars.accounts.refunding import due_for
from regulars.accounts.service import Buyer
from regulars.accounts.waiting import RefundRequest
from regulars.kernel.errors import ConflictError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase
from tests.support.counter import Counter
from tests.support.ledger import FakeLedgerStore
from tests.support.refunds import refund

START = datetime(2000, 1, 1, tzinfo=UTC)
WORDS = {"en": "a", "zh_cn": "甲"}


def rules(**parts: object) -> ProgrammeHistory:
    """The preset `four` with some parts changed."""
    return history((START, changed(preset("four"), **parts)))


def fresh(programmes: ProgrammeHistory, at: datetime = NOON) -> Account:
    return new_account(MEMBER, programmes.at(at), at)


def test_a_review_on_the_day_new_rules_begin_is_done_by_the_old_ones() -> None:
    """Diamond is kept by the rules it was earned under, not taken for the lowest tier of rules that do not have it."""
    january = datetime(2026, 12, 31, 16, tzinfo=UTC)
    demoting = {"window": "calendar_year", "demotion": "to_qualified", "grace_days": 0}
    old = changed(preset("five"), qualification=demoting)
    programmes = history((START, old), (january, changed(preset("four"), qualification=demoting)))
    account = apply(fresh(programmes), purchase(10_000_00), programmes, NOON).account

    outcome = apply(account, Settle(), programmes, january)

    assert outcome.entry is not None
    assert [EvaluationOutcome.KEPT] == [evaluation.outcome for evaluation in outcome.entry.evaluations]
    assert [("diamond", "platinum", TierCause.PROGRAMME)] == [
        (change.from_tier, change.to_tier, change.cause) for change in outcome.entry.tier_changes
    ]


def test_a_debt_is_repaid_by_what_comes_free_first_however_late_it_is_settled() -> None:
    """A hold that ended before points matured pays the debt, whether the job ran in between or not (law X2)."""
    programmes = rules()
    lot, other = date(2026, 12, 31), date(2027, 3, 31)
    account = replace(
        fresh(programmes),
        version=1,
        debt=50,
        holds={"hld_1": Hold(NOON + timedelta(minutes=30), {other: 50})},
        pending={date(2026, 3, 18): {lot: 50}},
    )
    late = NOON + timedelta(days=5)

    timely = settled(settled(account, programmes, NOON + timedelta(days=1)), programmes, late)

    assert timely.lots == settled(account, programmes, late).lots
    assert timely.lots == {lot: 50}


def test_two_refunds_of_the_whole_that_waited_take_one_order() -> None:
    """A purchase that is refunded twice before it comes counts as no order, not as less than none."""
    desk = Counter()
    bought = purchase(100_00)
    for number in (1, 2):
        request = RefundRequest(f"ref_{number}", bought.purchase_id, "till-1", f"f{number}", NOON, {}, 100_00, "machine:till")
        desk.refunds.record(request, "content")

    desk.service.record_purchase(Buyer(MEMBER), bought, "content")

    account = desk.store.load(MEMBER)
    assert account is not None
    assert account.buckets["2026-03"].orders == 0
    assert account.available == 0


def test_a_whole_refund_by_lines_takes_back_the_points_of_lines_without_an_amount() -> None:
    """All lines returned one by one come to what the whole comes to, also where a bonus lay on a free line (law F2)."""
    bonus = {"code": "hello", "name": WORDS, "when": {"skus": ["free"]}, "effect": {"kind": "bonus", "points": 40}}
    programmes = rules(earning={"rules": [bonus]})
    lines = (Line("tea", "drinks", 1, 10_00), Line("free", "gift", 1, 0))
    entry = apply(fresh(programmes), purchase(lines=lines), programmes, NOON).entry
    assert entry is not None
    assert entry.purchase is not None

    assert due_for(entry.purchase, 0, RefundState("pur", by_line={1: 10_00})).points == 50
    assert due_for(entry.purchase, 0, RefundState("pur", by_amount=10_00)).points == 50


def test_a_refund_gives_nothing_back_to_another_days_cap() -> None:
    """What was bought yesterday and returned today leaves today's cap as it is used."""
    programmes = rules(earning={"caps": {"per_day": 60}})
    first = apply(fresh(programmes), purchase(60_00), programmes, NOON)
    tomorrow = NOON + timedelta(days=1)
    second = apply(first.account, purchase(60_00, reference="r2", occurred_at=tomorrow), programmes, tomorrow)

    after = apply(second.account, refund(first.entry, 60_00), programmes, tomorrow).account  # type: ignore[arg-type]  # it has one
    third = apply(after, purchase(60_00, reference="r3", occurred_at=tomorrow), programmes, tomorrow)

    assert third.entry is not None
    assert third.entry.purchase is not None
    assert third.entry.purchase.points == 0


def test_a_refund_of_an_imported_purchase_gives_back_to_the_day_it_was_counted_on() -> None:
    """An import in time order counts on its own day; a refund while that is the last day counted gives it back."""
    programmes = rules(earning={"caps": {"per_day": 60}})
    imported = apply(fresh(programmes), purchase(60_00, may_import=True), programmes, NOON + timedelta(days=9))
    assert imported.entry is not None

    after = apply(imported.account, refund(imported.entry, 60_00), programmes, NOON + timedelta(days=9)).account

    assert after.counters.get("r.") is None


def test_a_clock_that_steps_back_over_midnight_opens_no_second_day() -> None:
    """What was credited on the 16th is not credited again after the clock stood on the 15th for a moment (law X6)."""
    activity = {"code": "sign_in", "name": WORDS, "points": 5, "period": "day"}
    programmes = rules(activities=[activity])
    midnight = datetime(2026, 3, 15, 16, tzinfo=UTC)
    command = RecordActivity("act_1", "sign_in", "app", "a1", "member")
    account = apply(fresh(programmes), command, programmes, midnight).account

    for at in (midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)):
        with pytest.raises(ActivityLimitError):
            apply(account, replace(command, activity_id="act_2"), programmes, at)


def test_another_limit_of_the_new_day_does_not_open_the_old_day_again() -> None:
    """Counting a sign-in just after midnight let go of yesterday's cap on points, and the clock stepped back to yesterday (law X6)."""
    activity = {"code": "sign_in", "name": WORDS, "points": 5, "period": "day"}
    programmes = rules(activities=[activity], earning={"caps": {"per_day": 60}})
    midnight = datetime(2026, 3, 15, 16, tzinfo=UTC)
    account = apply(fresh(programmes), purchase(100_00), programmes, NOON).account
    account = apply(account, RecordActivity("act_1", "sign_in", "app", "a1", "member"), programmes, midnight).account
    again = apply(account, purchase(100_00, reference="r2"), programmes, midnight - timedelta(minutes=1)).account

    assert 65 == again.available


def test_refunds_that_waited_are_all_applied_where_much_is_due_before_them() -> None:
    """An import whose member has more to settle than one entry holds still takes every refund that waited for it."""
    programmes = rules(expiry={"policy": "fixed_days", "days": 60, "reminder_days": 0}, refunds={"policy": "allow_debt"})
    desk = Counter(programmes=programmes, now=NOON + timedelta(days=200))
    for day in range(45):
        at = NOON + timedelta(days=day)
        desk.service.record_purchase(Buyer(MEMBER), purchase(reference=f"r{day}", occurred_at=at, may_import=True), "content")
    bought = purchase(reference="last", occurred_at=NOON + timedelta(days=45), may_import=True)
    for number in (1, 2):
        request = RefundRequest(f"ref_{number}", bought.purchase_id, "till-1", f"f{number}", NOON, {}, 4_00, "machine:till")
        desk.refunds.record(request, "content")

    desk.service.record_purchase(Buyer(MEMBER), bought, "content")

    state = desk.store.refunds(bought.purchase_id)
    assert state is not None
    assert state.by_amount == 8_00
    assert set(state.refunds) == {"ref_1", "ref_2"}


def test_a_request_that_became_one_for_a_second_person_stays_one() -> None:
    """Sent again under a higher limit, a correction is not recorded beside its request."""
    strict, loose = rules(adjustments={"approval_above_points": 10}), rules(adjustments={"approval_above_points": 1000})
    counter = Counter(programmes=strict)
    command = Adjust("adj_1", 50, "goodwill", "", "staff:ann")
    first = counter.approvals.adjust(Fact("adj_1", "content"), MEMBER, command)
    counter.writer._programmes = lambda: loose

    again = counter.approvals.adjust(Fact("adj_1", "content"), MEMBER, command)

    assert isinstance(first.answer, Approval)
    assert first.answer == again.answer
    assert counter.store.load(MEMBER) is None


def test_a_request_sent_again_is_answered_before_it_is_looked_at() -> None:
    """A tier that was asked for, and set meanwhile, is no reason to refuse the request when it comes again."""
    counter = Counter()
    command = OverrideTier("ovr_1", "gold", None, "campaign of spring", TierCause.CAMPAIGN, "staff:ann", "")
    first = counter.approvals.override_tier(Fact("ovr_1", "content"), MEMBER, command)
    decided = counter.approvals.decide(first.answer.approval_id, "staff:bo", is_approved=True, note="")

    assert decided == counter.approvals.override_tier(Fact("ovr_1", "content"), MEMBER, command).answer


class BusyStore(FakeLedgerStore):
    """Loses every race."""

    def check_guard(self, _guard: Guard, _replaced: Guard | None) -> None:
        raise LostRaceError

    def check_approval(self, _approval: Approval) -> None:
        raise LostRaceError


def test_a_request_that_loses_its_races_is_told_to_come_again() -> None:
    """A conflict while a request or a decision is kept is a 409, not a failure of ours."""
    counter = Counter(programmes=rules(adjustments={"approval_above_points": 0}), store=BusyStore())
    counter.store.approvals_of["apr_1"] = Approval("apr_1", ApprovalKind.ADJUSTMENT, MEMBER, {}, "staff:ann", NOON)

    with pytest.raises(ConflictError):
        counter.approvals.adjust(Fact("adj_1", "content"), MEMBER, Adjust("adj_1", 1, "goodwill", "", "staff:ann"))
    with pytest.raises(ConflictError):
        counter.approvals.decide("apr_1", "staff:bo", is_approved=False, note="")


ACTIVE = {"expiry": {"policy": "inactivity", "months": 1, "reminder_days": 0}}


def test_activity_also_keeps_what_is_pending_or_held() -> None:
    """Under `inactivity` a purchase moves the end of all points that are left, not only of those that can be used."""
    programmes = rules(**ACTIVE, earning={"return_window_days": 40}, redemption={"hold_minutes": 10_080})
    account = apply(fresh(programmes), OpenBalance("opn_1", 100, date(2026, 3, 31), "old", "o1", "machine"), programmes, NOON).account
    account = apply(account, PlaceHold("hld_1", "shop", "h1", 30, None, "machine"), programmes, NOON).account
    account = apply(account, purchase(), programmes, NOON).account
    later = NOON + timedelta(days=6)
    in_april = datetime(2026, 4, 20, 4, tzinfo=UTC)

    account = apply(account, purchase(reference="r2", occurred_at=later), programmes, later).account
    ended = apply(account, CommitHold("hld_1", 10, "machine"), programmes, later).account
    account = apply(ended, purchase(reference="r3", occurred_at=in_april), programmes, in_april).account

    assert ended.lots == {date(2026, 4, 30): 90}
    assert {lot for waiting in account.pending.values() for lot in waiting} == {date(2026, 5, 31)}


def test_a_refund_finds_points_that_activity_carried_on() -> None:
    """Points whose first end is long past but which activity kept alive are taken back like any others (law F3)."""
    programmes = rules(**ACTIVE)
    first = apply(fresh(programmes), purchase(), programmes, NOON)
    assert first.entry is not None
    account = first.account
    for month in (4, 5, 6):
        at = datetime(2026, month, 20, 4, tzinfo=UTC)
        account = apply(account, purchase(reference=f"r{month}", occurred_at=at), programmes, at).account

    after = apply(account, refund(first.entry, 10_00), programmes, datetime(2026, 6, 25, tzinfo=UTC)).account

    assert after.active == ActiveRow(date(2026, 3, 15), date(2026, 7, 31))
    assert after.lots == {date(2026, 7, 31): 30}


def test_a_refund_takes_nothing_for_points_that_ended_in_a_gap() -> None:
    """Where activity ceased and the points ended, a refund does not take others in their place."""
    programmes = rules(**ACTIVE)
    first = apply(fresh(programmes), purchase(), programmes, NOON)
    assert first.entry is not None
    in_june = datetime(2026, 6, 20, 4, tzinfo=UTC)
    account = apply(first.account, purchase(reference="r2", occurred_at=in_june), programmes, in_june).account

    after = apply(account, refund(first.entry, 10_00), programmes, in_june).account

    assert after.lots == {date(2026, 7, 31): 10}


def test_a_clock_that_steps_back_over_a_versions_start_takes_no_tier_back() -> None:
    """Diamond by the version that began a minute ago; a clock four minutes behind reads diamond too, and a purchase there keeps it (X6)."""
    programmes = history((START, preset("four")), (NOON, preset("five")))
    account = apply(fresh(programmes), purchase(10_000_00, occurred_at=NOON), programmes, NOON + timedelta(minutes=1)).account
    behind = NOON - timedelta(minutes=4)
    again = apply(account, purchase(reference="r2", occurred_at=behind), programmes, behind).account

    assert ("diamond", 2) == (account.tier, account.program_version)
    assert ("diamond", 2) == ((seen := standing(account, programmes, behind)).tier.code, seen.program_version)
    assert ("diamond", ()) == (again.tier, again.tier_changes[len(account.tier_changes) :])
