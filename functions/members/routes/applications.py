"""`/v1/applications`: the review queue (REG-16)."""

from collections.abc import Mapping

from functions.members.wire import (
    ApplicationItem,
    ApplicationResponse,
    ApplicationsQuery,
    ApplicationsResponse,
    ApprovalRequest,
    ClaimsResponse,
    RejectionRequest,
)
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.language import Language
from regulars.kernel.policy import Action
from regulars.members.admission import CLAIM_FIELDS, Confirmed
from regulars.members.errors import (
    AdmissionConditionError,
    AdmissionCurrencyError,
    AdmissionTierUnknownError,
    ContactAlreadyMemberError,
    RegistrationStateError,
)
from regulars.members.model import Registration
from regulars.members.wire import StepResponse, tier_reasons
from regulars.program.admission import COMPANY_USER, PRIOR_SPEND
from regulars.program.model import Programme
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/applications", Action.REVIEW_APPLICATIONS, summary="Applications that wait for a review")
def list_applications(call: Call, query: ApplicationsQuery) -> ApplicationsResponse:
    """The queue, the oldest first: what each wishes and what the rules say of it (TIER-14)."""
    page = wiring().reviewing.waiting(query.limit, query.cursor)
    return ApplicationsResponse(items=[_item(registration, call.language) for registration in page.items], next_cursor=page.next_cursor)


@routes.get("/v1/applications/{registration_id}", Action.REVIEW_APPLICATIONS, summary="An application")
def get_application(registration_id: str, call: Call) -> ApplicationResponse:
    """The whole form as the reviewer needs it: basic information, channel, tier applied for (REG-10)."""
    return _response(wiring().registrations.find(registration_id), call.language)


@routes.post(
    "/v1/applications/{registration_id}/approval",
    Action.REVIEW_APPLICATIONS,
    summary="Approve",
    errors=(RegistrationStateError, ContactAlreadyMemberError, AdmissionConditionError, AdmissionTierUnknownError, AdmissionCurrencyError),
)
def approve_application(registration_id: str, call: Call, body: ApprovalRequest | None) -> ApplicationResponse:
    """Opens the member; approving again answers the same (REG-16, REG-17).

    Without a body the claims are confirmed. With one, what it says counts instead; a tier whose conditions do not hold is refused (REG-08).
    """
    return _response(wiring().reviewing.approve(registration_id, call.principal.actor, _confirmed(body)), call.language)


@routes.post(
    "/v1/applications/{registration_id}/rejection",
    Action.REVIEW_APPLICATIONS,
    summary="Reject with a reason",
    errors=(RegistrationStateError,),
)
def reject_application(registration_id: str, call: Call, body: RejectionRequest) -> ApplicationResponse:
    """Sends the form back; the applicant is told the reason and may correct it (REG-23)."""
    return _response(wiring().reviewing.reject(registration_id, body.reason, call.principal.actor), call.language)


def _confirmed(body: ApprovalRequest | None) -> Confirmed:
    if body is None:
        return Confirmed()
    currency = _programme().currency
    if body.prior_spend and body.prior_spend.currency != currency:
        raise AdmissionCurrencyError(currency=currency)
    return Confirmed(body.tier, body.prior_spend.amount if body.prior_spend else None, body.company_user)


def _programme() -> Programme:
    return wiring().programme_at(wiring().clock()).programme


def _tier(registration: Registration) -> str | None:
    return registration.assessment.tier if registration.assessment else None


def _item(registration: Registration, language: Language) -> ApplicationItem:
    return ApplicationItem(
        registration_id=registration.registration_id,
        channel=registration.channel,
        submitted_at=registration.submitted_at,
        verified_at=registration.steps[-1].at,
        tier_applied_for=registration.tier_applied_for,
        tier_by_rules=_tier(registration),
        tier_reasons=tier_reasons(registration, _programme(), language),
        entered_by=registration.entered_by,
    )


def _response(registration: Registration, language: Language) -> ApplicationResponse:
    fields = wiring().registrations.fields_of(registration)
    return ApplicationResponse(
        registration_id=registration.registration_id,
        state=registration.state,
        steps=[StepResponse(state=step.state, at=step.at) for step in registration.steps],
        channel=registration.channel,
        entered_by=registration.entered_by,
        tier_applied_for=registration.tier_applied_for,
        tier_by_rules=_tier(registration),
        tier_reasons=tier_reasons(registration, _programme(), language),
        claims=_claims(registration, fields),
        terms_version=registration.accepted.terms_version,
        privacy_version=registration.accepted.privacy_version,
        accepted_at=registration.accepted.accepted_at,
        marketing=sorted(registration.marketing),
        fields={name: text for name, text in fields.items() if name not in CLAIM_FIELDS},
    )


def _claims(registration: Registration, fields: Mapping[str, str]) -> ClaimsResponse:
    spend = fields.get(PRIOR_SPEND)
    return ClaimsResponse(
        prior_spend=int(spend) if spend is not None else None,
        company_user=fields.get(COMPANY_USER),
        entered_by_staff=registration.claims_by_staff,
    )
