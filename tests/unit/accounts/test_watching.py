"""Limits against abuse: what is above one is held until somebody has looked, or for some days (PTS-23)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from regulars.accounts.approvals import Approval, ApprovalKind, ApprovalStatus
from regulars.accounts.commands import Adjust, Redeem
from regulars.accounts.entries import Entry, EntryKind, PostingKind
from regulars.accounts.errors import AlreadyDecidedError, CaseEndedError, OwnRequestError
from regulars.accounts.ledger import apply
from regulars.accounts.model import new_account
from regulars.accounts.operations import Fact
from regulars.accounts.service import Recorded
from regulars.accounts.waiting import RefundRequest
from regulars.kernel.ids import derived_id
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase
from tests.support.counter import ME, Counter

START = datetime.fromisoformat("2000-01-01T00:00Z")
OPENED = date(2026, 3, 15)


def rules(**parts: Any) -> ProgrammeHistory:
    """The preset with limits, and what else is given."""
    limits = {"points_per_order": 500, "hold_days": 10, **parts.pop("limits", {})}
    return history((START, changed(preset("four"), abuse_limits=limits, **parts)))


def counter(**parts: Any) -> Counter:
    return Counter(programmes=rules(**parts))


def last(desk: Counter) -> Entry:
    """The latest entry."""
    return desk.store.all_entries(MEMBER)[-1]


def moves(entry: Entry) -> list[tuple[PostingKind, int]]:
    return [(posting.kind, posting.points) for posting in entry.postings]


def figures(desk: Counter) -> tuple[int, int]:
    standing = desk.service.standing(MEMBER)
    return standing.available, standing.pending


def case_of(desk: Counter) -> Approval:
    (approval,) = desk.approvals.approvals(10, None).items
    return approval


def decide(desk: Counter, approval: Approval, *, is_approved: bool, by: str = "staff:b") -> Approval:
    return desk.approvals.decide(approval.approval_id, by, is_approved=is_approved, note="looked")


def refund(desk: Counter, amount: int, reference: str = "r1", name: str = "f1") -> Recorded[Any]:
    purchase_id = derived_id("pur", "purchase", "till-1", reference)
    request = RefundRequest(f"ref_{name}", purchase_id, "till-1", name, desk.now, {}, amount, "machine:till")
    return desk.refunds.record(request, "hash")


def test_points_above_a_limit_wait_and_a_case_opens_with_the_purchase() -> None:
    """All of the purchase's points, not only those above; the limit exactly is not above it."""
    desk = counter()
    desk.buy(500_00, "at the limit")
    answer = desk.service.record_purchase(ME, purchase(501_00), "hash").answer
    case = case_of(desk)

    assert (500, 501) == figures(desk)
    assert [(PostingKind.EARN, 501), (PostingKind.SUSPEND, -501)] == moves(last(desk))
    assert (answer.case_id, "2026-03-25", None) == (case.approval_id, answer.releases_on, answer.available_from)
    assert (ApprovalKind.ABUSE_CASE, ApprovalStatus.PENDING, MEMBER) == (case.kind, case.status, case.member_id)
    assert {
        "purchase_id": answer.purchase_id, "limit": "points_per_order", "points": 501, "releases_at": "2026-03-24T16:00:00.000Z",
    } == case.facts  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "amounts", "limit"),
    [
        ({"points_per_order": None, "points_per_day": 100}, (60_00, 40_00, 1_00), "points_per_day"),
        ({"points_per_order": None, "orders_per_day": 2}, (1_00, 1_00, 1_00), "orders_per_day"),
        ({"points_per_order": 9, "orders_per_day": 2}, (1_00, 1_00, 10_00), "points_per_order"),
    ],
)
def test_each_limit_is_named_by_what_exceeds_it(limits: dict[str, Any], amounts: tuple[int, ...], limit: str) -> None:
    """Points or orders of the day, points of the order; the first of several; the next day begins anew."""
    desk = counter(limits=limits)
    for number, amount in enumerate(amounts):
        desk.buy(amount, f"r{number}")
    assert limit == case_of(desk).facts["limit"]
    available = desk.available
    desk.move(days=1)
    desk.buy(1_00, "tomorrow")
    assert available + 1 == desk.available


