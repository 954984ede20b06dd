"""Purchases between the accounts' language and the wire's."""

from datetime import date
from typing import Any

from functions.accounts.translate.explaining import explain_part
from functions.accounts.translate.parts import content_of
from functions.accounts.wire.purchases import (
    EarnedPartResponse,
    HeldForReviewResponse,
    LineResponse,
    PurchaseRequest,
    PurchaseResponse,
    RecordedPurchaseResponse,
)
from regulars.accounts.answers import PurchaseAnswer
from regulars.accounts.commands import RecordPurchase, RefundState
from regulars.accounts.entries import EarnedLine, Entry, Line
from regulars.kernel.ids import derived_id
from regulars.kernel.language import Language
from regulars.kernel.principal import Principal, Scope
from regulars.program.model import ProgrammeHistory

_ADDED: dict[str, object] = {"hold_id": None, "vouchers_amount": 0, "campaigns": []}
_ADDED_TO_LINES: dict[str, object] = {"brand": "", "is_reward": False}


def purchase_id_of(source: str, reference: str) -> str:
    """The id that a purchase has by its own system's name and number."""
    return derived_id("pur", "purchase", source, reference)


def command_of(body: PurchaseRequest, principal: Principal) -> RecordPurchase:
    """The command of a request."""
    return RecordPurchase(
        purchase_id=purchase_id_of(body.source, body.reference),
        source=body.source,
        reference=body.reference,
        store_id=body.store_id,
        channel=body.channel,
        occurred_at=body.occurred_at,
        currency=body.currency,
        lines=tuple(Line(line.sku, line.category, line.quantity, line.amount, line.brand, line.is_reward) for line in body.lines),
        actor=principal.actor,
        may_import=Scope.PURCHASES_IMPORT in principal.scopes,
        hold_id=body.hold_id,
        vouchers_amount=body.vouchers_amount,
        campaigns=body.campaigns,
    )


def purchase_content(body: PurchaseRequest) -> dict[str, Any]:
    """What makes two purchases the same; fields that came later count only where they say something.

    So the content of a request of an older client hashes as it did when it was first recorded.
    """
    content = content_of(body)
    lines = [_without(line, _ADDED_TO_LINES) for line in content["lines"]]
    return {**_without(content, _ADDED), "lines": lines}


def _without(content: dict[str, Any], usual: dict[str, object]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in usual or value != usual[name]}


def purchase_response(answer: PurchaseAnswer, programmes: ProgrammeHistory, language: Language) -> PurchaseResponse:
    """What a purchase came to."""
    return PurchaseResponse(**_purchase_fields(answer, programmes, language))


def _purchase_fields(answer: PurchaseAnswer, programmes: ProgrammeHistory, language: Language) -> dict[str, Any]:
    programme = programmes.number(answer.program_version).programme
    return {
        "purchase_id": answer.purchase_id,
        "entry_id": answer.entry_id,
        "member_id": answer.member_id,
        "points_earned": answer.points,
        "points_available_from": answer.available_from,
        "held_for_review": _held_for_review(answer),
        "points_expire_on": answer.expires_on,
        "parts": tuple(
            EarnedPartResponse(rule=part.rule, points=part.points, explanation=explain_part(part, programme, language))
            for part in answer.parts
        ),
        "eligible_amount": answer.eligible_amount,
        "balance": answer.balance,
        "pending": answer.pending,
        "tier": answer.tier,
        "tier_before": answer.tier_before,
        "tier_changed": answer.tier != answer.tier_before,
        "program_version": answer.program_version,
    }


def _held_for_review(answer: PurchaseAnswer) -> HeldForReviewResponse | None:
    if answer.case_id is None or answer.releases_on is None:
        return None
    return HeldForReviewResponse(case_id=answer.case_id, releases_on=date.fromisoformat(answer.releases_on))


def recorded_purchase_response(
    answer: PurchaseAnswer, entry: Entry, refunds: RefundState, programmes: ProgrammeHistory, language: Language
) -> RecordedPurchaseResponse:
    """A recorded purchase, whole."""
    purchase = entry.purchase
    if purchase is None:
        raise ValueError("not the entry of a purchase")
    return RecordedPurchaseResponse(
        **_purchase_fields(answer, programmes, language),
        source=purchase.source,
        reference=purchase.reference,
        store_id=purchase.store_id,
        channel=purchase.channel,
        occurred_at=entry.effective_at,
        recorded_at=entry.recorded_at,
        currency=purchase.currency,
        amount=purchase.amount,
        hold_id=str(entry.detail["hold_id"]) if "hold_id" in entry.detail else None,
        paid_with_points=int(entry.detail.get("paid_with_points", 0)),
        vouchers_amount=int(entry.detail.get("vouchers_amount", 0)),
        refunded_amount=sum(refunds.by_line.values()) + refunds.by_amount,
        refund_ids=tuple(refunds.refunds),
        lines=tuple(_line(number, item) for number, item in enumerate(purchase.lines, 1)),
    )


def _line(number: int, item: EarnedLine) -> LineResponse:
    line = item.line
    return LineResponse(
        line=number,
        sku=line.sku,
        category=line.category,
        quantity=line.quantity,
        amount=line.amount,
        brand=line.brand,
        is_reward=line.is_reward,
        points=item.points,
        eligible_amount=item.eligible_amount,
    )
