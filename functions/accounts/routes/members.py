"""`/v1/members/{member_id}`: a member's points, statement and tier, for staff and shops."""

from functions.accounts.routes import views
from functions.accounts.wire.points import (
    EntryExplanationResponse,
    EntryPageResponse,
    EntryResponse,
    PointsResponse,
    SettlementResponse,
)
from functions.accounts.wire.tiers import TierHistoryResponse, TierResponse
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/members/{member_id}/points", Action.READ_MEMBER_ACCOUNT, summary="A member's points")
def get_member_points(member_id: str) -> PointsResponse:
    """As `/v1/me/points`, for staff and shops."""
    return views.points_of(known(member_id))


@routes.get("/v1/members/{member_id}/points/entries", Action.READ_MEMBER_ACCOUNT, summary="A member's statement")
def list_member_entries(member_id: str, query: PageQuery) -> EntryPageResponse:
    """As `/v1/me/points/entries`, for staff and shops."""
    return views.entries_of(known(member_id), query, is_own=False)


@routes.get("/v1/members/{member_id}/points/entries/{entry_id}", Action.READ_MEMBER_ACCOUNT, summary="An entry of a member's")
def get_member_entry(member_id: str, entry_id: str) -> EntryResponse:
    """As `/v1/me/points/entries/{entry_id}`, for staff and shops, with the notes of staff."""
    return views.entry_of(member_id, entry_id, is_own=False)


@routes.get(
    "/v1/members/{member_id}/points/entries/{entry_id}/explanation",
    Action.READ_MEMBER_ACCOUNT,
    summary="An entry of a member's in words",
)
def explain_member_entry(call: Call, member_id: str, entry_id: str) -> EntryExplanationResponse:
    """As `/v1/me/points/entries/{entry_id}/explanation`, for staff and shops."""
    return views.explanation_of(member_id, entry_id, call.language)


@routes.get("/v1/members/{member_id}/tier", Action.READ_MEMBER_ACCOUNT, summary="A member's tier")
def get_member_tier(member_id: str) -> TierResponse:
    """As `/v1/me/tier`, for staff and shops."""
    return views.tier_of(known(member_id))


@routes.get("/v1/members/{member_id}/tier/history", Action.READ_MEMBER_ACCOUNT, summary="A member's tier's history")
def list_member_tier_history(member_id: str, query: PageQuery) -> TierHistoryResponse:
    """As `/v1/me/tier/history`, for staff and shops."""
    return views.tier_history_of(known(member_id), query)


@routes.post("/v1/members/{member_id}/settlement", Action.IMPORT_PURCHASES, summary="Close a member's import")
def settle_member(call: Call, member_id: str) -> SettlementResponse:
    """Brings the account from the last imported purchase to now: what ended in between ends now. Safe to repeat."""
    return SettlementResponse(settled=wiring().accounts.settle(known(member_id), call.principal.actor))


def known(member_id: str) -> str:
    """The id of a member who exists.

    Raises:
        NotFoundError: there is none.
    """
    wiring().accounts.require_member(member_id)
    return member_id
