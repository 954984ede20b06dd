"""What a ledger store promises about commits of several things: refunds, two accounts, what waits, and what a second person decides."""

from typing import TYPE_CHECKING

import pytest

from regulars.accounts.approvals import Approval, ApprovalKind
from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.accounts.entries import Entry
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account
from regulars.accounts.ports import Change, Commit, GuardExistsError, LedgerStore
from regulars.accounts.segments import Segments
from regulars.aws.table import Table
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from tests.contract.test_ledger_store import (
    SHARDS,
    account_of,
    bought_with,
    entry_of,
    guard_for,
    member_of,
    with_entries,
)
from tests.support.accounts import MEMBER, NOON, committed, history
from tests.support.ledger import FakeLedgerStore
from tests.support.refunds import refund

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


def _refunded(account: Account, bought: Entry, amount: int, *, number: int = 1) -> Outcome:
    """A refund over the whole of a purchase, the first one of it."""
    return apply(account, refund(bought, amount, number=number), history(), NOON)


def _purchase_id(bought: Outcome) -> str:
    purchase = entry_of(bought).purchase
    assert purchase is not None
    return purchase.purchase_id


class LedgerCommitContract:
    """The suite; a subclass gives the `store`, empty, with `SHARDS` shards."""

    def test_several_entries_of_an_account_are_one_commit(self, store: LedgerStore) -> None:
        """A purchase with a refund that waited for it: two entries, one account, and what was refunded."""
        bought = bought_with(account_of())
        refunded = _refunded(bought.account, entry_of(bought), 500_00)

        store.commit(Commit((Change(account_of(), (bought, refunded)),), guard_for(bought)))

        assert refunded.account == store.load(MEMBER)
        assert [refunded.entry, bought.entry] == store.entries(MEMBER, limit=10, before=None)[0]
        assert refunded.refund == store.refunds(_purchase_id(bought))

    def test_what_was_refunded_meanwhile_loses(self, store: LedgerStore) -> None:
        """Two refunds read the same state; the second one must read again, whatever its account's version."""
        bought = bought_with(account_of())
        store.commit(committed(account_of(), bought))
        first = _refunded(bought.account, entry_of(bought), 500_00)
        store.commit(committed(bought.account, first))
        stale = _refunded(first.account, entry_of(bought), 700_00, number=2)

        with pytest.raises(LostRaceError):
            store.commit(committed(first.account, stale))

        assert first.account == store.load(MEMBER)
        again = apply(first.account, refund(entry_of(bought), 700_00, store.refunds(_purchase_id(bought)), number=2), history(), NOON)
        store.commit(committed(first.account, again))
        assert again.refund == store.refunds(_purchase_id(bought))

    def test_two_accounts_change_together_or_not_at_all(self, store: LedgerStore) -> None:
        """A gift whose receiver has changed meanwhile is not given either."""
        giver, receiver = with_entries(store, 1), with_entries(store, 1, account_of(member_of(0, 0)))
        given, taken = bought_with(giver, "given"), bought_with(receiver, "taken")
        with_entries(store, 1, receiver)

        with pytest.raises(LostRaceError):
            store.commit(Commit((Change(giver, (given,)), Change(receiver, (taken,))), guard_for(given, "trf_1")))

        assert giver == store.load(MEMBER)
        assert store.guard("trf_1") is None

    def test_a_refund_waits_in_its_purchases_place(self, store: LedgerStore) -> None:
        """Two wait, one after the other; the purchase finds them and takes the place; then nothing can wait there."""
        first, second, third = (Guard("pur_1", "", text) for text in ("[1]", "[1,2]", "[1,2,3]"))
        store.wait(first, None, Guard("ref_1", "a", "waits"))
        store.wait(second, first, Guard("ref_2", "b", "waits"))
        bought = bought_with(account_of())

        with pytest.raises(GuardExistsError) as told:
            store.commit(committed(account_of(), bought, guard_for(bought)))
        assert (second, True) == (told.value.guard, told.value.guard.is_waiting)
        with pytest.raises(GuardExistsError):
            store.commit(Commit((Change(account_of(), (bought,)),), guard_for(bought), first))
        store.commit(Commit((Change(account_of(), (bought,)),), guard_for(bought), second))
        with pytest.raises(LostRaceError):
            store.wait(third, second, Guard("ref_3", "c", "waits"))

        assert guard_for(bought) == store.guard("pur_1")
        assert store.guard("ref_3") is None

    def test_a_refund_waits_once(self, store: LedgerStore) -> None:
        """Sent again, it is told what it was answered; what waits stays."""
        waiting = Guard("pur_1", "", "[1]")
        store.wait(waiting, None, Guard("ref_1", "a", "waits"))

        with pytest.raises(GuardExistsError):
            store.wait(Guard("pur_1", "", "[1,1]"), waiting, Guard("ref_1", "a", "waits"))
        with pytest.raises(LostRaceError):
            store.wait(Guard("pur_1", "", "[2]"), None, Guard("ref_2", "b", "waits"))

        assert waiting == store.guard("pur_1")

    def test_a_request_is_decided_once(self, store: LedgerStore) -> None:
        """It is kept with its guard; of two decisions the second loses; an approval goes with its entry."""
        asked = Approval("apr_1", ApprovalKind.ADJUSTMENT, MEMBER, {"points": 5000, "note": ""}, "staff:a", NOON)
        store.request(asked, Guard("apg_1", "a", "apr_1"))
        approved = asked.decided("staff:b", NOON, is_approved=True, note="checked")
        rejected = asked.decided("staff:c", NOON, is_approved=False, note="")
        bought = bought_with(account_of())

        store.commit(Commit((Change(account_of(), (bought,)),), guard_for(bought), approval=approved))
        with pytest.raises(LostRaceError):
            store.decide(rejected)
        with pytest.raises(LostRaceError):
            store.commit(Commit((Change(bought.account, (bought_with(bought.account, "r2"),)),), approval=rejected))
        with pytest.raises(GuardExistsError):
            store.request(asked, Guard("apg_1", "a", "apr_1"))

        assert approved == store.approval("apr_1")
        assert bought.account == store.load(MEMBER)

    def test_segments_are_replaced_as_a_whole(self, store: LedgerStore) -> None:
        """None until somebody sets them; then what was set last, with who and when."""
        unset = store.segments(MEMBER)
        for codes in (("a", "b"), ("c",)):
            store.keep_segments(Segments(MEMBER, codes, "staff:m", NOON))

        assert Segments(MEMBER) == unset
        assert Segments(MEMBER, ("c",), "staff:m", NOON) == store.segments(MEMBER)

    def test_requests_come_newest_first_page_by_page(self, store: LedgerStore) -> None:
        """Their ids sort by time."""
        for number in range(5):
            asked = Approval(f"apr_{number}", ApprovalKind.TIER_OVERRIDE, MEMBER, {"tier": "gold"}, "staff:a", NOON)
            store.request(asked, Guard(f"apg_{number}", "a", asked.approval_id))
        first, after = store.approvals(limit=3, after=None)
        rest, end = store.approvals(limit=3, after=after)

        assert ["apr_4", "apr_3", "apr_2", "apr_1", "apr_0"] == [asked.approval_id for asked in (*first, *rest)]
        assert end is None
        assert store.approval("apr_9") is None


class TestFakeLedgerCommits(LedgerCommitContract):
    """The fake."""

    @pytest.fixture
    def store(self) -> LedgerStore:
        return FakeLedgerStore(SHARDS)


class TestDynamoLedgerCommits(LedgerCommitContract):
    """The table."""

    @pytest.fixture
    def store(self, dynamodb: "DynamoDBClient") -> LedgerStore:
        return DynamoLedgerStore(Table(dynamodb, "accounts"), SHARDS)
