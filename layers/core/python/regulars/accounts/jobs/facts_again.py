"""Recorded facts as commands again: what an entry says was asked for, as far as it can be asked for once more."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Protocol

from regulars.accounts.commands import (
    Adjust,
    BuyTier,
    CancelClosure,
    CancelHold,
    CancelRedemption,
    CloseAccount,
    Command,
    CommitHold,
    CreditPartnerPoints,
    DecideCase,
    GivePoints,
    OpenBalance,
    OverrideTier,
    PlaceHold,
    ReceivePoints,
    RecordActivity,
    RecordPurchase,
    RecordRefund,
    Redeem,
    RefundState,
)
from regulars.accounts.entries import Entry, EntryKind, PostingKind, TierCause
from regulars.accounts.model import NEVER, Account


class Known(Protocol):
    """What the commands of later facts need to know of earlier ones."""

    @property
    def account(self) -> Account:
        """The account as it stands."""
        ...

    @property
    def purchases(self) -> Mapping[str, tuple[Entry, RefundState]]:
        """The purchases recorded so far, with what was refunded of each."""
        ...

    @property
    def taken(self) -> Collection[str]:
        """The cases whose points were taken."""
        ...

    @property
    def redemptions(self) -> Mapping[str, Entry]:
        """The redemptions recorded so far."""
        ...


def text(entry: Entry, name: str) -> str:
    """A fact of an entry; empty when it has none of this name."""
    return str(entry.detail.get(name, ""))


def _number(entry: Entry, name: str) -> int:
    return int(entry.detail.get(name, 0))


def _moved(entry: Entry, kind: PostingKind) -> int:
    return abs(sum(posting.points for posting in entry.postings if posting.kind is kind))


def _lots(entry: Entry, kind: PostingKind) -> dict[date, int]:
    found: Counter[date] = Counter()
    for posting in entry.postings:
        if posting.kind is kind:
            found[posting.lot] += posting.points
    return dict(found)


def _purchase(known: Known, entry: Entry) -> Command | None:
    purchase = entry.purchase
    if purchase is None:
        return None
    hold_id = text(entry, "hold_id")
    is_held = hold_id in known.account.holds
    paid = 0 if is_held else _number(entry, "paid_with_points")
    return RecordPurchase(
        purchase_id=purchase.purchase_id,
        source=purchase.source,
        reference=purchase.reference,
        store_id=purchase.store_id,
        channel=purchase.channel,
        occurred_at=entry.effective_at,
        currency=purchase.currency,
        lines=tuple(item.line for item in purchase.lines),
        actor=entry.actor,
        may_import=True,
        hold_id=hold_id if is_held else None,
        vouchers_amount=_number(entry, "vouchers_amount") + paid,
        case_id=f"case of {purchase.purchase_id}",
    )


def _refund(known: Known, entry: Entry) -> Command | None:
    """A refund by amount, whatever lines it named: the entry keeps the amount alone."""
    recorded = known.purchases.get(text(entry, "purchase_id"))
    if recorded is None:
        return None
    return RecordRefund(
        refund_id=text(entry, "refund_id"),
        source=text(entry, "source"),
        reference=text(entry, "reference"),
        occurred_at=entry.effective_at,
        purchase=recorded[0],
        state=recorded[1],
        by_line={},
        by_amount=_number(entry, "amount"),
        actor=entry.actor,
        is_waiting=True,
        is_forfeited=text(recorded[0], "case_id") in known.taken,
    )


def _hold(known: Known, entry: Entry) -> Command | None:
    points = min(_moved(entry, PostingKind.HOLD), known.account.available)
    facts = (text(entry, "hold_id"), text(entry, "source"), text(entry, "reference"))
    return PlaceHold(*facts, points, None, entry.actor) if points else None


def _hold_commit(known: Known, entry: Entry) -> Command | None:
    hold = known.account.holds.get(text(entry, "hold_id"))
    return CommitHold(text(entry, "hold_id"), min(_moved(entry, PostingKind.HOLD_COMMIT), hold.points), entry.actor) if hold else None


def _hold_cancellation(known: Known, entry: Entry) -> Command | None:
    hold_id = text(entry, "hold_id")
    return CancelHold(hold_id, entry.actor) if hold_id in known.account.holds else None


def _redemption(_known: Known, entry: Entry) -> Command:
    facts = (text(entry, "redemption_id"), text(entry, "source"), text(entry, "reference"))
    return Redeem(*facts, _moved(entry, PostingKind.REDEEM), None, text(entry, "purpose"), entry.actor)


def _redemption_cancellation(known: Known, entry: Entry) -> Command | None:
    redemption = known.redemptions.get(text(entry, "redemption_id"))
    return CancelRedemption(redemption, text(entry, "reason"), entry.actor) if redemption else None


def _adjustment(_known: Known, entry: Entry) -> Command:
    points = sum(posting.points for posting in entry.postings if posting.kind is PostingKind.ADJUST)
    return Adjust(text(entry, "adjustment_id"), points, text(entry, "reason_code"), "", entry.actor, "what_if")


def _gift(_known: Known, entry: Entry) -> Command:
    points = _moved(entry, PostingKind.TRANSFER_OUT)
    return GivePoints(text(entry, "transfer_id"), text(entry, "to_member_id"), points, entry.actor)


def _received(_known: Known, entry: Entry) -> Command:
    lots = _lots(entry, PostingKind.TRANSFER_IN)
    return ReceivePoints(text(entry, "transfer_id"), text(entry, "from_member_id"), lots, entry.actor)


def _activity(_known: Known, entry: Entry) -> Command:
    return RecordActivity(text(entry, "activity_id"), text(entry, "activity"), text(entry, "source"), text(entry, "reference"), entry.actor)


def _partner_credit(_known: Known, entry: Entry) -> Command:
    facts = (text(entry, "credit_id"), text(entry, "partner"), _number(entry, "partner_points"), text(entry, "reference"))
    return CreditPartnerPoints(*facts, entry.actor)


def _opening(_known: Known, entry: Entry) -> Command | None:
    posting = next((posting for posting in entry.postings if posting.kind is PostingKind.ADJUST), None)
    if posting is None:
        return None
    lot = None if posting.lot == NEVER else posting.lot
    facts = (text(entry, "opening_id"), posting.points, lot, text(entry, "source"), text(entry, "reference"))
    return OpenBalance(*facts, entry.actor)


def _tier_purchase(_known: Known, entry: Entry) -> Command:
    return BuyTier(text(entry, "tier_purchase_id"), text(entry, "offer"), entry.actor)


def _tier_override(_known: Known, entry: Entry) -> Command:
    ends_on = date.fromisoformat(text(entry, "ends_on")) if "ends_on" in entry.detail else None
    facts = (text(entry, "override_id"), text(entry, "tier"), ends_on, text(entry, "reason"))
    causes = [change.cause for change in entry.tier_changes if change.cause is TierCause.CAMPAIGN]
    return OverrideTier(*facts, causes[0] if causes else TierCause.OVERRIDE, entry.actor, text(entry, "approved_by"))


def _case_decision(known: Known, entry: Entry) -> Command | None:
    """What was decided then, on whatever is held now."""
    case = known.account.case
    return DecideCase(case.case_id, text(entry, "decision") == "released", "", entry.actor) if case else None


def _closure(_known: Known, entry: Entry) -> Command | None:
    """The end that a run-off comes to is none of its own: it follows from its notice."""
    if "notice_id" in entry.detail:
        return None
    closes_on = date.fromisoformat(text(entry, "closes_on")) if entry.kind is EntryKind.CLOSURE_NOTICE else None
    return CloseAccount(text(entry, "closure_id"), text(entry, "reason"), entry.actor, closes_on, at_once=closes_on is None)


def _closure_cancellation(known: Known, entry: Entry) -> Command | None:
    return CancelClosure(text(entry, "cancellation_id"), entry.actor) if known.account.closing else None


COMMANDS: Mapping[EntryKind, Callable[[Known, Entry], Command | None]] = {
    EntryKind.PURCHASE: _purchase,
    EntryKind.REFUND: _refund,
    EntryKind.HOLD: _hold,
    EntryKind.HOLD_COMMIT: _hold_commit,
    EntryKind.HOLD_CANCELLATION: _hold_cancellation,
    EntryKind.REDEMPTION: _redemption,
    EntryKind.REDEMPTION_CANCELLATION: _redemption_cancellation,
    EntryKind.ADJUSTMENT: _adjustment,
    EntryKind.TRANSFER_OUT: _gift,
    EntryKind.TRANSFER_IN: _received,
    EntryKind.ACTIVITY: _activity,
    EntryKind.PARTNER_CREDIT: _partner_credit,
    EntryKind.OPENING_BALANCE: _opening,
    EntryKind.TIER_PURCHASE: _tier_purchase,
    EntryKind.TIER_OVERRIDE: _tier_override,
    EntryKind.CASE_DECISION: _case_decision,
    EntryKind.CLOSURE_NOTICE: _closure,
    EntryKind.CLOSURE_CANCELLATION: _closure_cancellation,
    EntryKind.CLOSURE: _closure,
}
"""How each kind of entry is asked for again; settlements follow by themselves."""
