"""`/v1/holds`: points as payment (積分抵現): set aside while the till works, then used or given back; they return by themselves."""

from functions.accounts.translate.parts import buyer_of, content_of, replayed
from functions.accounts.translate.redeeming import hold_response
from functions.accounts.wire.redeeming import HoldCommitRequest, HoldRequest, HoldResponse
from regulars.accounts.commands import CancelHold, CommitHold, PlaceHold
from regulars.accounts.errors import (
    AccountClosedError,
    HoldEndedError,
    HoldExceededError,
    InsufficientPointsError,
    MemberNotActiveError,
    MemberNotFoundError,
    OrderShareExceededError,
    PointsStepError,
    TooManyHoldsError,
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
    TooManyHoldsError,
)


@routes.post("/v1/holds", Action.USE_POINTS, summary="Set points aside", status=201, errors=_ERRORS, idempotency="optional")
def place_hold(call: Call, body: HoldRequest) -> Reply[HoldResponse]:
    """Sets points aside for a payment, those that end soonest first; nobody else can use them meanwhile (PTS-08).

    They are used by `commit` or by a purchase that names the hold, given back by `cancel`, and return by themselves.
    """
    hold_id = derived_id("hold", "hold", body.source, body.reference)
    command = PlaceHold(hold_id, body.source, body.reference, body.points, body.order_amount, call.principal.actor)
    recorded = wiring().operations.record(Fact(hold_id, input_hash(content_of(body))), buyer_of(body), command)
    return Reply(_response(Used(UseStatus.OPEN, recorded.answer)), headers=replayed(recorded))


@routes.get("/v1/holds/{hold_id}", Action.READ_USE_OF_POINTS, summary="A hold")
def get_hold(hold_id: str) -> HoldResponse:
    """The hold as it stands now."""
    return _response(wiring().operations.hold(hold_id))


@routes.post("/v1/holds/{hold_id}/commit", Action.USE_POINTS, summary="Use a hold", errors=(HoldEndedError, HoldExceededError))
def commit_hold(call: Call, hold_id: str, body: HoldCommitRequest) -> Reply[HoldResponse]:
    """Uses all points of the hold or fewer; the rest is free again. Once: sent again it answers the same."""
    content = input_hash({"points": body.points})
    recorded = wiring().operations.commit_hold(CommitHold(hold_id, body.points, call.principal.actor), content)
    placed = wiring().operations.hold(hold_id).answer
    return Reply(_response(Used(UseStatus.COMMITTED, placed, recorded.answer)), headers=replayed(recorded))


@routes.post("/v1/holds/{hold_id}/cancel", Action.USE_POINTS, summary="Give a hold back", errors=(HoldEndedError,))
def cancel_hold(call: Call, hold_id: str) -> Reply[HoldResponse]:
    """Gives the points back to the lots they came from. Once: sent again it answers the same."""
    recorded = wiring().operations.cancel_hold(CancelHold(hold_id, call.principal.actor), input_hash({}))
    placed = wiring().operations.hold(hold_id).answer
    return Reply(_response(Used(UseStatus.CANCELLED, placed, recorded.answer)), headers=replayed(recorded))


def _response(used: Used) -> HoldResponse:
    return hold_response(used, wiring().program.history())
