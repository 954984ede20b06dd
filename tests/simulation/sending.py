"""From facts to the product's commands and back: how a request is sent, and what its answer says."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from regulars.accounts.answers import MovementAnswer, PurchaseAnswer
from regulars.accounts.approvals import Approval
from regulars.accounts.approving import ApprovalsService
from regulars.accounts.commands import (
    Adjust,
    BuyTier,
    CancelClosure,
    CancelHold,
    CloseAccount,
    Command,
    CommitHold,
    CreditPartnerPoints,
    OpenBalance,
    OverrideTier,
    PlaceHold,
    RecordActivity,
    RecordPurchase,
    Redeem,
)  # fmt: skip
from regulars.accounts.entries import Entry, EntryKind, Line, TierCause
from regulars.accounts.operations import Fact as Key
from regulars.accounts.operations import OperationsService
from regulars.accounts.ports import LedgerStore
from regulars.accounts.refunds import RefundAnswer, RefundsService
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.waiting import RefundRequest
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.clock import Clock
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import Patience
from regulars.program.model import ProgrammeHistory
from tests.simulation.facts import (
    Buy,
    Correct,
    Decide,
    Do,
    EndHold,
    Exchange,
    Fact,
    Give,
    Leave,
    Promote,
    Refund,
    Reserve,
    SetTier,
    Starts,
    Stay,
    TakeOver,
    Undo,
    Use,
)  # fmt: skip
from tests.support.accounts import FakeDirectory

ACTOR = "machine:till"
NOBODY = "mem_01JD0000000000000000000NBD"
"""No member has this id."""

LEFT = "mem_01JD0000000000000000000LFT"
"""Somebody who is no active member any more and has no account."""

STRANGERS = (NOBODY, LEFT)

type Answer = PurchaseAnswer | RefundAnswer | MovementAnswer | Approval

_PREFIXES = {Buy: "pur", Refund: "ref", Reserve: "hold", Use: "red", Undo: "rcx", EndHold: "end", Give: "gft", Do: "act", Exchange: "par"}
_OWN_ID = {
    EntryKind.PURCHASE: "purchase_id", EntryKind.REFUND: "refund_id", EntryKind.REDEMPTION: "redemption_id", EntryKind.HOLD: "hold_id",
    EntryKind.ADJUSTMENT: "adjustment_id", EntryKind.TRANSFER_OUT: "transfer_id", EntryKind.TRANSFER_IN: "transfer_id",
    EntryKind.ACTIVITY: "activity_id", EntryKind.PARTNER_CREDIT: "credit_id", EntryKind.OPENING_BALANCE: "opening_id",
    EntryKind.TIER_PURCHASE: "tier_purchase_id", EntryKind.TIER_OVERRIDE: "override_id", EntryKind.CLOSURE: "closure_id",
    EntryKind.CLOSURE_NOTICE: "closure_id", EntryKind.CLOSURE_CANCELLATION: "cancellation_id",
    EntryKind.CASE_DECISION: "case_id",
}  # fmt: skip


def key_of(fact: Fact) -> str:
    """The id under which the product knows a fact."""
    return _id_of(_PREFIXES.get(type(fact), "fct"), fact.reference)


@lru_cache(maxsize=4096)
def _id_of(prefix: str, reference: str) -> str:
    """Histories name their facts alike."""
    return derived_id(prefix, "t", reference)


def name_of(entry: Entry) -> str:
    """The id of what an entry records; holds and redemptions that end are named after what they end."""
    if entry.purchase:
        return entry.purchase.purchase_id
    if entry.kind in _OWN_ID:
        return str(entry.detail[_OWN_ID[entry.kind]])
    if entry.kind is EntryKind.REDEMPTION_CANCELLATION:
        return f"undo {entry.detail['redemption_id']}"
    kind = "use" if entry.kind is EntryKind.HOLD_COMMIT else "cancel"
    return f"{kind} {entry.detail['hold_id']}"


def has_come_to_its_end(entry: Entry) -> bool:
    """Whether an entry is the end of an account that time brought, not a request."""
    return entry.kind is EntryKind.CLOSURE and "closure_id" not in entry.detail


def names_of(fact: Fact, approvals: dict[str, str]) -> str:
    """The same id, from the fact."""
    if isinstance(fact, Undo):
        return f"undo {_id_of('red', fact.redemption)}"
    if isinstance(fact, EndHold):
        return f"{'cancel' if fact.points == 0 else 'use'} {_id_of('hold', fact.hold)}"
    return approvals.get(fact.reference, key_of(fact))


class Office:
    """The product's services over a store; `send` asks for one fact to be recorded."""

    def __init__(
        self,
        store: LedgerStore,
        history: ProgrammeHistory,
        clock: Clock,
        random: Callable[[], float],
        birth_months: Mapping[str, int],
        *,
        starts: Starts,
        sleep: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        patience = Patience(sleep, random)
        self._asking = ""
        self.history = history
        self.writer = LedgerWriter(store, lambda: history, clock, patience)
        directory = FakeDirectory(unknown=[NOBODY], inactive=[LEFT])
        directory.birth_months |= birth_months
        self._random = random
        directory.starts |= starts
        self.accounts = AccountsService(store, self.writer, lambda: history, lambda: directory, clock, new_id=self._new_id)
        self.refunds = RefundsService(self.accounts, store, self.writer, patience)
        self.operations = OperationsService(self.accounts, store, self.writer)
        self.approvals = ApprovalsService(self.operations, self.accounts, store, self.writer, clock=clock, new_id=self._new_id)
        self.approval_ids: dict[str, str] = {}
        self._ways: dict[type[Fact], Callable[[Any, str], Recorded[Any] | Approval]] = {
            Buy: self._buy, Refund: lambda fact, content: self.refunds.record(self._refund(fact), content), EndHold: self._end_hold,
            Undo: self._undo, Give: self._give, Correct: self._correct, SetTier: self._set_tier, Decide: self._decide,
        }  # fmt: skip

    def _new_id(self, kind: str) -> str:
        return derived_id(kind, self._asking, str(self._random()))

    def send(self, fact: Fact, content: str = "content") -> Recorded[Any] | Approval:
        """Asks for a fact to be recorded.

        Raises:
            RegularsError: it was refused.
        """
        self._asking = key_of(fact)
        way = self._ways.get(type(fact), self._record)
        return way(fact, content)

    def _record(self, fact: Fact, content: str) -> Recorded[MovementAnswer]:
        return self.operations.record(Key(key_of(fact), content), Buyer(fact.member), self.command(fact))

    def _buy(self, fact: Buy, content: str) -> Recorded[PurchaseAnswer]:
        return self.accounts.record_purchase(Buyer(fact.member), self.purchase(fact), content)

    def _undo(self, fact: Undo, _content: str) -> Recorded[MovementAnswer]:
        return self.operations.cancel_redemption(_id_of("red", fact.redemption), "other", ACTOR)

    def _give(self, fact: Give, content: str) -> Recorded[MovementAnswer]:
        return self.operations.give(Key(key_of(fact), content), fact.member, Buyer(fact.to), fact.points, ACTOR)

    def _correct(self, fact: Correct, content: str) -> Recorded[MovementAnswer | Approval]:
        adjust = Adjust(key_of(fact), fact.points, fact.reason, "", fact.by)
        return self.approvals.adjust(Key(key_of(fact), content), fact.member, adjust)

    def _set_tier(self, fact: SetTier, content: str) -> Recorded[Approval]:
        return self.approvals.override_tier(Key(key_of(fact), content), fact.member, self._override(fact))

    def _decide(self, fact: Decide, _content: str) -> Approval:
        approval_id = self.approval_ids.get(fact.request, "apr_none")
        return self.approvals.decide(approval_id, fact.by, is_approved=fact.is_approved, note="")

    def preview(self, fact: Fact) -> PurchaseAnswer | MovementAnswer:
        """What a fact would come to; nothing is written."""
        if isinstance(fact, Buy):
            return self.accounts.preview_purchase(Buyer(fact.member), self.purchase(fact), "content")
        if isinstance(fact, Refund):
            movement = self.refunds.preview(self._refund(fact), "content").movement
            assert movement
            return movement
        return self.operations.preview(Key(key_of(fact), "content"), Buyer(fact.member), self.command(fact))

    # --- commands ---------------------------------------------------------------------------------------------------
    @staticmethod
    def purchase(fact: Buy) -> RecordPurchase:
        """The command of a purchase."""
        return RecordPurchase(
            purchase_id=key_of(fact),
            source="t",
            reference=fact.reference,
            store_id=fact.store,
            channel=fact.channel,
            occurred_at=fact.occurred_at,
            currency="CNY",
            lines=tuple(Line(line.sku, line.category, 1, line.amount, line.brand, line.is_reward) for line in fact.lines),
            actor=ACTOR,
            may_import=fact.is_import,
            hold_id=_id_of("hold", fact.hold) if fact.hold else None,
            vouchers_amount=fact.vouchers,
            campaigns=fact.campaigns,
        )

    @staticmethod
    def _refund(fact: Refund) -> RefundRequest:
        purchase_id = _id_of("pur", fact.purchase)
        reference, moment = fact.reference, fact.occurred_at
        return RefundRequest(key_of(fact), purchase_id, "t", reference, moment, fact.by_line, fact.by_amount, ACTOR, fact.is_import)

    def _end_hold(self, fact: EndHold, content: str) -> Recorded[MovementAnswer]:
        hold_id = _id_of("hold", fact.hold)
        if fact.points == 0:
            return self.operations.cancel_hold(CancelHold(hold_id, ACTOR), content)
        return self.operations.commit_hold(CommitHold(hold_id, fact.points, ACTOR), content)

    @staticmethod
    def _override(fact: SetTier) -> OverrideTier:
        return OverrideTier(key_of(fact), fact.tier, fact.ends_on, "because", TierCause(fact.cause), fact.by, "")

    @staticmethod
    def command(fact: Fact) -> Command:
        """The command of a fact that has no way of its own."""
        key = key_of(fact)
        makers: dict[type[Fact], Callable[[Any], Command]] = {
            Reserve: lambda fact: PlaceHold(key, "t", fact.reference, fact.points, fact.order_amount, ACTOR),
            Use: lambda fact: Redeem(key, "t", fact.reference, fact.points, fact.order_amount, "gift", ACTOR),
            Do: lambda fact: RecordActivity(key, fact.activity, "t", fact.reference, ACTOR, fact.is_by_member),
            Exchange: lambda fact: CreditPartnerPoints(key, fact.partner, fact.points, fact.reference, ACTOR),
            TakeOver: lambda fact: OpenBalance(key, fact.points, fact.ends_on, "t", fact.reference, ACTOR),
            Promote: lambda fact: BuyTier(key, fact.offer, ACTOR),
            Leave: lambda fact: CloseAccount(key, "wish", ACTOR, fact.closes_on, fact.at_once),
            Stay: lambda _fact: CancelClosure(key, ACTOR),
        }
        return makers[type(fact)](fact)
