"""Refunds between the accounts' language and the wire's."""

from datetime import datetime
from typing import Any

from functions.accounts.wire.refunds import PurchaseRefundRequest, RefundResponse
from regulars.accounts.entries import Entry
from regulars.accounts.refunds import RefundAnswer
from regulars.accounts.waiting import RefundRequest
from regulars.kernel.ids import derived_id
from regulars.kernel.principal import Principal, Scope

_NONE = (
    "source", "reference", "entry_id", "member_id", "occurred_at", "amount", "points_due", "points_taken", "points_returned",
    "balance", "pending", "held", "debt", "program_version",
)  # fmt: skip


def refund_of(body: PurchaseRefundRequest, purchase_id: str, now: datetime, principal: Principal) -> RefundRequest:
    """The refund that a request asks for."""
    return RefundRequest(
        refund_id=derived_id("ref", "refund", body.source, body.reference),
        purchase_id=purchase_id,
        source=body.source,
        reference=body.reference,
        occurred_at=body.occurred_at or now,
        by_line={line.line: line.amount for line in body.lines or ()},
        by_amount=body.amount or 0,
        actor=principal.actor,
        may_import=Scope.PURCHASES_IMPORT in principal.scopes,
    )


def refund_content(body: PurchaseRefundRequest, purchase_id: str) -> dict[str, Any]:
    """What makes two refunds the same, however their purchase was named."""
    content = body.model_dump(mode="json", exclude={"purchase_source", "purchase_reference"}, exclude_none=True)
    return {**content, "purchase_id": purchase_id}


def refund_response(answer: RefundAnswer, body: PurchaseRefundRequest) -> RefundResponse:
    """What a refund came to when it was asked for."""
    movement = answer.movement
    asked: dict[str, Any] = {"source": body.source, "reference": body.reference, "occurred_at": body.occurred_at}
    if movement is None:
        return _response(answer, "awaiting_purchase", asked)
    figures = {name: movement.detail[name] for name in ("amount", "points_due", "points_taken", "points_returned")}
    account = {name: getattr(movement, name) for name in ("entry_id", "member_id", "balance", "pending", "held", "debt", "program_version")}
    return _response(answer, "recorded", {**asked, **figures, **account})


def found_refund_response(answer: RefundAnswer, entry: Entry | None) -> RefundResponse:
    """A refund as it stands: by its entry, once it has one."""
    if entry is None:
        return _response(answer, "awaiting_purchase", {})
    names = ("source", "reference", "amount", "points_due", "points_taken", "points_returned")
    account = {
        "entry_id": entry.entry_id,
        "member_id": entry.member_id,
        "occurred_at": entry.effective_at,
        "balance": entry.balance_after,
        "pending": entry.pending_after,
        "held": entry.held_after,
        "debt": entry.debt_after,
        "program_version": entry.program_version,
    }
    return _response(answer, "recorded", {**{name: entry.detail[name] for name in names}, **account})


def _response(answer: RefundAnswer, status: str, facts: dict[str, Any]) -> RefundResponse:
    return RefundResponse.model_validate(
        {**dict.fromkeys(_NONE), **facts, "refund_id": answer.refund_id, "purchase_id": answer.purchase_id, "status": status}
    )
