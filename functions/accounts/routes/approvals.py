"""`/v1/approvals`: what waits for a second person, and the decision."""

from functions.accounts.translate.corrections import approval_response
from functions.accounts.wire.corrections import ApprovalDecisionRequest, ApprovalPageResponse, ApprovalResponse
from regulars.accounts.errors import (
    AccountClosedError,
    AlreadyDecidedError,
    CaseEndedError,
    InsufficientPointsError,
    OverrideEndsInPastError,
    OwnRequestError,
    ReasonUnknownError,
    TierUnknownError,
)
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/approvals", Action.READ_APPROVALS, summary="Requests for a second person")
def list_approvals(query: PageQuery) -> ApprovalPageResponse:
    """Adjustments above the limit, tiers to be set and points held for a look, with their decisions, newest first."""
    page = wiring().approvals.approvals(query.limit, query.cursor)
    return ApprovalPageResponse(items=tuple(approval_response(approval) for approval in page.items), next_cursor=page.next_cursor)


@routes.get("/v1/approvals/{approval_id}", Action.READ_APPROVALS, summary="A request for a second person")
def get_approval(approval_id: str) -> ApprovalResponse:
    """The request, its decision, and the ledger's entry that became of it; of an open case the points that wait (PTS-23)."""
    approval = wiring().approvals.approval(approval_id)
    return approval_response(approval, wiring().approvals.decided_entry(approval), wiring().approvals.points_held(approval))


@routes.post(
    "/v1/approvals/{approval_id}/decision",
    Action.DECIDE_APPROVAL,
    summary="Decide on a request",
    errors=(
        AccountClosedError,
        AlreadyDecidedError,
        CaseEndedError,
        InsufficientPointsError,
        OverrideEndsInPastError,
        OwnRequestError,
        ReasonUnknownError,
        TierUnknownError,
    ),
)
def decide_approval(call: Call, approval_id: str, body: ApprovalDecisionRequest) -> ApprovalResponse:
    """Approves or rejects; never one's own request. What follows is recorded in the same step, with both names (PTS-24, TIER-17).

    The points of an `abuse_case` are free with approval, and taken with rejection (PTS-23).
    """
    decided = wiring().approvals.decide(approval_id, call.principal.actor, is_approved=body.approved, note=body.note)
    return approval_response(decided, wiring().approvals.decided_entry(decided))
