"""The use cases besides purchases, on fakes: once each, refunds in any order, gifts whole, nothing large without a second person."""

from contextlib import nullcontext
from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.accounts.commands import CancelHold, CommitHold, PlaceHold, Redeem
from regulars.accounts.entries import EntryKind
from regulars.accounts.errors import (
    HoldEndedError,
    InsufficientPointsError,
    MemberNotFoundError,
    OccurredInFutureError,
    RefundExceedsPurchaseError,
    RefundsWaitingError,
    TransferToSelfError,
)
from regulars.accounts.operations import Fact
from regulars.accounts.service import Buyer
from regulars.accounts.waiting import WAITING_MAX, RefundRequest
from regulars.kernel.errors import IdempotencyMismatchError, NotFoundError
from regulars.kernel.ids import derived_id
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, FakeDirectory, changed, history, purchase
from tests.support.counter import ME, Counter

OTHER = "mem_01JD0000000000000000000002"
RULES = history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), transfers={"enabled": True})))


def back(amount: int = 0, *, number: int = 1, by_line: dict[int, int] | None = None, reference: str = "r1") -> RefundRequest:
    """A refund over the whole of a purchase, or by lines."""
    purchase_id = derived_id("pur", "purchase", "till-1", reference)
    return RefundRequest(f"ref_{number}", purchase_id, "till-1", f"back-{number}", NOON, by_line or {}, amount, "machine:till")


def test_a_refund_counts_once_and_is_answered_alike() -> None:
    """Ten times the same: half of the points, once; other content under its reference is refused."""
    counter = Counter()
    counter.buy()
    first = counter.refunds.record(back(50_00), "hash")
    replays = [counter.refunds.record(back(50_00), "hash") for _ in range(9)]

    assert 50 == counter.available
    assert all(replay.is_replay and replay.answer.to_text() == first.answer.to_text() for replay in replays)
    with pytest.raises(IdempotencyMismatchError):
        counter.refunds.record(back(60_00), "other")


def test_refunds_before_their_purchase_end_as_in_order() -> None:
    """Two wait; with the purchase all three count, in one commit of three entries (law F4)."""
    early, late = Counter(), Counter()
    waiting = [early.refunds.record(back(amount, number=number), "hash") for number, amount in enumerate((30_00, 20_00), 1)]
    early.buy()
    late.buy()
    for number, amount in enumerate((30_00, 20_00), 1):
        late.refunds.record(back(amount, number=number), "hash")

    assert [None, None] == [recorded.answer.movement for recorded in waiting]
    assert 50 == early.available == late.available
    assert [EntryKind.PURCHASE, EntryKind.REFUND, EntryKind.REFUND] == [entry.kind for entry in early.store.all_entries(MEMBER)]
    purchase_id = back().purchase_id
    assert early.store.refunds(purchase_id) == late.store.refunds(purchase_id)
    assert waiting[0].answer == early.refunds.record(back(30_00), "hash").answer


def test_a_waiting_refund_is_found_with_its_entry_once_it_has_one() -> None:
    """Before the purchase: no entry; after it: the second of the account."""
    counter = Counter()
    counter.refunds.record(back(30_00), "hash")
    assert counter.refunds.find("ref_1")[1] is None
    counter.buy()
    answer, entry = counter.refunds.find("ref_1")

    assert entry is not None
    assert (2, "ref_1", None) == (entry.version, answer.refund_id, answer.movement)
    with pytest.raises(NotFoundError):
        counter.refunds.find("ref_9")
    with pytest.raises(NotFoundError):
        counter.service.purchase("pur_9")


def test_a_purchase_for_which_refunds_wait_is_refused_like_any_other() -> None:
    """What waits changes nothing about who may buy; it is not a purchase either."""
    counter = Counter(directory=FakeDirectory(unknown=[MEMBER]))
    counter.refunds.record(back(30_00), "hash")
    with pytest.raises(MemberNotFoundError):
        counter.buy()
    with pytest.raises(NotFoundError):
        counter.service.purchase(back().purchase_id)


def test_only_so_many_refunds_wait_for_one_purchase() -> None:
    """The list is bounded by design (fault 27)."""
    counter = Counter()
    for number in range(WAITING_MAX):
        counter.refunds.record(back(1, number=number), "hash")
    with pytest.raises(RefundsWaitingError):
        counter.refunds.record(back(1, number=99), "hash")


def test_a_refund_is_tried_first_without_a_trace() -> None:
    """The preview says what would come; after recording it says what came; of a purchase to come nothing can be said."""
    counter = Counter()
    unknown = counter.refunds.preview(back(50_00), "hash")
    counter.buy()
    tried = counter.refunds.preview(back(50_00), "hash")
    assert 100 == counter.available
    recorded = counter.refunds.record(back(50_00), "hash")

    assert unknown.movement is None
    assert tried.to_text() == recorded.answer.to_text() == counter.refunds.preview(back(50_00), "hash").to_text()
    with pytest.raises(RefundExceedsPurchaseError):
        counter.refunds.preview(back(51_00, number=2), "hash")


