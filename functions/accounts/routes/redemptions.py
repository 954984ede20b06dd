"""`/v1/redemptions`: points used at once, and taken back where the programme allows."""

from functions.accounts.translate.parts import buyer_of, content_of, replayed
from functions.accounts.translate.redeeming import redemption_response
from functions.accounts.wire.parts import DryRunQuery
from functions.accounts.wire.redeeming import RedemptionCancelRequest, RedemptionRequest, RedemptionResponse
from regulars.accounts.commands import Redeem
from regulars.accounts.errors import (
    AccountClosedError,
    CancellationTooLateError,
    InsufficientPointsError,
    MemberNotActiveError,
    MemberNotFoundError,
    OrderShareExceededError,
    PointsStepError,
)
from regulars.accounts.operations import Fact, Used, UseStatus
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import derived_id
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

_ERRORS = (
    AccountClosedError,
    InsufficientPointsError,
    MemberNotActiveError,
    MemberNotFoundError,
    OrderShareExceededError,
    PointsStepError,
)


@routes.post(
    "/v1/redemptions",
    Action.USE_POINTS,
    summary="Use points",
    status=201,
    errors=_ERRORS,
    idempotency="optional",
    also={200: "it was only tried (`dry_run`)"},
)
def redeem_points(call: Call, body: RedemptionRequest, query: DryRunQuery) -> Reply[RedemptionResponse]:
    """Uses points, those that end soonest first; never more than there are (PTS-08, PTS-15, PTS-16). Once per source and reference."""
    redemption_id = derived_id("red", "redemption", body.source, body.reference)
    command = Redeem(
        redemption_id, body.source, body.reference, body.points, body.order_amount, body.purpose, call.principal.actor
    )  # fmt: skip
    fact = Fact(redemption_id, input_hash(content_of(body)))
    if query.dry_run:
        return Reply(_response(Used(UseStatus.REDEEMED, wiring().operations.preview(fact, buyer_of(body), command))), status=200)
    recorded = wiring().operations.record(fact, buyer_of(body), command)
    return Reply(_response(Used(UseStatus.REDEEMED, recorded.answer)), headers=replayed(recorded))


@routes.get("/v1/redemptions/{redemption_id}", Action.READ_USE_OF_POINTS, summary="A redemption")
def get_redemption(redemption_id: str) -> RedemptionResponse:
    """The redemption as it stands: redeemed or cancelled (PTS-15)."""
    return _response(wiring().operations.redemption(redemption_id))


@routes.post(
    "/v1/redemptions/{redemption_id}/cancel",
    Action.USE_POINTS,
    summary="Take a redemption back",
    errors=(AccountClosedError, CancellationTooLateError),
)
def cancel_redemption(call: Call, redemption_id: str, body: RedemptionCancelRequest) -> Reply[RedemptionResponse]:
    """Gives the points back to their own lots, within the programme's days (PTS-15). Once: sent again it answers the same."""
    recorded = wiring().operations.cancel_redemption(redemption_id, body.reason, call.principal.actor)
    made = wiring().operations.redemption(redemption_id).answer
    return Reply(_response(Used(UseStatus.CANCELLED, made, recorded.answer)), headers=replayed(recorded))


def _response(used: Used) -> RedemptionResponse:
    return redemption_response(used, wiring().program.history())
