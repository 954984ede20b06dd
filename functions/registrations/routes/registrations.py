"""`/v1/registrations`: the form, the code, the state, the password. The id is the key to a registration."""

from functions.registrations.wire import CompletedResponse, PasswordRequest, VerificationRequest
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.members.commands import Caller
from regulars.members.errors import (
    ChannelNeedsStaffError,
    ContactAlreadyMemberError,
    PasswordAlreadySetError,
    PasswordIsContactError,
    PasswordRefusedError,
    PasswordTooCommonError,
    PasswordUnfitError,
    RegistrationStateError,
    VerificationCodeError,
    VerificationCodeExpiredError,
    VerificationCodeSpentError,
)
from regulars.members.model import Registration
from regulars.members.wire import ApplicationRequest, RegistrationResponse, registration_response, tier_reasons
from regulars.wiring import wiring

routes = Routes()

_CODE_ERRORS = (VerificationCodeError, VerificationCodeExpiredError, VerificationCodeSpentError)
_PASSWORD_ERRORS = (PasswordTooCommonError, PasswordUnfitError, PasswordIsContactError, PasswordRefusedError, PasswordAlreadySetError)


@routes.post("/v1/registrations", Action.REGISTER, summary="Apply for membership", status=202, errors=(ChannelNeedsStaffError,))
def submit_registration(call: Call, body: ApplicationRequest) -> RegistrationResponse:
    """Takes the form and sends a code; the answer is alike for contacts that are members already (REG-02, REG-14, REG-22)."""
    registration = wiring().registrations.submit(body.to_command(), _caller(call))
    return registration_response(registration, wiring().registrations.contact_of(registration), tier_reasons=[])


@routes.get("/v1/registrations/{registration_id}", Action.REGISTER, summary="How far a registration is")
def get_registration(registration_id: str, call: Call) -> RegistrationResponse:
    """The state and every step so far (REG-24); once decided, the tier and why it is not the one applied for (TIER-14)."""
    return _response(wiring().registrations.find(registration_id), call)


@routes.put(
    "/v1/registrations/{registration_id}",
    Action.REGISTER,
    summary="Correct a form",
    errors=(ChannelNeedsStaffError, RegistrationStateError),
)
def correct_registration(registration_id: str, call: Call, body: ApplicationRequest) -> RegistrationResponse:
    """Replaces the form before it is verified or after it was rejected; a new contact gets a new code (REG-23)."""
    return _response(wiring().registrations.correct(registration_id, body.to_command(), _caller(call)), call)


@routes.post(
    "/v1/registrations/{registration_id}/verification",
    Action.REGISTER,
    summary="Prove the contact by the code",
    errors=(*_CODE_ERRORS, ContactAlreadyMemberError),
)
def verify_registration(registration_id: str, call: Call, body: VerificationRequest) -> RegistrationResponse:
    """Verifies, reviews and, where the programme reviews by itself, opens the member (REG-14 to REG-17)."""
    return _response(wiring().registrations.verify(registration_id, body.code), call)


@routes.post(
    "/v1/registrations/{registration_id}/verification-codes",
    Action.REGISTER,
    summary="Send a new code",
    status=202,
    errors=(RegistrationStateError,),
)
def send_verification_code(registration_id: str, call: Call) -> RegistrationResponse:
    """Sends a new code; the one before ends at once. Limited per contact, per address and per day (REG-14)."""
    return _response(wiring().registrations.send_code_again(registration_id, _caller(call)), call)


@routes.post(
    "/v1/registrations/{registration_id}/password",
    Action.REGISTER,
    summary="Set the password and become a member",
    errors=(RegistrationStateError, *_PASSWORD_ERRORS),
)
def set_registration_password(registration_id: str, body: PasswordRequest) -> CompletedResponse:
    """Completes joining (REG-19): at least 8 characters, not easily guessed. The same password again gets the same answer."""
    member = wiring().activation.set_password(registration_id, body.password)
    return CompletedResponse(member_id=member.member_id, status=member.status.value, card_number=member.card_number)


def _caller(call: Call) -> Caller:
    return Caller(call.principal.actor, call.source_address)


def _response(registration: Registration, call: Call) -> RegistrationResponse:
    contact = wiring().registrations.contact_of(registration)
    reasons = (
        tier_reasons(registration, wiring().programme_at(wiring().clock()).programme, call.language) if registration.assessment else []
    )
    return registration_response(registration, contact, wiring().reviewing.reason_of(registration), tier_reasons=reasons)
