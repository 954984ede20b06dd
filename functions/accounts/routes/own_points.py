"""What members do with their own points: give some to another member, report an activity, buy a tier."""

from functions.accounts.routes.me import own
from functions.accounts.translate.moves import activity_response, transfer_response
from functions.accounts.translate.parts import content_of, replayed
from functions.accounts.translate.tiers import tier_purchase_response
from functions.accounts.wire.moves import ActivityResponse, OwnActivityRequest, TransferRequest, TransferResponse
from functions.accounts.wire.tiers import TierPurchaseRequest, TierPurchaseResponse
from regulars.accounts.commands import BuyTier, RecordActivity
from regulars.accounts.errors import (
    AccountClosedError,
    AccountClosingError,
    ActivityLimitError,
    ActivityNotSelfServiceError,
    ActivityUnknownError,
    InsufficientPointsError,
    MemberNotActiveError,
    MemberNotFoundError,
    TierNotHigherError,
    TierOfferUnknownError,
    TransferLimitError,
    TransfersOffError,
    TransferToSelfError,
)
from regulars.accounts.operations import Fact
from regulars.accounts.service import Buyer
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import derived_id
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

_ERRORS = (AccountClosedError, MemberNotActiveError, MemberNotFoundError)
OWN_SOURCE = "member"
"""How the ledger names the source of what members report themselves."""


@routes.post(
    "/v1/me/transfers",
    Action.USE_OWN_POINTS,
    summary="Give points to another member",
    status=201,
    errors=(*_ERRORS, AccountClosingError, InsufficientPointsError, TransferLimitError, TransfersOffError, TransferToSelfError),
    idempotency="required",
)
def give_points(call: Call, body: TransferRequest) -> Reply[TransferResponse]:
    """A gift of points (轉贈), within the programme's limits: it leaves one account and reaches the other in one step, ending no later."""
    transfer_id = derived_id("trf", "transfer", own(call), call.require_idempotency_key())
    fact = Fact(transfer_id, input_hash(content_of(body)))
    to = Buyer(body.member_id, body.card_number)
    recorded = wiring().operations.give(fact, own(call), to, body.points, call.principal.actor)
    return Reply(transfer_response(recorded.answer), headers=replayed(recorded))


@routes.post(
    "/v1/me/activities",
    Action.REPORT_OWN_ACTIVITY,
    summary="Report an activity of mine",
    status=201,
    errors=(*_ERRORS, AccountClosingError, ActivityLimitError, ActivityNotSelfServiceError, ActivityUnknownError),
    idempotency="required",
)
def report_activity(call: Call, body: OwnActivityRequest) -> Reply[ActivityResponse]:
    """Credits a self-service activity, such as the daily sign-in (簽到), as often in its period as the programme says (PTS-04)."""
    key = call.require_idempotency_key()
    activity_id = derived_id("act", "own_activity", own(call), key)
    command = RecordActivity(activity_id, body.activity, OWN_SOURCE, key, call.principal.actor, is_by_member=True)
    recorded = wiring().operations.record(Fact(activity_id, input_hash(content_of(body))), Buyer(own(call)), command)
    return Reply(activity_response(recorded.answer), headers=replayed(recorded))


@routes.post(
    "/v1/me/tier-purchases",
    Action.USE_OWN_POINTS,
    summary="Buy a tier with points",
    status=201,
    errors=(*_ERRORS, InsufficientPointsError, TierNotHigherError, TierOfferUnknownError),
    idempotency="required",
)
def buy_tier(call: Call, body: TierPurchaseRequest) -> Reply[TierPurchaseResponse]:
    """A tier offer of the programme's: the points fall, the tier rises until the offer's months are over (TIER-13, PTS-09)."""
    purchase_id = derived_id("tpu", "tier_purchase", own(call), call.require_idempotency_key())
    command = BuyTier(purchase_id, body.offer, call.principal.actor)
    recorded = wiring().operations.record(Fact(purchase_id, input_hash(content_of(body))), Buyer(own(call)), command)
    return Reply(tier_purchase_response(recorded.answer), headers=replayed(recorded))
