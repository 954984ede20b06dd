"""Log-in, refresh and log-out, with our own limits and lock-out; the same answer and work for unknown names (S3, REG-25)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from regulars.kernel.clock import Clock
from regulars.kernel.ids import derived_id
from regulars.members.contact import InvalidContactError, mark_of, parse_contact
from regulars.members.errors import InvalidCredentialsError, SessionEndedError
from regulars.members.limits import SESSIONS_PER_ADDRESS, SESSIONS_PER_CONTACT, Limiter
from regulars.members.model import Member
from regulars.members.ports import CredentialsRefusedError, Identity, MemberStore, Tokens
from regulars.members.signing import Signer
from regulars.program.model import ProgrammeVersion

_STAFF_NAME = re.compile(r"[a-z][a-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that held: tokens, the member where it is one, and the documents that are to be accepted anew (PRV-05)."""

    tokens: Tokens
    member: Member | None
    consents_due: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SessionService:
    """Finds the member behind a contact and asks the identity service."""

    members: MemberStore
    identity: Identity
    keys: Signer
    limiter: Limiter
    programme_at: Callable[[datetime], ProgrammeVersion]
    clock: Clock

    def log_in(self, identifier: str, password: str, address: str) -> Session:
        """Logs a member in by phone or e-mail address, or staff by name.

        Raises:
            InvalidCredentialsError: unknown name, wrong password, or a member who may not log in: not told apart.
            TooManyRequestsError: too many tries for this name or from this address; a right password does not help then.
        """
        self.limiter.take(SESSIONS_PER_ADDRESS, address)
        username, is_member = self._username(identifier)
        self.limiter.take(SESSIONS_PER_CONTACT, username)
        member = self.members.find(username) if is_member else None
        try:
            tokens = self.identity.log_in(username, password)
        except CredentialsRefusedError:
            raise InvalidCredentialsError from None
        if is_member and not (member and member.may_log_in):
            raise InvalidCredentialsError
        self.limiter.forget(SESSIONS_PER_CONTACT, username)
        return Session(tokens, member, self._due(member))

    def refresh(self, refresh_token: str, address: str) -> Session:
        """A new access token.

        Raises:
            SessionEndedError: the refresh token has ended, was revoked, or is none; or the member may not log in any more.
            TooManyRequestsError: too many tries from this address.
        """
        self.limiter.take(SESSIONS_PER_ADDRESS, address)
        try:
            tokens = self.identity.refresh(refresh_token)
        except CredentialsRefusedError:
            raise SessionEndedError from None
        if not tokens.username.startswith("mem_"):
            return Session(tokens, None, ())
        member = self.members.find(tokens.username)
        if member is None or not member.may_log_in:
            raise SessionEndedError
        return Session(tokens, member, self._due(member))

    def log_out(self, refresh_token: str) -> None:
        """Revokes the session's tokens; repeating it changes nothing."""
        self.identity.revoke(refresh_token)

    def _username(self, identifier: str) -> tuple[str, bool]:
        """The user of an identifier and whether it names a member; a name nobody has stands for an unknown contact."""
        try:
            mark = mark_of(self.keys, parse_contact(identifier))
        except InvalidContactError:
            is_staff_name = _STAFF_NAME.fullmatch(identifier) and not identifier.startswith("mem_")
            return (identifier if is_staff_name else self._nobody(identifier)), False
        return self.members.owner_of(mark) or self._nobody(mark.index), True

    def _nobody(self, identifier: str) -> str:
        return derived_id("mem", self.keys.sign("nobody", identifier).hex())

    def _due(self, member: Member | None) -> tuple[tuple[str, str], ...]:
        if member is None:
            return ()
        programme = self.programme_at(self.clock()).programme
        return member.accepted.due(programme.terms.version, programme.privacy.version)
