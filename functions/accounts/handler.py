"""`accounts`: purchases from tills and shops; points, statement and tier for members and staff."""

from functions.accounts.translate import (
    command_of,
    content_of,
    entry_response,
    points_response,
    purchase_response,
    recorded_purchase_response,
    tier_response,
)
from functions.accounts.wire import (
    EntryPageResponse,
    EntryResponse,
    PointsResponse,
    PurchaseRequest,
    PurchaseResponse,
    RecordedPurchaseResponse,
    SettlementResponse,
    TierNameResponse,
    TierResponse,
)
from regulars.accounts.errors import (
    CurrencyNotAcceptedError,
    MemberNotActiveError,
    MemberNotFoundError,
    OccurredInFutureError,
    PurchaseTooOldError,
)
from regulars.accounts.service import Buyer
from regulars.aws.http import HttpApp, Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import UnauthenticatedError
from regulars.kernel.idempotency import input_hash
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.wiring import wiring

routes = Routes()

_PURCHASE_ERRORS = (
    CurrencyNotAcceptedError,
    OccurredInFutureError,
    PurchaseTooOldError,
    MemberNotFoundError,
    MemberNotActiveError,
)


@routes.post(
    "/v1/purchases", Action.RECORD_PURCHASE, summary="Record a purchase", status=201, errors=_PURCHASE_ERRORS, idempotency="optional"
)
def record_purchase(call: Call, body: PurchaseRequest) -> Reply[PurchaseResponse]:
    """Earns points by the tier's rate, counts towards tiers, raises the tier at the threshold; once per source and reference.

    Sent again, it answers the same with `Idempotent-Replayed: true` (PTS-01, PTS-02, PTS-13, PTS-16, TIER-06).
    """
    buyer = Buyer(body.member_id, body.card_number, body.card_token)
    recorded = wiring().accounts.record_purchase(buyer, command_of(body, call.principal), input_hash(content_of(body)))
    headers = {"Idempotent-Replayed": "true"} if recorded.is_replay else {}
    return Reply(purchase_response(recorded.answer, wiring().program.history(), call.language), headers=headers)


@routes.get("/v1/purchases/{purchase_id}", Action.READ_PURCHASE, summary="A recorded purchase")
def get_purchase(call: Call, purchase_id: str) -> RecordedPurchaseResponse:
    """The purchase with its lines and the points each one gave."""
    answer, entry = wiring().accounts.purchase(purchase_id)
    return recorded_purchase_response(answer, entry, wiring().program.history(), call.language)


@routes.get("/v1/me/points", Action.READ_OWN_ACCOUNT, summary="My points")
def get_my_points(call: Call) -> PointsResponse:
    """Available and pending points, every date on which some end, and totals (PTS-14)."""
    return points_response(wiring().accounts.standing(_own(call)))


@routes.get("/v1/me/points/entries", Action.READ_OWN_ACCOUNT, summary="My statement")
def list_my_entries(call: Call, query: PageQuery) -> EntryPageResponse:
    """The ledger's entries, newest first; the pages together are the whole ledger (PTS-14)."""
    return _entries(_own(call), query)


@routes.get("/v1/me/points/entries/{entry_id}", Action.READ_OWN_ACCOUNT, summary="One of my entries")
def get_my_entry(call: Call, entry_id: str) -> EntryResponse:
    """One entry of the ledger."""
    return entry_response(wiring().accounts.entry(_own(call), entry_id))


@routes.get("/v1/me/tier", Action.READ_OWN_ACCOUNT, summary="My tier")
def get_my_tier(call: Call) -> TierResponse:
    """Tier, figures, what is missing for the next tier, and when they are looked at next (TIER-15)."""
    return _tier(_own(call))


@routes.get("/v1/members/{member_id}/points", Action.READ_MEMBER_ACCOUNT, summary="A member's points")
def get_member_points(member_id: str) -> PointsResponse:
    """As `/v1/me/points`, for staff and shops."""
    wiring().accounts.require_member(member_id)
    return points_response(wiring().accounts.standing(member_id))


@routes.get("/v1/members/{member_id}/points/entries", Action.READ_MEMBER_ACCOUNT, summary="A member's statement")
def list_member_entries(member_id: str, query: PageQuery) -> EntryPageResponse:
    """As `/v1/me/points/entries`, for staff and shops."""
    wiring().accounts.require_member(member_id)
    return _entries(member_id, query)


@routes.get("/v1/members/{member_id}/tier", Action.READ_MEMBER_ACCOUNT, summary="A member's tier")
def get_member_tier(member_id: str) -> TierResponse:
    """As `/v1/me/tier`, for staff and shops."""
    wiring().accounts.require_member(member_id)
    return _tier(member_id)


@routes.post("/v1/members/{member_id}/settlement", Action.IMPORT_PURCHASES, summary="Close a member's import")
def settle_member(call: Call, member_id: str) -> SettlementResponse:
    """Brings the account from the last imported purchase to now: what ended in between ends now. Safe to repeat."""
    wiring().accounts.require_member(member_id)
    return SettlementResponse(settled=wiring().accounts.settle(member_id, call.principal.actor))


def _own(call: Call) -> str:
    if call.principal.member_id is None:
        raise UnauthenticatedError
    return call.principal.member_id


def _entries(member_id: str, query: PageQuery) -> EntryPageResponse:
    page = wiring().accounts.entries(member_id, query.limit, query.cursor)
    return EntryPageResponse(items=tuple(entry_response(entry) for entry in page.items), next_cursor=page.next_cursor)


def _tier(member_id: str) -> TierResponse:
    standing = wiring().accounts.standing(member_id)
    programme = wiring().program.history().at(wiring().accounts.now()).programme
    benefits = tuple(TierNameResponse(code=item.code, name=item.name) for item in programme.benefits_of(standing.tier.code))
    return tier_response(standing, benefits)


app = HttpApp("accounts", routes)
lambda_handler = app.lambda_handler
