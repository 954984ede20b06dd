"""What recorded facts are answered with, in codes: kept in their guards, so that a replay answers the same (law I4)."""

from collections.abc import Mapping
from datetime import date
from typing import Self

import msgspec
from msgspec import Struct

from regulars.accounts.entries import Entry, EntryKind, Posting, PostingKind
from regulars.accounts.ledger import Outcome

_EARNED = frozenset({PostingKind.EARN, PostingKind.EARN_BONUS})
_OWN_POSTINGS = {
    EntryKind.REFUND: frozenset({PostingKind.REFUND_REVERSAL, PostingKind.REDEEM_RETURN}),
    EntryKind.REDEMPTION: frozenset({PostingKind.REDEEM}),
    EntryKind.REDEMPTION_CANCELLATION: frozenset({PostingKind.REDEEM_RETURN}),
    EntryKind.HOLD: frozenset({PostingKind.HOLD}),
    EntryKind.HOLD_COMMIT: frozenset({PostingKind.HOLD_COMMIT}),
    EntryKind.HOLD_CANCELLATION: frozenset({PostingKind.HOLD_RELEASE}),
    EntryKind.ADJUSTMENT: frozenset({PostingKind.ADJUST}),
    EntryKind.TRANSFER_OUT: frozenset({PostingKind.TRANSFER_OUT}),
    EntryKind.TRANSFER_IN: frozenset({PostingKind.TRANSFER_IN}),
    EntryKind.ACTIVITY: frozenset({PostingKind.EARN_BONUS}),
    EntryKind.PARTNER_CREDIT: frozenset({PostingKind.EARN_BONUS}),
    EntryKind.OPENING_BALANCE: frozenset({PostingKind.ADJUST}),
    EntryKind.TIER_PURCHASE: frozenset({PostingKind.REDEEM}),
    EntryKind.TIER_OVERRIDE: frozenset[PostingKind](),
    EntryKind.CASE_DECISION: frozenset({PostingKind.RESUME}),
    EntryKind.CLOSURE_NOTICE: frozenset[PostingKind](),
    EntryKind.CLOSURE_CANCELLATION: frozenset[PostingKind](),
    EntryKind.CLOSURE: frozenset({PostingKind.FORFEIT, PostingKind.REDEEM}),
}
"""The postings that are a kind's own; the others of an entry come from settling first."""


class EarnedPart(Struct, frozen=True):
    """Points of a purchase that one rule gave: the rule, the tier it looked at, and the tier's rate in thousandths."""

    rule: str
    tier: str
    rate_thousandths: int
    points: int


class PurchaseAnswer(Struct, frozen=True):
    """The outcome of a purchase; days are `YYYY-MM-DD`, points whole, amounts minor units.

    `case_id` names the case that holds its points for a look, through the day before `releases_on` at the most.
    """

    purchase_id: str
    entry_id: str
    member_id: str
    points: int
    available_from: str | None
    expires_on: str | None
    parts: tuple[EarnedPart, ...]
    eligible_amount: int
    balance: int
    pending: int
    tier: str
    tier_before: str
    program_version: int
    case_id: str | None = None
    releases_on: str | None = None

    def to_text(self) -> str:
        """The answer as a guard keeps it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The answer that a guard kept."""
        return msgspec.json.decode(text, type=cls)


class MovementAnswer(Struct, frozen=True):
    """The outcome of everything but a purchase: the points of its own postings, the account after it, and the facts of its kind."""

    entry_id: str
    member_id: str
    kind: str
    points: int
    balance: int
    pending: int
    held: int
    debt: int
    tier: str
    tier_before: str
    program_version: int
    detail: Mapping[str, str | int]

    def to_text(self) -> str:
        """The answer as a guard keeps it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The answer that a guard kept."""
        return msgspec.json.decode(text, type=cls)


def earned_parts(entry: Entry) -> tuple[EarnedPart, ...]:
    """What each rule gave in a purchase's entry."""
    purchase = entry.purchase
    if purchase is None:
        return ()
    earned = [posting for posting in entry.postings if posting.kind in _EARNED]
    return tuple(EarnedPart(posting.rule, purchase.tier, purchase.rate_thousandths, posting.points) for posting in earned)


def purchase_answer(outcome: Outcome) -> PurchaseAnswer:
    """The answer for the outcome of a purchase."""
    entry = outcome.entry
    if entry is None or entry.purchase is None:
        raise ValueError("not the outcome of a purchase")
    earned = [posting for posting in entry.postings if posting.kind in _EARNED]
    return PurchaseAnswer(
        purchase_id=entry.purchase.purchase_id,
        entry_id=entry.entry_id,
        member_id=entry.member_id,
        points=sum(posting.points for posting in earned),
        available_from=_text(earned[0].available_from if earned and "case_id" not in entry.detail else None),
        expires_on=_text(earned[0].lot if earned else None),
        parts=earned_parts(entry),
        eligible_amount=entry.purchase.eligible_amount,
        balance=entry.balance_after,
        pending=entry.pending_after,
        tier=outcome.account.tier,
        tier_before=_tier_before(outcome),
        program_version=entry.program_version,
        case_id=_fact(entry, "case_id"),
        releases_on=_fact(entry, "releases_on"),
    )


def movement_answer(outcome: Outcome) -> MovementAnswer:
    """The answer for any other outcome."""
    entry = outcome.entry
    if entry is None:
        raise ValueError("nothing was recorded")
    return MovementAnswer(
        entry_id=entry.entry_id,
        member_id=entry.member_id,
        kind=entry.kind.value,
        points=sum(posting.points for posting in entry.postings if _is_own(entry, posting)),
        balance=entry.balance_after,
        pending=entry.pending_after,
        held=entry.held_after,
        debt=entry.debt_after,
        tier=outcome.account.tier,
        tier_before=_tier_before(outcome),
        program_version=entry.program_version,
        detail=entry.detail,
    )


def _is_own(entry: Entry, posting: Posting) -> bool:
    is_of_hold = entry.kind is EntryKind.HOLD_CANCELLATION and posting.rule != entry.detail["hold_id"]
    return posting.kind in _OWN_POSTINGS[entry.kind] and not is_of_hold


def _tier_before(outcome: Outcome) -> str:
    changes = outcome.entry.tier_changes if outcome.entry else ()
    return changes[0].from_tier if changes else outcome.account.tier


def _fact(entry: Entry, name: str) -> str | None:
    return str(entry.detail[name]) if name in entry.detail else None


def _text(day: date | None) -> str | None:
    return None if day is None or day.year == date.max.year else day.isoformat()