def test_lines_and_amounts_survive_waiting() -> None:
    """A refund by lines that came first takes back that line's points."""
    counter = Counter()
    counter.refunds.record(back(by_line={1: 40_00}), "hash")
    counter.buy()

    assert 60 == counter.available


def test_a_refund_that_waited_for_an_import_brings_what_is_due_in_between() -> None:
    """The purchase counts as of its day, the refund as of now: years of lots end first, in entries of their own, all in one commit."""
    daily = changed(preset("four"), expiry={"policy": "fixed_days", "days": 365})
    counter = Counter(programmes=history((datetime(2000, 1, 1, tzinfo=UTC), daily)))
    for number in range(40):
        at = NOON - timedelta(days=500 - number)
        counter.service.record_purchase(ME, purchase(10_00, reference=f"old-{number}", occurred_at=at, may_import=True), "hash")
    counter.refunds.record(back(30_00), "hash")
    at = NOON - timedelta(days=450)
    counter.service.record_purchase(ME, purchase(100_00, occurred_at=at, may_import=True), "hash")
    account = counter.store.load(MEMBER)
    assert account is not None

    assert (0, 40 * 10 + 100, 43) == (account.available, account.earned_total, account.version)
    assert EntryKind.REFUND == counter.store.all_entries(MEMBER)[-1].kind
    assert list(range(1, account.version + 1)) == [entry.version for entry in counter.store.all_entries(MEMBER)]


def test_an_imported_refund_counts_as_of_its_moment() -> None:
    """In order of time it does not bring the account to now: the next purchase of the import is no late one."""
    counter = Counter()
    bought, returned, again = (NOON - timedelta(days=days) for days in (100, 90, 80))
    counter.service.record_purchase(ME, purchase(100_00, occurred_at=bought, may_import=True), "hash")
    counter.refunds.record(replace(back(50_00), occurred_at=returned, may_import=True), "hash")
    account = counter.store.load(MEMBER)
    assert account is not None

    assert returned == account.evaluated_at
    counter.service.record_purchase(ME, purchase(100_00, reference="r2", occurred_at=again, may_import=True), "hash")
    assert 150 == counter.available


def test_an_imported_refund_that_waited_counts_with_its_purchase() -> None:
    """It came before its purchase: both are taken as of the purchase's moment, and the import goes on in order (law F4)."""
    counter = Counter()
    returned, bought, again = (NOON - timedelta(days=days) for days in (91, 90, 80))
    counter.refunds.record(replace(back(50_00), occurred_at=returned, may_import=True), "hash")
    counter.service.record_purchase(ME, purchase(1_050_00, occurred_at=bought, may_import=True), "hash")
    account = counter.store.load(MEMBER)
    assert account is not None

    assert (EntryKind.REFUND, bought) == (counter.store.all_entries(MEMBER)[-1].kind, account.evaluated_at)
    counter.service.record_purchase(ME, purchase(100_00, reference="r2", occurred_at=again, may_import=True), "hash")
    account = counter.store.load(MEMBER)
    assert account is not None
    assert (again, 1_000 + 120) == (account.evaluated_at, counter.available)


def test_a_hold_is_known_by_its_id_and_ends_once() -> None:
    """Committed twice it counts once; cancelled afterwards it is refused; another hold's id is none."""
    counter = Counter()
    counter.buy()
    hold = PlaceHold("hold_1", "till-1", "h1", 60, None, "machine:till")
    held = counter.operations.record(Fact("hold_1", "a"), ME, hold)
    used = [counter.operations.commit_hold(CommitHold("hold_1", 50, "machine:till"), "b") for _ in range(3)]

    assert (-60, [-50] * 3) == (held.answer.points, [recorded.answer.points for recorded in used])
    assert (50, 0) == (counter.available, counter.service.standing(MEMBER).held)
    with pytest.raises(HoldEndedError):
        counter.operations.cancel_hold(CancelHold("hold_1", "machine:till"), "c")
    with pytest.raises(NotFoundError):
        counter.operations.commit_hold(CommitHold("hold_9", None, "machine:till"), "b")


def test_a_whole_balance_is_spent_once_though_the_answer_was_lost() -> None:
    """Redeemed, not answered, sent again: the first answer, not `insufficient_points` (architecture: no refusal before the guard)."""
    counter = Counter()
    counter.buy()
    redeem = Redeem("red_1", "till-1", "x1", 100, None, "gift", "machine:till")
    first = counter.operations.record(Fact("red_1", "a"), ME, redeem)

    assert first.answer == counter.operations.record(Fact("red_1", "a"), ME, redeem).answer
    with pytest.raises(InsufficientPointsError):
        counter.operations.record(Fact("red_2", "a"), ME, replace(redeem, redemption_id="red_2"))


