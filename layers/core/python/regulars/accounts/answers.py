"""What a recorded purchase is answered with, in codes: kept in its guard, so that a replay answers the same (law I4)."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Self

from regulars.accounts.ledger import Outcome
from regulars.accounts.model import PostingKind


@dataclass(frozen=True, slots=True)
class EarnedPart:
    """Points of a purchase that one rule gave: the rule, the tier it looked at, and its rate in thousandths."""

    rule: str
    tier: str
    rate_thousandths: int
    points: int


@dataclass(frozen=True, slots=True)
class PurchaseAnswer:
    """The outcome of a purchase; days are `YYYY-MM-DD`, points whole, amounts minor units."""

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

    def to_text(self) -> str:
        """The answer as a guard keeps it."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The answer that a guard kept."""
        fields = json.loads(text)
        return cls(**{**fields, "parts": tuple(EarnedPart(**part) for part in fields["parts"])})


def purchase_answer(outcome: Outcome) -> PurchaseAnswer:
    """The answer for the outcome of a purchase."""
    entry = outcome.entry
    if entry is None or entry.purchase is None:
        raise ValueError("not the outcome of a purchase")
    earned = [posting for posting in entry.postings if posting.kind is PostingKind.EARN]
    purchase = entry.purchase
    return PurchaseAnswer(
        purchase_id=purchase.purchase_id,
        entry_id=entry.entry_id,
        member_id=entry.member_id,
        points=sum(posting.points for posting in earned),
        available_from=_text(earned[0].available_from if earned else None),
        expires_on=_text(earned[0].lot if earned else None),
        parts=tuple(EarnedPart(posting.rule, purchase.tier, purchase.rate_thousandths, posting.points) for posting in earned),
        eligible_amount=purchase.eligible_amount,
        balance=entry.balance_after,
        pending=entry.pending_after,
        tier=outcome.account.tier,
        tier_before=entry.tier_change.from_tier if entry.tier_change else outcome.account.tier,
        program_version=entry.program_version,
    )


def _text(day: date | None) -> str | None:
    return None if day is None or day.year == date.max.year else day.isoformat()
