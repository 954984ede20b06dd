"""`/v1/me`: the member's own points, statement and tier."""

from functions.accounts.routes import views
from functions.accounts.wire.points import EntryExplanationResponse, EntryPageResponse, EntryResponse, PointsResponse
from functions.accounts.wire.tiers import TierHistoryResponse, TierResponse
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.errors import UnauthenticatedError
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery

routes = Routes()


@routes.get("/v1/me/points", Action.READ_OWN_ACCOUNT, summary="My points")
def get_my_points(call: Call) -> PointsResponse:
    """Available, pending, held and owed points, every date on which some end, open holds, and totals (PTS-14)."""
    return views.points_of(own(call))


@routes.get("/v1/me/points/entries", Action.READ_OWN_ACCOUNT, summary="My statement")
def list_my_entries(call: Call, query: PageQuery) -> EntryPageResponse:
    """The ledger's entries, newest first; the pages together are the whole ledger (PTS-14)."""
    return views.entries_of(own(call), query, is_own=True)


@routes.get("/v1/me/points/entries/{entry_id}", Action.READ_OWN_ACCOUNT, summary="One of my entries")
def get_my_entry(call: Call, entry_id: str) -> EntryResponse:
    """One entry of the ledger."""
    return views.entry_of(own(call), entry_id, is_own=True)


@routes.get("/v1/me/points/entries/{entry_id}/explanation", Action.READ_OWN_ACCOUNT, summary="One of my entries in words")
def explain_my_entry(call: Call, entry_id: str) -> EntryExplanationResponse:
    """Each part of the entry in words: which rule at what rate, until when, and why it ended, was held, refunded or corrected."""
    return views.explanation_of(own(call), entry_id, call.language)


@routes.get("/v1/me/tier", Action.READ_OWN_ACCOUNT, summary="My tier")
def get_my_tier(call: Call) -> TierResponse:
    """Tier, figures, what is missing for the next tier, what is granted or in grace, and when it is looked at next (TIER-15)."""
    return views.tier_of(own(call))


@routes.get("/v1/me/tier/history", Action.READ_OWN_ACCOUNT, summary="My tier's history")
def list_my_tier_history(call: Call, query: PageQuery) -> TierHistoryResponse:
    """Every change and evaluation of the tier with its cause and evidence, newest first (TIER-16)."""
    return views.tier_history_of(own(call), query)


def own(call: Call) -> str:
    """The member who calls.

    Raises:
        UnauthenticatedError: no member does.
    """
    if call.principal.member_id is None:
        raise UnauthenticatedError
    return call.principal.member_id
