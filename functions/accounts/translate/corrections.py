"""Adjustments, approvals and segments between the accounts' language and the wire's."""

from functions.accounts.translate.parts import movement_response
from functions.accounts.wire.corrections import AdjustmentResponse, ApprovalResponse, SegmentsResponse
from regulars.accounts.answers import MovementAnswer
from regulars.accounts.approvals import Approval
from regulars.accounts.segments import Segments


def adjustment_response(adjustment_id: str, answer: MovementAnswer | Approval) -> AdjustmentResponse:
    """An adjustment: recorded, or kept for a second person."""
    if isinstance(answer, Approval):
        return AdjustmentResponse(
            adjustment_id=adjustment_id, status="awaiting_approval", approval_id=answer.approval_id, movement=None
        )  # fmt: skip
    return AdjustmentResponse(adjustment_id=adjustment_id, status="recorded", approval_id=None, movement=movement_response(answer))


def approval_response(approval: Approval, entry_id: str | None = None, points_held: int | None = None) -> ApprovalResponse:
    """A request and its decision."""
    return ApprovalResponse(
        approval_id=approval.approval_id,
        kind=approval.kind.value,
        status=approval.status.value,
        member_id=approval.member_id,
        facts=dict(approval.facts),
        requested_by=approval.requested_by,
        requested_at=approval.requested_at,
        decided_by=approval.decided_by or None,
        decided_at=approval.decided_at,
        note=approval.note,
        entry_id=entry_id,
        points_held=points_held,
    )


def segments_response(segments: Segments) -> SegmentsResponse:
    """A member's segments."""
    return SegmentsResponse(
        member_id=segments.member_id, segments=segments.codes, set_by=segments.set_by or None, set_at=segments.set_at
    )  # fmt: skip
