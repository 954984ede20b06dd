"""Registrations and members: what they are and which steps are allowed; pure, no I/O, no clock.

A registration walks `submitted → verified → reviewed → opened → complete`; a review may send it back (`rejected`, from where the
applicant corrects it), and a contact that turns out to belong to a member ends it (`already_member`). The member exists from
`opened` on and is `active` once a password was set (design decisions 1 and 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from regulars.kernel.language import Language
from regulars.members.admission import Assessment
from regulars.members.errors import MemberStatusError, RegistrationStateError


class Channel(StrEnum):
    """Where a member came from (REG-01)."""

    STORE = "store"
    WEBSITE = "website"
    APP = "app"
    WECHAT_MINI_PROGRAM = "wechat_mini_program"
    ECOMMERCE = "ecommerce"
    PARTNER = "partner"
    CUSTOMER_SERVICE = "customer_service"
    EVENT = "event"


REASON_FIELD = "rejection_reason"
"""The sealed field in which a rejection's reason stands: staff write it in their own words."""

STAFF_CHANNELS = frozenset({Channel.STORE, Channel.CUSTOMER_SERVICE})
"""Channels in which a member of staff enters the form (REG-02): the public address does not take them."""


class ContactKind(StrEnum):
    """The two contacts that can be verified."""

    PHONE = "phone"
    EMAIL = "email"

    @property
    def message_channel(self) -> "MessageChannel":
        """The channel that reaches this contact."""
        return MessageChannel.SMS if self is ContactKind.PHONE else MessageChannel.EMAIL


class MessageChannel(StrEnum):
    """How a code or a notice is sent."""

    SMS = "sms"
    EMAIL = "email"


class MarketingChannel(StrEnum):
    """The channels for which marketing consent is asked one by one (PRV-05)."""

    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"
    PUSH = "push"
    WECHAT = "wechat"


@dataclass(frozen=True, slots=True)
class ContactMark:
    """A contact without the contact: its kind and its blind index (S16)."""

    kind: ContactKind
    index: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """Personal fields, each encrypted by itself under the member's data key, which is itself wrapped (S15)."""

    key: bytes
    fields: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The versions of terms and privacy policy that were accepted, and when (REG-09, PRV-05)."""

    terms_version: str
    privacy_version: str
    accepted_at: datetime

    def due(self, terms_version: str, privacy_version: str) -> tuple[tuple[str, str], ...]:
        """The documents in force that were not accepted yet, as (document, version)."""
        pairs = (("terms", self.terms_version, terms_version), ("privacy", self.privacy_version, privacy_version))
        return tuple((name, in_force) for name, accepted, in_force in pairs if accepted != in_force)


class RegistrationState(StrEnum):
    """The steps of joining (REG-24)."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REVIEWED = "reviewed"
    REJECTED = "rejected"
    OPENED = "opened"
    COMPLETE = "complete"
    ALREADY_MEMBER = "already_member"


STEPS_MAX = 64
"""How often a form can go back and forth: a registration's item stays small."""

