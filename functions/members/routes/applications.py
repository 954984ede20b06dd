"""`/v1/applications`: the review queue (REG-16)."""

from functions.members.wire import (
    ApplicationItem,
    ApplicationResponse,
    ApplicationsQuery,
    ApplicationsResponse,
    RejectionRequest,
)
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.members.errors import ContactAlreadyMemberError, RegistrationStateError
from regulars.members.model import Registration
from regulars.members.wire import StepResponse
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/applications", Action.REVIEW_APPLICATIONS, summary="Applications that wait for a review")
def list_applications(query: ApplicationsQuery) -> ApplicationsResponse:
    """The queue, the oldest first."""
    page = wiring().reviewing.waiting(query.limit, query.cursor)
    return ApplicationsResponse(items=[_item(registration) for registration in page.items], next_cursor=page.next_cursor)


@routes.get("/v1/applications/{registration_id}", Action.REVIEW_APPLICATIONS, summary="An application")
def get_application(registration_id: str) -> ApplicationResponse:
    """The whole form as the reviewer needs it: basic information, channel, tier applied for (REG-10)."""
    return _response(wiring().registrations.find(registration_id))


@routes.post(
    "/v1/applications/{registration_id}/approval",
    Action.REVIEW_APPLICATIONS,
    summary="Approve",
    errors=(RegistrationStateError, ContactAlreadyMemberError),
)
def approve_application(registration_id: str, call: Call) -> ApplicationResponse:
    """Opens the member; approving again answers the same (REG-16, REG-17)."""
    return _response(wiring().reviewing.approve(registration_id, call.principal.actor))


@routes.post(
    "/v1/applications/{registration_id}/rejection",
    Action.REVIEW_APPLICATIONS,
    summary="Reject with a reason",
    errors=(RegistrationStateError,),
)
def reject_application(registration_id: str, call: Call, body: RejectionRequest) -> ApplicationResponse:
    """Sends the form back; the applicant is told the reason and may correct it (REG-23)."""
    return _response(wiring().reviewing.reject(registration_id, body.reason, call.principal.actor))


def _item(registration: Registration) -> ApplicationItem:
    return ApplicationItem(
        registration_id=registration.registration_id,
        channel=registration.channel,
        submitted_at=registration.submitted_at,
        verified_at=registration.steps[-1].at,
        tier_applied_for=registration.tier_applied_for,
        entered_by=registration.entered_by,
    )


def _response(registration: Registration) -> ApplicationResponse:
    return ApplicationResponse(
        registration_id=registration.registration_id,
        state=registration.state,
        steps=[StepResponse(state=step.state, at=step.at) for step in registration.steps],
        channel=registration.channel,
        entered_by=registration.entered_by,
        tier_applied_for=registration.tier_applied_for,
        terms_version=registration.accepted.terms_version,
        privacy_version=registration.accepted.privacy_version,
        accepted_at=registration.accepted.accepted_at,
        marketing=sorted(registration.marketing),
        fields=wiring().registrations.fields_of(registration),
    )
