"""What needs a second person, on fakes: asked by one, decided by another, recorded once with both names (PTS-24, TIER-17)."""

from copy import replace
from datetime import date

import pytest

from regulars.accounts.approvals import Approval, ApprovalStatus
from regulars.accounts.commands import Adjust, OverrideTier
from regulars.accounts.entries import TierCause
from regulars.accounts.errors import AlreadyDecidedError, OwnRequestError, ReasonUnknownError, TierUnknownError
from regulars.accounts.operations import Fact
from regulars.accounts.service import Recorded
from regulars.kernel.errors import NotFoundError
from tests.support.accounts import MEMBER, NOON
from tests.support.counter import Counter
from tests.support.ledger import FakeLedgerStore


def adjusting(points: int, reason: str = "goodwill") -> Adjust:
    return Adjust("adj_1", points, reason, "a note", "staff:a")


def test_a_small_correction_is_made_at_once_a_large_one_waits_for_another_person() -> None:
    """Above 1,000 points it is a request; not the requester but another decides; both names are in the ledger (PTS-24, law A2)."""
    counter = Counter()
    small = counter.approvals.adjust(Fact("adj_0", "a"), MEMBER, replace(adjusting(1_000), adjustment_id="adj_0"))
    asked = counter.approvals.adjust(Fact("adj_1", "a"), MEMBER, adjusting(1_001)).answer
    again = counter.approvals.adjust(Fact("adj_1", "a"), MEMBER, adjusting(1_001))

    assert not isinstance(small.answer, Approval)
    assert isinstance(asked, Approval)
    assert (Recorded(asked, is_replay=True), 1_000) == (again, counter.available)
    with pytest.raises(OwnRequestError):
        counter.approvals.decide(asked.approval_id, "staff:a", is_approved=True, note="")
    decided = [counter.approvals.decide(asked.approval_id, "staff:b", is_approved=True, note="checked") for _ in range(2)]
    assert [ApprovalStatus.APPROVED] * 2 == [approval.status for approval in decided]
    assert 2_001 == counter.available
    entry = counter.store.all_entries(MEMBER)[-1]
    assert ("staff:a", "staff:b") == (entry.actor, entry.detail["approved_by"])
    assert (None, entry.entry_id) == tuple(counter.approvals.decided_entry(approval) for approval in (asked, decided[0]))
    with pytest.raises(AlreadyDecidedError):
        counter.approvals.decide(asked.approval_id, "staff:c", is_approved=False, note="")


def test_what_is_rejected_changes_nothing() -> None:
    """The request stays readable with its decision."""
    counter = Counter()
    asked = counter.approvals.adjust(Fact("adj_1", "a"), MEMBER, adjusting(5_000)).answer
    assert isinstance(asked, Approval)
    rejected = counter.approvals.decide(asked.approval_id, "staff:b", is_approved=False, note="no receipt")

    assert (ApprovalStatus.REJECTED, "no receipt", 0) == (rejected.status, rejected.note, counter.available)
    assert (rejected,) == counter.approvals.approvals(10, None).items
    with pytest.raises(NotFoundError):
        counter.approvals.approval("apr_9")


def test_an_unfit_large_correction_is_refused_before_anybody_is_asked() -> None:
    """A reason there is not."""
    with pytest.raises(ReasonUnknownError):
        Counter().approvals.adjust(Fact("adj_1", "a"), MEMBER, adjusting(5_000, "because"))


def test_a_tier_is_set_by_two_persons() -> None:
    """Asked by one, decided by another, in force at once (TIER-17)."""
    counter = Counter()
    counter.buy()
    command = OverrideTier("ovr_1", "gold", date(2026, 6, 30), "complaint", TierCause.OVERRIDE, "staff:a", "")
    asked = counter.approvals.override_tier(Fact("ovr_1", "a"), MEMBER, command).answer
    assert "ordinary" == counter.service.standing(MEMBER).tier.code
    counter.approvals.decide(asked.approval_id, "staff:b", is_approved=True, note="")

    assert "gold" == counter.service.standing(MEMBER).tier.code
    with pytest.raises(TierUnknownError):
        counter.approvals.override_tier(Fact("ovr_2", "a"), MEMBER, replace(command, tier="diamond"))


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_requests_are_read_page_by_page(limit: int) -> None:
    """Newest first, each once."""
    counter = Counter()
    for number in range(3):
        fact = Fact(f"adj_{number}", "a")
        counter.approvals.adjust(fact, MEMBER, replace(adjusting(5_000), adjustment_id=fact.key))
    found, cursor = [], None
    while True:
        page = counter.approvals.approvals(limit, cursor)
        found += [approval.approval_id for approval in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert sorted(found, reverse=True) == found
    assert 3 == len(set(found))


class DecidedMeanwhile(FakeLedgerStore):
    """Somebody else rejects a request after it was read and before the decision on it is kept."""

    def check_approval(self, approval: Approval) -> None:
        known = self.approvals_of[approval.approval_id]
        if known.status is ApprovalStatus.PENDING:
            self.approvals_of[approval.approval_id] = known.decided("staff:c", NOON, is_approved=False, note="no receipt")
        super().check_approval(approval)


@pytest.mark.parametrize("is_approved", [True, False])
def test_who_decides_second_is_told_so_at_once(*, is_approved: bool) -> None:
    """The request is read again after a lost race: no second of waiting for a race that cannot be won any more, no 409."""
    counter = Counter(store=DecidedMeanwhile())
    asked = counter.approvals.adjust(Fact("adj_1", "a"), MEMBER, adjusting(5_000)).answer
    assert isinstance(asked, Approval)

    with pytest.raises(AlreadyDecidedError):
        counter.approvals.decide(asked.approval_id, "staff:b", is_approved=is_approved, note="")
    assert (1, 0) == (len(counter.pauses), counter.available)