def test_a_redemption_is_tried_recorded_and_cancelled_once() -> None:
    """Its points come back once; a purchase's id is no redemption's."""
    counter = Counter()
    counter.buy()
    redeem = Redeem("red_1", "till-1", "x1", 40, None, "gift", "machine:till")
    tried = counter.operations.preview(Fact("red_1", "a"), ME, redeem)
    assert 100 == counter.available
    counter.operations.record(Fact("red_1", "a"), ME, redeem)
    assert tried == counter.operations.preview(Fact("red_1", "a"), ME, redeem)
    for _ in range(2):
        counter.operations.cancel_redemption("red_1", "wrong gift", "staff:a")

    assert 100 == counter.available
    counter.operations.record(Fact("hold_1", "a"), ME, PlaceHold("hold_1", "till-1", "h1", 10, None, "machine:till"))
    with pytest.raises(NotFoundError):
        counter.operations.cancel_redemption("hold_1", "no redemption", "staff:a")


def test_a_gift_is_whole_or_not_at_all() -> None:
    """Both accounts change at once, lots keep their end, nobody gives to themselves or to nobody."""
    counter = Counter(programmes=RULES, directory=FakeDirectory(unknown=["mem_none"]))
    counter.buy()
    for _ in range(2):
        counter.operations.give(Fact("trf_1", "a"), MEMBER, Buyer(OTHER), 40, "member:a")

    assert (60, 40) == (counter.available, counter.service.standing(OTHER).available)
    assert {date(2027, 3, 31): 40} == counter.service.standing(OTHER).account.lots
    with pytest.raises(TransferToSelfError):
        counter.operations.give(Fact("trf_2", "a"), MEMBER, ME, 10, "member:a")
    with pytest.raises(MemberNotFoundError):
        counter.operations.give(Fact("trf_3", "a"), MEMBER, Buyer("mem_none"), 10, "member:a")
    assert 60 == counter.available


def test_a_purchase_is_tried_first_without_a_trace() -> None:
    """Nothing is written; afterwards the preview is what was recorded."""
    counter = Counter()
    tried = counter.service.preview_purchase(ME, purchase(), "hash")
    assert counter.store.load(MEMBER) is None
    recorded = counter.service.record_purchase(ME, purchase(), "hash")

    assert tried == recorded.answer == counter.service.preview_purchase(ME, purchase(), "hash")
    assert MEMBER == counter.service.member_of(Buyer(card_number="62000000"))


@pytest.mark.parametrize(("when", "asked"), [({}, 0), ({"birthday_month": True}, 1), ({"segments": ["vip"]}, 0)])
def test_only_rules_that_look_at_the_member_have_the_members_asked(when: dict[str, object], asked: int) -> None:
    """The month of birth is asked for where a rule in force then needs it; segments are the accounts' own."""
    rule = {"code": "more", "name": {"en": "More", "zh_cn": "更多"}, "when": when, "effect": {"kind": "bonus", "points": 5}}
    counter = Counter(programmes=history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), earning={"rules": [rule]}))))
    counter.buy()
    counter.directory.asked_for_births = 0
    counter.service.record_purchase(ME, purchase(reference="r2"), "hash")

    assert asked == counter.directory.asked_for_births


def test_a_hold_stands_as_what_came_of_it() -> None:
    """Open, used, given back, or ended by itself when its time was over."""
    counter = Counter()
    counter.buy()
    for number in range(4):
        hold = PlaceHold(f"hold_{number}", "till-1", f"h{number}", 10, None, "machine:till")
        counter.operations.record(Fact(hold.hold_id, "hash"), ME, hold)
    counter.operations.commit_hold(CommitHold("hold_1", 5, "machine:till"), "hash")
    counter.operations.cancel_hold(CancelHold("hold_2", "machine:till"), "hash")
    before = [counter.operations.hold(f"hold_{number}").status.value for number in range(4)]
    counter.move(days=1)

    assert ["open", "committed", "cancelled", "open"] == before
    assert "ended" == counter.operations.hold("hold_3").status.value


def test_what_a_newer_version_wrote_about_a_waiting_refund_is_kept() -> None:
    """A field nobody knows yet comes out of the place as it went in, beside the known ones (fault 22)."""
    fields = {**back(30_00, by_line={1: 5}).to_json(), "colour": "red"}

    assert fields == RefundRequest.from_json(fields).to_json()


@pytest.mark.parametrize(("seconds", "is_early"), [(300, False), (301, True)])
def test_a_refund_is_not_of_the_future(seconds: int, is_early: bool) -> None:  # noqa: FBT001  # a table
    """Tills' clocks may be five minutes ahead, no more."""
    counter = Counter()
    counter.buy()
    request = replace(back(30_00), occurred_at=NOON + timedelta(seconds=seconds))
    with pytest.raises(OccurredInFutureError) if is_early else nullcontext():
        counter.refunds.record(request, "hash")

    assert (100 if is_early else 70) == counter.available
