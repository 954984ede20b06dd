"""What the members' services need from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from regulars.kernel.paging import Page
from regulars.members.events import MemberEvent
from regulars.members.model import ContactMark, Member, MemberStatus, PasswordReset, Registration, Sealed


@dataclass(frozen=True, slots=True)
class Record:
    """The immutable record of one change: what, when, by whom, in codes and figures, and the events it lets out.

    `kind` is `consent` for what a person agreed to or withdrew (law P3: append-only), else `log`.
    """

    kind: Literal["log", "consent"]
    what: str
    at: datetime
    actor: str
    facts: Mapping[str, str] = field(default_factory=dict)
    events: tuple[MemberEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whose card a number is; held in one item, so that a till's card costs one read.

    `tier_at_start` is empty for cards from before members could join above the lowest tier.
    """

    card_number: str
    member_id: str
    status: MemberStatus
    activated_at: datetime | None
    tier_at_start: str = ""


class ContactTakenError(Exception):
    """Another member holds the contact: the transaction did not happen."""


class RegistrationStore(Protocol):
    """Keeps registrations; each write is one transaction of the state, under its version, and the record of the change."""

    def find(self, registration_id: str) -> Registration | None: ...

    def add(self, registration: Registration, record: Record) -> None:
        """Writes a new registration."""
        ...

    def save(self, registration: Registration, record: Record) -> None:
        """Replaces the registration of the version before.

        Raises:
            LostRaceError: it has another version by now.
        """
        ...

    def open(self, registration: Registration, member: Member, record: Record, member_records: tuple[Record, ...]) -> None:
        """Opens the member: registration, member, the contact's guard and the card, all or none (REG-17, REG-22, CARD-01).

        Raises:
            ContactTakenError: the contact belongs to a member.
            LostRaceError: the registration has another version, or the card number is taken.
        """
        ...

    def complete(self, registration: Registration, member: Member, record: Record, member_record: Record) -> None:
        """Replaces the registration and its member (REG-19).

        Raises:
            LostRaceError: one of them has another version by now.
        """
        ...

    def waiting(self, limit: int, cursor: str | None) -> Page[Registration]:
        """The applications that wait for staff, the oldest first (REG-16)."""
        ...


class MemberReader(Protocol):
    """Finds members by opaque things; holds nothing personal and decrypts nothing."""

    def find(self, member_id: str) -> Member | None: ...

    def card(self, card_number: str) -> CardHolder | None: ...


class MemberStore(MemberReader, Protocol):
    """Keeps members."""

    def owner_of(self, contact: ContactMark) -> str | None:
        """The member who holds a contact."""
        ...

    def save(self, member: Member, record: Record) -> None:
        """Replaces the member of the version before.

        Raises:
            LostRaceError: the member has another version by now.
        """
        ...

    def consent_records(self, member_id: str, limit: int, cursor: str | None) -> Page[Record]:
        """What was agreed to and withdrawn, the newest first."""
        ...


class ResetStore(Protocol):
    """Keeps requests for a new password for as long as they can be used, and a little longer."""

    def find(self, reset_id: str) -> PasswordReset | None: ...

    def add(self, reset: PasswordReset, events: tuple[MemberEvent, ...]) -> None:
        """Writes a new request."""
        ...

    def use(self, reset: PasswordReset, events: tuple[MemberEvent, ...]) -> None:
        """Marks a request as used.

        Raises:
            LostRaceError: it was used by somebody else.
        """
        ...


class Vault(Protocol):
    """Encrypts personal fields one by one under a data key of their owner (S15)."""

    def seal(self, owner: str, fields: Mapping[str, str]) -> Sealed:
        """The fields under a new data key."""
        ...

    def change(self, owner: str, sealed: Sealed, changes: Mapping[str, str | None]) -> Sealed:
        """The fields with some replaced and, where `None`, removed."""
        ...

    def open(self, owner: str, sealed: Sealed) -> dict[str, str]:
        """The fields in clear.

        Raises:
            UnavailableError: the key service does not answer.
        """
        ...


class CredentialsRefusedError(Exception):
    """The identity service knows no such user and password, or no such token."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the identity service answers to a log-in or a refresh; `username` is whose they are."""

    username: str
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in_seconds: int


class Identity(Protocol):
    """The identity service: users by opaque name, no contacts."""

    def set_password(self, username: str, password: str) -> None:
        """Makes the user where there is none and sets the password; repeating it changes nothing.

        Raises:
            PasswordRefusedError: the service's own policy refuses the password.
        """
        ...

    def log_in(self, username: str, password: str) -> Tokens:
        """Raises CredentialsRefusedError alike for an unknown user and a wrong password."""
        ...

    def refresh(self, refresh_token: str) -> Tokens:
        """Raises CredentialsRefusedError for a token that has ended or is none."""
        ...

    def revoke(self, refresh_token: str) -> None:
        """Ends a session; a token that is none of ours ends nothing."""
        ...

    def sign_out(self, username: str) -> None:
        """Ends every session of a user."""
        ...
