"""`/v1/purchases`: recording one, a hundred at once, or trying; reading one."""

import json
import time
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from functions.accounts.translate.parts import buyer_of, replayed
from functions.accounts.translate.purchases import command_of, purchase_content, purchase_response, recorded_purchase_response
from functions.accounts.wire.parts import DryRunQuery
from functions.accounts.wire.purchases import (
    BatchItemResponse,
    ProblemResponse,
    PurchaseBatchRequest,
    PurchaseBatchResponse,
    PurchaseRequest,
    PurchaseResponse,
    RecordedPurchaseResponse,
)
from regulars.accounts.errors import (
    AccountClosedError,
    CurrencyNotAcceptedError,
    HoldEndedError,
    MemberNotActiveError,
    MemberNotFoundError,
    OccurredInFutureError,
    PurchaseTooOldError,
)
from regulars.aws.http import Reply, Routes
from regulars.aws.problem import problem_of
from regulars.aws.request import Call, field_errors
from regulars.kernel.errors import ConflictError, RegularsError, ValidationFailedError
from regulars.kernel.idempotency import input_hash
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

BATCH_SECONDS = 10.0
"""How long a batch is worked on: what is left then is answered as to be sent again, well before the function's time is over."""

_ERRORS = (
    AccountClosedError,
    CurrencyNotAcceptedError,
    HoldEndedError,
    MemberNotActiveError,
    MemberNotFoundError,
    OccurredInFutureError,
    PurchaseTooOldError,
)


@routes.post(
    "/v1/purchases",
    Action.RECORD_PURCHASE,
    summary="Record a purchase",
    status=201,
    errors=_ERRORS,
    idempotency="optional",
    also={200: "it was only tried (`dry_run`)"},
)
def record_purchase(call: Call, body: PurchaseRequest, query: DryRunQuery) -> Reply[PurchaseResponse]:
    """Earns points by the tier's rate and the programme's rules, counts towards tiers, raises the tier at the threshold.

    Once per source and reference: sent again, it answers the same with `Idempotent-Replayed: true` (PTS-01, PTS-02, PTS-13, PTS-16,
    TIER-06). A hold that is named pays a part and is used with it (PTS-08, PTS-21). `dry_run` answers what it would come to.
    """
    if query.dry_run:
        tried = wiring().accounts.preview_purchase(buyer_of(body), command_of(body, call.principal), input_hash(purchase_content(body)))
        return Reply(purchase_response(tried, wiring().program.history(), call.language), status=200)
    answer, is_replay = _record(call, body)
    return Reply(answer, headers={"Idempotent-Replayed": "true"} if is_replay else {})


def _record(call: Call, body: PurchaseRequest) -> tuple[PurchaseResponse, bool]:
    content = input_hash(purchase_content(body))
    recorded = wiring().accounts.record_purchase(buyer_of(body), command_of(body, call.principal), content)
    return purchase_response(recorded.answer, wiring().program.history(), call.language), bool(replayed(recorded))


@routes.post("/v1/purchases/batch", Action.RECORD_PURCHASE, summary="Record many purchases", idempotency="optional")
def record_purchases(call: Call, body: PurchaseBatchRequest) -> PurchaseBatchResponse:
    """Up to 100 purchases, as many as 64 KB hold, each recorded exactly once as if it had been sent alone, in this order.

    What is wrong with one is answered in its place and stops no other; so the same batch may be sent again as it is.
    """
    started = time.monotonic()
    items = []
    for sent in body.purchases:
        has_time = time.monotonic() - started < BATCH_SECONDS
        items.append(_item(call, sent) if has_time else _refused(ConflictError(retry_after_seconds=1), call))
    return PurchaseBatchResponse(items=tuple(items))


def _item(call: Call, sent: Mapping[str, Any]) -> BatchItemResponse:
    try:
        purchase, is_replay = _record(call, _checked(sent))
    except RegularsError as error:
        return _refused(error, call)
    return BatchItemResponse(status=201, is_replay=is_replay, purchase=purchase, problem=None)


def _checked(sent: Mapping[str, Any]) -> PurchaseRequest:
    try:
        return PurchaseRequest.model_validate_json(json.dumps(sent))
    except ValidationError as error:
        raise ValidationFailedError(errors=field_errors(error)) from None


def _refused(error: RegularsError, call: Call) -> BatchItemResponse:
    problem = ProblemResponse(**{"errors": (), **problem_of(error, call.language)})
    return BatchItemResponse(status=error.status, is_replay=False, purchase=None, problem=problem)


@routes.get("/v1/purchases/{purchase_id}", Action.READ_PURCHASE, summary="A recorded purchase")
def get_purchase(call: Call, purchase_id: str) -> RecordedPurchaseResponse:
    """The purchase with its lines, the points each one gave, and what was refunded of it."""
    answer, entry, refunds = wiring().accounts.purchase(purchase_id)
    return recorded_purchase_response(answer, entry, refunds, wiring().program.history(), call.language)
