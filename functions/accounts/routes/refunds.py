"""Refunds: of a purchase by its id, or by its own system's name and number, also before it has come."""

from functions.accounts.translate.parts import replayed
from functions.accounts.translate.purchases import purchase_id_of
from functions.accounts.translate.refunds import found_refund_response, refund_content, refund_of, refund_response
from functions.accounts.wire.parts import DryRunQuery
from functions.accounts.wire.refunds import PurchaseRefundRequest, RefundRequest, RefundResponse
from regulars.accounts.errors import (
    AccountClosedError,
    OccurredInFutureError,
    RefundExceedsPurchaseError,
    RefundLineUnknownError,
    RefundsWaitingError,
)
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.idempotency import input_hash
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

_ERRORS = (AccountClosedError, OccurredInFutureError, RefundExceedsPurchaseError, RefundLineUnknownError)
_TRIED = {200: "it was only tried (`dry_run`)"}


@routes.post(
    "/v1/purchases/{purchase_id}/refunds",
    Action.RECORD_REFUND,
    summary="Refund a purchase",
    status=201,
    errors=_ERRORS,
    idempotency="optional",
    also=_TRIED,
)
def refund_purchase(call: Call, purchase_id: str, body: PurchaseRefundRequest, query: DryRunQuery) -> Reply[RefundResponse]:
    """Takes back what the refunded part earned, at the purchase's own rates, and gives back the points that paid for it (PTS-19).

    In parts, by lines or amounts, any number of times; the parts add up to the whole. Once per source and reference.
    """
    wiring().accounts.purchase(purchase_id)
    return _refund(call, body, purchase_id, is_tried=query.dry_run)


@routes.post(
    "/v1/refunds",
    Action.RECORD_REFUND,
    summary="Refund a purchase by its reference",
    status=201,
    errors=(*_ERRORS, RefundsWaitingError),
    idempotency="optional",
    also={**_TRIED, 202: "its purchase has not come yet: the refund waits for it, and counts together with it"},
)
def record_refund(call: Call, body: RefundRequest, query: DryRunQuery) -> Reply[RefundResponse]:
    """As a refund of a purchase by id; it may come before its purchase, and is recorded in one step with it then (PTS-19)."""
    return _refund(call, body, purchase_id_of(body.purchase_source, body.purchase_reference), is_tried=query.dry_run)


def _refund(call: Call, body: PurchaseRefundRequest, purchase_id: str, *, is_tried: bool) -> Reply[RefundResponse]:
    content = input_hash(refund_content(body, purchase_id))
    request = refund_of(body, purchase_id, wiring().accounts.now(), call.principal)
    if is_tried:
        return Reply(refund_response(wiring().refunds.preview(request, content), body), status=200)
    recorded = wiring().refunds.record(request, content)
    status = 202 if recorded.answer.movement is None else 201
    return Reply(refund_response(recorded.answer, body), status=status, headers=replayed(recorded))


@routes.get("/v1/refunds/{refund_id}", Action.READ_PURCHASE, summary="A refund")
def get_refund(refund_id: str) -> RefundResponse:
    """The refund as it stands: waiting for its purchase, or recorded."""
    return found_refund_response(*wiring().refunds.find(refund_id))
