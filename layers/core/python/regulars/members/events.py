"""What happened to registrations and members, as other contexts hear of it: opaque ids, no personal data."""

from datetime import datetime
from typing import ClassVar, Literal

from regulars.kernel.events import DomainEvent
from regulars.kernel.language import Language


class MemberEvent(DomainEvent):
    """The base: `context` names the source on the bus."""

    context: ClassVar[str] = "members"


class MemberRegistered(MemberEvent):
    """A registration came in (not yet a member: `member_id` is empty)."""

    registration_id: str
    channel: str


class VerificationRequested(MemberEvent):
    """A code is to be sent to the contact of a registration; the code follows from the id and the attempt."""

    registration_id: str
    attempt: int
    channel: Literal["sms", "email"]
    language: Language
    expires_at: datetime


class MemberVerified(MemberEvent):
    """The contact of a registration was proved."""

    registration_id: str
    contact_kind: Literal["phone", "email"]


class ApplicationApproved(MemberEvent):
    """A registration passed the review and the member was opened; a password is still missing."""

    member_id: str
    registration_id: str
    channel: str


class ApplicationRejected(MemberEvent):
    """A registration did not pass the review; the applicant may correct it."""

    registration_id: str
    channel: Literal["sms", "email"]
    language: Language


class MemberActivated(MemberEvent):
    """The password was set: the member is active and is welcomed once (REG-18, REG-19)."""

    member_id: str
    registration_id: str
    tier: str
    channel: str


class RegistrationForKnownContact(MemberEvent):
    """Somebody who proved a member's contact tried to register again: its owner is told (REG-22)."""

    member_id: str
    registration_id: str


class ProfileChanged(MemberEvent):
    """Fields of a profile changed: their names only."""

    member_id: str
    fields: tuple[str, ...]
    member_version: int


class PasswordResetRequested(MemberEvent):
    """A member asked for a new password: a code is to be sent to the verified contact."""

    member_id: str
    reset_id: str
    attempt: int
    channel: Literal["sms", "email"]
    language: Language
    expires_at: datetime


class PasswordChanged(MemberEvent):
    """A member's password was set anew: the member is told (ASVS 6.3.7)."""

    member_id: str
    reset_id: str
