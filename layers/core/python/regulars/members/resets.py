"""Forgotten passwords (REG-25): a code to the verified contact, then a new password; unknown contacts get the same answers."""

from dataclasses import dataclass, replace

from regulars.kernel.clock import Clock
from regulars.kernel.errors import NotFoundError
from regulars.kernel.ids import IdFactory
from regulars.kernel.retry import LostRaceError, Patience
from regulars.members.activation import is_password_of, require_not_contact
from regulars.members.contact import InvalidContactError, mark_of, parse_contact
from regulars.members.errors import IdentifierInvalidError, VerificationCodeSpentError
from regulars.members.events import MemberEvent, PasswordChanged, PasswordResetRequested
from regulars.members.limits import SESSIONS_PER_CONTACT, Limiter
from regulars.members.model import Member, PasswordReset
from regulars.members.passwords import require_fit
from regulars.members.ports import Identity, MemberStore, ResetStore
from regulars.members.proving import Codes
from regulars.members.recording import happened
from regulars.members.signing import Signer


@dataclass(frozen=True, slots=True)
class PasswordResets:
    """Asks for and uses the right to set a new password."""

    store: ResetStore
    members: MemberStore
    identity: Identity
    keys: Signer
    limiter: Limiter
    clock: Clock
    new_id: IdFactory
    patience: Patience

    def request(self, identifier: str, address: str) -> PasswordReset:
        """Has a code sent to the contact where a member has it; the answer is the same where nobody has it.

        Raises:
            IdentifierInvalidError: it is neither a phone number nor an e-mail address.
            TooManyRequestsError: the contact or the address asked too often.
        """
        try:
            mark = mark_of(self.keys, parse_contact(identifier))
        except InvalidContactError:
            raise IdentifierInvalidError from None
        self._codes.take(mark, address)
        member = self.members.find(self.members.owner_of(mark) or "nobody")
        may_reset = member is not None and member.may_log_in
        reset = PasswordReset(self.new_id("rst"), member.member_id if member and may_reset else None, self._codes.next())
        self.store.add(reset, self._requested(reset, member) if member and may_reset else ())
        return reset

    def complete(self, reset_id: str, code: str, password: str) -> None:
        """Sets the new password and ends every session; the same code and password again change nothing.

        Raises:
            PasswordTooCommonError, PasswordUnfitError, PasswordIsContactError, PasswordRefusedError: choose another.
            NotFoundError: there is no such request.
            VerificationCodeError, VerificationCodeExpiredError, VerificationCodeSpentError: the code does not hold.
        """
        require_fit(password)
        reset = self.store.find(reset_id)
        if reset is None:
            raise NotFoundError
        self._codes.check(reset_id, reset.code, code)
        member = self.members.find(reset.member_id) if reset.member_id else None
        if member is None:
            raise NotFoundError
        if reset.used_at is not None:
            return self._repeat(member, password)
        require_not_contact(self.keys, member.contact, password)
        self.identity.set_password(member.member_id, password)
        self.identity.sign_out(member.member_id)
        return self._use(reset, member)

    def _use(self, reset: PasswordReset, member: Member) -> None:
        now = self.clock()
        told = happened(PasswordChanged, reset.reset_id, 2, now, member_id=member.member_id, reset_id=reset.reset_id)
        self.limiter.forget(SESSIONS_PER_CONTACT, member.member_id)
        try:
            self.store.use(replace(reset, used_at=now), (told,))
        except LostRaceError:
            raise VerificationCodeSpentError from None

    def _repeat(self, member: Member, password: str) -> None:
        """A code is used once, but by a retry after a lost answer."""
        if not is_password_of(member, password, self.identity, self.limiter):
            raise VerificationCodeSpentError

    def _requested(self, reset: PasswordReset, member: Member) -> tuple[MemberEvent, ...]:
        return (
            happened(
                PasswordResetRequested, reset.reset_id, 1, self.clock(),
                member_id=member.member_id,
                reset_id=reset.reset_id,
                attempt=reset.code.attempt,
                channel=member.contact.kind.message_channel.value,
                language=member.language,
                expires_at=reset.code.expires_at,
            ),
        )  # fmt: skip

    @property
    def _codes(self) -> Codes:
        return Codes(self.keys, self.limiter, self.clock)