def test_after_too_many_refunds_what_is_bought_in_the_rest_of_the_month_waits() -> None:
    """As many as the limit says are none too many."""
    desk = counter(limits={"points_per_order": None, "refunds_per_month": 1})
    desk.buy(10_00)
    refund(desk, 1_00)
    desk.buy(10_00, "r2")
    assert 0 == figures(desk)[1]
    refund(desk, 1_00, name="f2")
    desk.buy(10_00, "r3")
    assert "refunds_per_month" == case_of(desk).facts["limit"]
    desk.now = datetime.fromisoformat("2026-04-01T12:00+08:00")
    desk.service.record_purchase(ME, purchase(10_00, reference="r4", occurred_at=desk.now), "hash")
    assert (38, 0) == figures(desk)


def test_what_earns_nothing_opens_no_case() -> None:
    """An order of nothing more, however many there were."""
    desk = counter(limits={"points_per_order": None, "orders_per_day": 1})
    for number in range(3):
        desk.buy(0, f"r{number}")
    assert () == desk.approvals.approvals(10, None).items


def test_further_purchases_join_the_case_that_is_open() -> None:
    """One look for all of them; a new case opens after the decision."""
    desk = counter()
    desk.buy(600_00)
    desk.buy(700_00, "r2")
    case = case_of(desk)
    joined = desk.approvals.points_held(case)
    decide(desk, case, is_approved=True)
    desk.buy(800_00, "r3")
    open_now = [approval for approval in desk.approvals.approvals(10, None).items if approval.status is ApprovalStatus.PENDING]

    assert 1300 == joined
    assert (1, 800 * 12 // 10) == (len(open_now), desk.approvals.points_held(open_now[0]))
    assert open_now[0].approval_id != case.approval_id


def test_released_points_can_be_used_and_repay_debts() -> None:
    """By a second person, with the note of the decision in the ledger."""
    desk = counter()
    desk.buy(100_00, "r0")
    desk.operations.record(*_redeem(100))
    refund(desk, 100_00, "r0")
    desk.buy(600_00)
    decided = decide(desk, case_of(desk), is_approved=True)

    assert (500, 0) == figures(desk)
    assert [(PostingKind.RESUME, 600), (PostingKind.ACTIVATE, 600), (PostingKind.DEBT_REPAY, -100)] == moves(last(desk))
    assert (EntryKind.CASE_DECISION, "staff:b", "released", "looked") == (
        last(desk).kind, last(desk).actor, last(desk).detail["decision"], last(desk).detail["note"],
    )  # fmt: skip
    assert last(desk).entry_id == desk.approvals.decided_entry(decided)


def _redeem(points: int) -> Any:
    return Fact("red_1", "hash"), ME, Redeem("red_1", "t", "x", points, None, "gift", "till")


def test_released_points_wait_for_the_end_of_the_return_window() -> None:
    """What could not be used yet without the look cannot be used after it either."""
    desk = counter(earning={"return_window_days": 7})
    desk.buy(600_00)
    desk.move(days=3)
    decide(desk, case_of(desk), is_approved=True)
    assert (0, 600) == figures(desk)
    desk.move(days=4)
    assert (600, 0) == figures(desk)


def test_points_that_are_taken_are_gone() -> None:
    """Forfeited; spend and tier stay as the purchase made them."""
    desk = counter()
    desk.buy(1_200_00)
    decided = decide(desk, case_of(desk), is_approved=False)

    assert (0, 0) == figures(desk)
    assert [(PostingKind.RESUME, 1200), (PostingKind.FORFEIT, -1200)] == moves(last(desk))
    assert ("silver", last(desk).entry_id) == (desk.service.standing(MEMBER).tier.code, desk.approvals.decided_entry(decided))


def test_a_refund_takes_held_points_first_and_nothing_twice() -> None:
    """While they are held, out of the case; after they were taken, nothing; what else the member has is untouched."""
    desk = counter()
    desk.buy(400_00, "other")
    desk.buy(600_00)
    refund(desk, 100_00)
    held = moves(last(desk))
    decide(desk, case_of(desk), is_approved=False)
    rest = refund(desk, 500_00, name="f2").answer.movement

    assert [(PostingKind.RESUME, 100), (PostingKind.REFUND_REVERSAL, -100)] == held
    assert rest
    assert (500, 0, 400) == (rest.detail["points_due"], rest.detail["points_taken"], rest.balance)


def test_a_refund_of_everything_ends_the_case() -> None:
    """Nothing is left to decide."""
    desk = counter()
    desk.buy(600_00)
    refund(desk, 600_00)
    assert 0 == desk.approvals.points_held(case_of(desk))
    with pytest.raises(CaseEndedError):
        decide(desk, case_of(desk), is_approved=True)


def test_points_are_free_by_themselves_when_nobody_has_decided_in_time() -> None:
    """Not a moment before, whether or not a job ran; the request has lapsed then and cannot be decided."""
    desk = counter()
    desk.buy(600_00)
    desk.now = datetime.fromisoformat("2026-03-24T23:59:59.999+08:00")
    assert ((0, 600), ApprovalStatus.PENDING) == (figures(desk), case_of(desk).status)
    desk.now = datetime.fromisoformat("2026-03-25T00:00+08:00")
    assert ((600, 0), ApprovalStatus.LAPSED) == (figures(desk), case_of(desk).status)
    with pytest.raises(CaseEndedError):
        decide(desk, case_of(desk), is_approved=False)
    assert desk.service.settle(MEMBER, "job:settle_accounts")
    assert [(PostingKind.RESUME, 600), (PostingKind.ACTIVATE, 600)] == moves(last(desk))


def test_nobody_decides_on_what_they_recorded_and_nobody_twice() -> None:
    """The machine that sold it is none of the two persons; the same decision again answers the same (law A2)."""
    desk = counter()
    desk.buy(600_00)
    case = case_of(desk)
    with pytest.raises(OwnRequestError):
        decide(desk, case, is_approved=True, by="machine:till")
    decided = decide(desk, case, is_approved=False)
    assert decided == decide(desk, case, is_approved=False)
    with pytest.raises(AlreadyDecidedError):
        decide(desk, case, is_approved=True, by="staff:c")


def test_only_an_open_case_says_how_many_points_wait() -> None:
    """Not one that is decided, and no other request of the same member."""
    desk = counter()
    desk.buy(600_00)
    asked = desk.approvals.adjust(Fact("adj_1", "a"), MEMBER, Adjust("adj_1", 5_000, "goodwill", "", "staff:a")).answer
    case = next(item for item in desk.approvals.approvals(10, None).items if item.kind is ApprovalKind.ABUSE_CASE)
    assert isinstance(asked, Approval)
    held = [desk.approvals.points_held(item) for item in (asked, case)]
    assert [None, 600, None] == [*held, desk.approvals.points_held(decide(desk, case, is_approved=True))]


def test_an_import_as_of_its_own_moment_is_not_looked_at() -> None:
    """What another system knew long ago is no abuse of today; the same purchase now is held."""
    desk = counter()
    long_ago = purchase(600_00, reference="old", occurred_at=NOON - timedelta(days=40), may_import=True)
    desk.service.record_purchase(ME, long_ago, "hash")
    assert (600, 0) == figures(desk)
    assert () == desk.approvals.approvals(10, None).items


def test_without_the_id_of_a_case_nothing_is_held() -> None:
    """Who asks the core without one wants no look."""
    account = apply(new_account(MEMBER, rules().at(NOON), NOON), purchase(600_00), rules(), NOON).account
    assert (600, 0) == (account.available, account.pending_points)


def test_points_whose_last_day_it_is_are_held_too() -> None:
    """They could still be used today; those that have ended already are posted in and out, and there is nothing to hold."""
    desk = counter(expiry={"policy": "fixed_days", "days": 3})
    for days in (3, 4):
        bought = purchase(600_00, reference=f"r{days}", occurred_at=NOON - timedelta(days=days))
        desk.service.record_purchase(ME, bought, "hash")
    assert [(PostingKind.EARN, 600), (PostingKind.EXPIRE, -600)] == moves(last(desk))
    assert 600 == desk.approvals.points_held(case_of(desk))


def test_activity_carries_held_points_on() -> None:
    """Under `inactivity`, like all others; released, they last as long."""
    desk = counter(expiry={"policy": "inactivity", "months": 1, "reminder_days": 0}, limits={"hold_days": 90})
    desk.buy(600_00)
    desk.now = datetime.fromisoformat("2026-04-20T12:00+08:00")
    desk.service.record_purchase(ME, purchase(1_00, reference="r2", occurred_at=desk.now), "hash")
    decide(desk, case_of(desk), is_approved=True)
    assert {date(2026, 5, 31): 601} == desk.service.standing(MEMBER).account.lots
