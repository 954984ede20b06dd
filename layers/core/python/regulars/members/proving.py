"""Trying a code: the try is counted first, then the code is compared; shared by registrations and password resets (S4)."""

from dataclasses import dataclass

from regulars.kernel.clock import Clock
from regulars.members.codes import CODE_TRIES_MAX, CODE_VALID_FOR, is_code
from regulars.members.errors import VerificationCodeError, VerificationCodeExpiredError, VerificationCodeSpentError
from regulars.members.limits import (
    CODES_PER_ADDRESS,
    CODES_PER_CONTACT,
    CODES_PER_CONTACT_PER_DAY,
    CODES_PER_DAY,
    Limiter,
)
from regulars.members.model import Code, ContactMark
from regulars.members.signing import Signer


@dataclass(frozen=True, slots=True)
class Codes:
    """Makes room for a code within the limits, and judges tries."""

    keys: Signer
    limiter: Limiter
    clock: Clock

    def next(self, before: Code | None = None) -> Code:
        """The code after one (or the first), which ends in ten minutes."""
        return Code(before.attempt + 1 if before else 1, self.clock() + CODE_VALID_FOR)

    def take(self, contact: ContactMark, address: str | None) -> None:
        """Counts a code that is to be sent to a contact; `address` is where a stranger asks from, none at the desk.

        Raises:
            TooManyRequestsError: the contact, the address or the whole installation had too many.
        """
        if address is not None:
            self.limiter.take(CODES_PER_ADDRESS, address)
        self.limiter.take(CODES_PER_CONTACT, contact.index)
        self.limiter.take(CODES_PER_CONTACT_PER_DAY, contact.index)
        self.limiter.take(CODES_PER_DAY, "all")

    def check(self, subject_id: str, code: Code, text: str, *, may_be_over: bool = False) -> None:
        """Lets the right code pass; `may_be_over` where a try only repeats what was decided in time.

        Raises:
            VerificationCodeSpentError: five tries were made at this code.
            VerificationCodeExpiredError: ten minutes are over.
            VerificationCodeError: it is another code.
        """
        if not self.limiter.take_try(f"{subject_id}/{code.attempt}", CODE_TRIES_MAX):
            raise VerificationCodeSpentError
        if not may_be_over and self.clock() >= code.expires_at:
            raise VerificationCodeExpiredError
        if not is_code(self.keys, subject_id, code.attempt, text):
            raise VerificationCodeError