_STEPS: dict[RegistrationState, frozenset[RegistrationState]] = {
    RegistrationState.SUBMITTED: frozenset(
        {RegistrationState.SUBMITTED, RegistrationState.VERIFIED, RegistrationState.ALREADY_MEMBER},
    ),
    RegistrationState.VERIFIED: frozenset(
        {RegistrationState.REVIEWED, RegistrationState.REJECTED, RegistrationState.ALREADY_MEMBER},
    ),
    RegistrationState.REVIEWED: frozenset({RegistrationState.OPENED}),
    RegistrationState.REJECTED: frozenset({RegistrationState.SUBMITTED, RegistrationState.VERIFIED}),
    RegistrationState.OPENED: frozenset({RegistrationState.COMPLETE}),
    RegistrationState.COMPLETE: frozenset(),
    RegistrationState.ALREADY_MEMBER: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A state that was reached, when, and by whom."""

    state: RegistrationState
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Code:
    """The verification code in force: its number and its end; the code itself is nowhere (S4)."""

    attempt: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """One application. `member_id` is reserved from the start (its data key is bound to it) and told only once opened."""

    registration_id: str
    member_id: str
    steps: tuple[Step, ...]
    channel: Channel
    language: Language
    contact: ContactMark
    sealed: Sealed | None
    accepted: Accepted
    marketing: frozenset[MarketingChannel]
    tier_applied_for: str | None
    code: Code
    program_version: int
    entered_by: str | None = None
    birth_month: int | None = None
    findings: tuple[str, ...] = ()
    claims_by_staff: bool = False
    assessment: Assessment | None = None
    version: int = 1

    @property
    def tier_granted(self) -> str | None:
        """The tier of the member that was opened; nothing before that."""
        is_opened = self.state in {RegistrationState.OPENED, RegistrationState.COMPLETE}
        return self.assessment.tier if is_opened and self.assessment else None

    @property
    def state(self) -> RegistrationState:
        return self.steps[-1].state

    @property
    def submitted_at(self) -> datetime:
        return self.steps[0].at

    @property
    def is_decided(self) -> bool:
        """Whether the contact was verified and the answer to it stands."""
        return self.state is not RegistrationState.SUBMITTED

    def require_fields(self) -> Sealed:
        """The personal fields of a form that is still on its way.

        Raises:
            RegistrationStateError: it has come to its end and the fields are the member's, or gone.
        """
        if self.sealed is None:
            raise RegistrationStateError(state=self.state.value)
        return self.sealed

    def require_unverified(self) -> None:
        """Lets a registration pass whose contact is still to be proved.

        Raises:
            RegistrationStateError: it was proved already.
        """
        if self.is_decided:
            raise RegistrationStateError(state=self.state.value)

    def moved(self, state: RegistrationState, at: datetime, actor: str) -> "Registration":
        """The registration after a step.

        Raises:
            RegistrationStateError: the step is not allowed from here.
        """
        self.require_step(state)
        return replace(self, steps=(*self.steps, Step(state, at, actor)))

    def require_step(self, state: RegistrationState) -> None:
        """Lets an allowed step pass.

        Raises:
            RegistrationStateError: the step is not allowed from here.
        """
        if state not in _STEPS[self.state] or len(self.steps) >= STEPS_MAX:
            raise RegistrationStateError(state=self.state.value)


class MemberStatus(StrEnum):
    """What a member is (PRO-20); `applicant` is a registration that has not been opened."""

    ACTIVE_PENDING_PASSWORD = "active_pending_password"  # noqa: S105  # a status, no secret
    ACTIVE = "active"
    RESTRICTED = "restricted"
    TERMINATING = "terminating"
    TERMINATED = "terminated"


_STATUS_STEPS: dict[MemberStatus, frozenset[MemberStatus]] = {
    MemberStatus.ACTIVE_PENDING_PASSWORD: frozenset({MemberStatus.ACTIVE, MemberStatus.TERMINATED}),
    MemberStatus.ACTIVE: frozenset({MemberStatus.RESTRICTED, MemberStatus.TERMINATING}),
    MemberStatus.RESTRICTED: frozenset({MemberStatus.ACTIVE, MemberStatus.TERMINATING}),
    MemberStatus.TERMINATING: frozenset({MemberStatus.ACTIVE, MemberStatus.RESTRICTED, MemberStatus.TERMINATED}),
    MemberStatus.TERMINATED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member; names, contacts and the like are in `sealed` only."""

    member_id: str
    registration_id: str
    status: MemberStatus
    channel: Channel
    language: Language
    card_number: str
    tier_at_start: str
    opened_at: datetime
    contact: ContactMark
    sealed: Sealed
    accepted: Accepted
    marketing: frozenset[MarketingChannel]
    activated_at: datetime | None = None
    entered_by: str | None = None
    birth_month: int | None = None
    version: int = 1

    @property
    def may_log_in(self) -> bool:
        return self.status not in {MemberStatus.ACTIVE_PENDING_PASSWORD, MemberStatus.TERMINATED}

    def became(self, status: MemberStatus) -> "Member":
        """The member in another status.

        Raises:
            MemberStatusError: the step is not allowed from here.
        """
        if status not in _STATUS_STEPS[self.status]:
            raise MemberStatusError(status=self.status.value)
        return replace(self, status=status)

    def activated(self, at: datetime) -> "Member":
        """The member after the password was set (REG-19).

        Raises:
            MemberStatusError: the member is past that.
        """
        return replace(self.became(MemberStatus.ACTIVE), activated_at=at)


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """A request for a new password (REG-25); `member_id` is empty when nobody has the contact, which nobody is told."""

    reset_id: str
    member_id: str | None
    code: Code
    used_at: datetime | None = None
