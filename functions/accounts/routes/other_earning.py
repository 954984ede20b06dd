"""Points for something else than a purchase, as other systems and staff report it: activities and partners' points."""

from functions.accounts.translate.moves import activity_response, partner_credit_response
from functions.accounts.translate.parts import buyer_of, content_of, replayed
from functions.accounts.wire.moves import ActivityRequest, ActivityResponse, PartnerCreditRequest, PartnerCreditResponse
from regulars.accounts.commands import CreditPartnerPoints, RecordActivity
from regulars.accounts.errors import (
    AccountClosedError,
    AccountClosingError,
    ActivityLimitError,
    ActivityUnknownError,
    MemberNotActiveError,
    MemberNotFoundError,
    PartnerLimitError,
    PartnerUnknownError,
)
from regulars.accounts.operations import Fact
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import derived_id
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

_ERRORS = (AccountClosedError, AccountClosingError, MemberNotActiveError, MemberNotFoundError)


@routes.post(
    "/v1/activities",
    Action.RECORD_ACTIVITY,
    summary="Record a member's activity",
    status=201,
    errors=(*_ERRORS, ActivityLimitError, ActivityUnknownError),
    idempotency="optional",
)
def record_activity(call: Call, body: ActivityRequest) -> Reply[ActivityResponse]:
    """Credits taking part in something or completing a task, at most so many times in its period (PTS-03, PTS-04).

    Once per source and reference.
    """
    activity_id = derived_id("act", "activity", body.source, body.reference)
    command = RecordActivity(activity_id, body.activity, body.source, body.reference, call.principal.actor)
    recorded = wiring().operations.record(Fact(activity_id, input_hash(content_of(body))), buyer_of(body), command)
    return Reply(activity_response(recorded.answer), headers=replayed(recorded))


@routes.post(
    "/v1/partner-credits",
    Action.CREDIT_PARTNER_POINTS,
    summary="Exchange a partner's points",
    status=201,
    errors=(*_ERRORS, PartnerLimitError, PartnerUnknownError),
    idempotency="optional",
)
def credit_partner_points(call: Call, body: PartnerCreditRequest) -> Reply[PartnerCreditResponse]:
    """A partner's points become points at the programme's rate, rounded down, within the partner's monthly limit (PTS-05).

    Once per source and reference.
    """
    credit_id = derived_id("pcr", "partner_credit", body.source, body.reference)
    command = CreditPartnerPoints(credit_id, body.partner, body.partner_points, body.reference, call.principal.actor)
    recorded = wiring().operations.record(Fact(credit_id, input_hash(content_of(body))), buyer_of(body), command)
    return Reply(partner_credit_response(recorded.answer), headers=replayed(recorded))
