"""What staff do to a member's account: adjustments, tiers set, segments."""

from functions.accounts.routes.members import known
from functions.accounts.translate.corrections import adjustment_response, approval_response, segments_response
from functions.accounts.translate.parts import content_of, replayed
from functions.accounts.wire.corrections import (
    AdjustmentRequest,
    AdjustmentResponse,
    ApprovalResponse,
    SegmentsRequest,
    SegmentsResponse,
)
from functions.accounts.wire.tiers import TierOverrideRequest
from regulars.accounts.approvals import Approval
from regulars.accounts.commands import Adjust, OverrideTier
from regulars.accounts.entries import TierCause
from regulars.accounts.errors import (
    AccountClosedError,
    InsufficientPointsError,
    MemberNotActiveError,
    OverrideEndsInPastError,
    ReasonUnknownError,
    TierUnknownError,
)
from regulars.accounts.operations import Fact
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import derived_id
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

_ERRORS = (AccountClosedError, MemberNotActiveError)


@routes.post(
    "/v1/members/{member_id}/adjustments",
    Action.ADJUST_POINTS,
    summary="Correct a member's points",
    status=201,
    errors=(*_ERRORS, InsufficientPointsError, ReasonUnknownError),
    idempotency="required",
    also={202: "above the programme's limit: it waits for a second person"},
)
def adjust_points(call: Call, member_id: str, body: AdjustmentRequest) -> Reply[AdjustmentResponse]:
    """Adds or takes points with a reason of the programme's; above its limit a second person decides, and both are named (PTS-24)."""
    actor = call.principal.actor
    adjustment_id = derived_id("adj", "adjustment", actor, known(member_id), call.require_idempotency_key())
    command = Adjust(adjustment_id, body.points, body.reason_code, body.note, actor)
    recorded = wiring().approvals.adjust(Fact(adjustment_id, input_hash(content_of(body))), member_id, command)
    status = 202 if isinstance(recorded.answer, Approval) else 201
    return Reply(adjustment_response(adjustment_id, recorded.answer), status=status, headers=replayed(recorded))


@routes.post(
    "/v1/members/{member_id}/tier-overrides",
    Action.OVERRIDE_TIER,
    summary="Ask for a member's tier to be set",
    status=202,
    errors=(*_ERRORS, OverrideEndsInPastError, TierUnknownError),
    idempotency="required",
)
def override_tier(call: Call, member_id: str, body: TierOverrideRequest) -> Reply[ApprovalResponse]:
    """Asks for a tier through a day, or until its next review; it is in force once a second person has approved (TIER-17)."""
    actor = call.principal.actor
    override_id = derived_id("ovr", "tier_override", actor, known(member_id), call.require_idempotency_key())
    command = OverrideTier(override_id, body.tier, body.ends_on, body.reason, TierCause.OVERRIDE, actor, "")
    recorded = wiring().approvals.override_tier(Fact(override_id, input_hash(content_of(body))), member_id, command)
    return Reply(approval_response(recorded.answer), headers=replayed(recorded))


@routes.get("/v1/members/{member_id}/segments", Action.ASSIGN_SEGMENTS, summary="A member's segments")
def get_segments(member_id: str) -> SegmentsResponse:
    """The segments that earning rules look at, who set them and when."""
    return segments_response(wiring().accounts.segments(known(member_id)))


@routes.put("/v1/members/{member_id}/segments", Action.ASSIGN_SEGMENTS, summary="Set a member's segments")
def set_segments(call: Call, member_id: str, body: SegmentsRequest) -> SegmentsResponse:
    """Replaces the member's segments as a whole; rules with `when.segments` look at them from the next purchase on."""
    return segments_response(wiring().accounts.set_segments(known(member_id), body.segments, call.principal.actor))
