"""`/v1/password-resets`: a forgotten password."""

from functions.registrations.wire import PasswordResetRequest, PasswordResetResponse, ResetVerificationRequest
from regulars.aws.http import Empty, Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.members.errors import (
    IdentifierInvalidError,
    PasswordIsContactError,
    PasswordRefusedError,
    PasswordTooCommonError,
    PasswordUnfitError,
    VerificationCodeError,
    VerificationCodeExpiredError,
    VerificationCodeSpentError,
)
from regulars.wiring import wiring

routes = Routes()

_PASSWORD_ERRORS = (PasswordTooCommonError, PasswordUnfitError, PasswordIsContactError, PasswordRefusedError)
_CODE_ERRORS = (VerificationCodeError, VerificationCodeExpiredError, VerificationCodeSpentError)


@routes.post("/v1/password-resets", Action.LOG_IN, summary="Ask for a new password", status=202, errors=(IdentifierInvalidError,))
def request_password_reset(call: Call, body: PasswordResetRequest) -> PasswordResetResponse:
    """Sends a code to the contact if a member has it; the answer is the same if nobody has it (REG-25)."""
    reset = wiring().password_resets.request(body.identifier, call.source_address)
    return PasswordResetResponse(reset_id=reset.reset_id, code_expires_at=reset.code.expires_at)


@routes.post(
    "/v1/password-resets/{reset_id}/verification",
    Action.LOG_IN,
    summary="Set the new password by the code",
    status=204,
    errors=(*_CODE_ERRORS, *_PASSWORD_ERRORS),
)
def complete_password_reset(reset_id: str, body: ResetVerificationRequest) -> Empty:
    """Sets the password, ends every session and tells the member; the old password fails from then on."""
    wiring().password_resets.complete(reset_id, body.code, body.password)
    return Empty()
