"""Setting the password completes joining (REG-19): the identity service first, then our transaction, so that a retry completes it."""

from dataclasses import dataclass, replace
from datetime import datetime

from regulars.kernel.clock import Clock
from regulars.kernel.errors import NotFoundError
from regulars.kernel.retry import Patience
from regulars.members.contact import InvalidContactError, mark_of, parse_contact
from regulars.members.errors import PasswordAlreadySetError, PasswordIsContactError
from regulars.members.events import MemberActivated
from regulars.members.limits import SESSIONS_PER_CONTACT, Limiter
from regulars.members.model import ContactMark, Member, MemberStatus, Registration, RegistrationState
from regulars.members.passwords import require_fit
from regulars.members.ports import CredentialsRefusedError, Identity, MemberStore, Record, RegistrationStore
from regulars.members.recording import happened
from regulars.members.signing import Signer


def require_not_contact(keys: Signer, contact: ContactMark, password: str) -> None:
    """Compares blind indexes, so that nothing has to be decrypted.

    Raises:
        PasswordIsContactError: the password is the member's own phone number or e-mail address.
    """
    try:
        candidate = parse_contact(password)
    except InvalidContactError:
        return
    if mark_of(keys, candidate) == contact:
        raise PasswordIsContactError


@dataclass(frozen=True, slots=True)
class Activation:
    """Makes the user and activates the member."""

    store: RegistrationStore
    members: MemberStore
    identity: Identity
    keys: Signer
    limiter: Limiter
    clock: Clock
    patience: Patience

    def set_password(self, registration_id: str, password: str) -> Member:
        """Completes a registration; the same password again gets the same answer, another one is refused.

        Raises:
            NotFoundError: there is no such registration.
            RegistrationStateError: the registration is not opened yet.
            PasswordTooCommonError, PasswordUnfitError, PasswordIsContactError, PasswordRefusedError: choose another.
            PasswordAlreadySetError: the registration was completed with another password.
        """
        require_fit(password)
        return self.patience.attempt(lambda: self._set(registration_id, password))

    def _set(self, registration_id: str, password: str) -> Member:
        registration = self.store.find(registration_id)
        if registration is None:
            raise NotFoundError
        if registration.state is not RegistrationState.COMPLETE:
            registration.require_step(RegistrationState.COMPLETE)
        member = self.members.find(registration.member_id)
        if member is None:
            raise NotFoundError
        if member.status is not MemberStatus.ACTIVE_PENDING_PASSWORD:
            return self._same_again(member, password)
        require_not_contact(self.keys, member.contact, password)
        self.identity.set_password(member.member_id, password)
        return self._activate(registration, member, self.clock())

    def _activate(self, registration: Registration, member: Member, now: datetime) -> Member:
        actor = f"member:{member.member_id}"
        active = replace(member.activated(now), version=member.version + 1)
        complete = replace(registration.moved(RegistrationState.COMPLETE, now, actor), version=registration.version + 1)
        event = happened(
            MemberActivated, active.member_id, active.version, now,
            member_id=active.member_id,
            registration_id=active.registration_id,
            tier=active.tier_at_start,
            channel=active.channel.value,
        )  # fmt: skip
        record = Record("log", "completed", now, actor)
        self.store.complete(complete, active, record, Record("log", "activated", now, actor, events=(event,)))
        return active

    def _same_again(self, member: Member, password: str) -> Member:
        if not is_password_of(member, password, self.identity, self.limiter):
            raise PasswordAlreadySetError
        return member


def is_password_of(member: Member, password: str, identity: Identity, limiter: Limiter) -> bool:
    """Whether somebody who sets a password that is set has it: so has a retry after a lost answer; guesses are limited.

    Raises:
        TooManyRequestsError: too many guesses.
    """
    limiter.take(SESSIONS_PER_CONTACT, member.member_id)
    try:
        identity.log_in(member.member_id, password)
    except CredentialsRefusedError:
        return False
    limiter.forget(SESSIONS_PER_CONTACT, member.member_id)
    return True
