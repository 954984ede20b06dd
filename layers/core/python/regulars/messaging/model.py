"""Messages: what is to be told to whom, what was sent, and how often something may be sent; pure, no I/O, no clock.

Nothing here holds a name, a contact or a code: a message is kept as its template with the figures that filled it, and its text
is made again from them when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from regulars.kernel.ids import derived_id
from regulars.kernel.language import Language

type Params = Mapping[str, Any]
"""What fills a template: texts, whole numbers and lists of them; never personal data, never a code."""


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"


class Category(StrEnum):
    """What a message is about; all of these are service messages, none is marketing."""

    SECURITY = "security"
    MEMBERSHIP = "membership"
    POINTS = "points"
    FEEDBACK = "feedback"


class Template(StrEnum):
    """Every message there is."""

    VERIFICATION_CODE = "verification_code"
    PASSWORD_RESET_CODE = "password_reset_code"  # noqa: S105  # a template's name
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a template's name
    KNOWN_CONTACT = "known_contact"
    APPLICATION_REJECTED = "application_rejected"
    WELCOME = "welcome"
    PROFILE_CHANGED = "profile_changed"
    PRIVACY_CHANGED = "privacy_changed"
    TIER_CHANGED = "tier_changed"
    POINTS_EXPIRING = "points_expiring"
    POINTS_EXPIRED = "points_expired"
    FEEDBACK_RECEIVED = "feedback_received"
    FEEDBACK_ANSWERED = "feedback_answered"

    @property
    def category(self) -> Category:
        """What it is about."""
        return _CATEGORIES[self]

    @property
    def version(self) -> int:
        """The version that is sent now; earlier ones stay, so that what was sent can be read again."""
        return 1


_CATEGORIES: dict[Template, Category] = {
    Template.VERIFICATION_CODE: Category.SECURITY,
    Template.PASSWORD_RESET_CODE: Category.SECURITY,
    Template.PASSWORD_CHANGED: Category.SECURITY,
    Template.KNOWN_CONTACT: Category.SECURITY,
    Template.APPLICATION_REJECTED: Category.MEMBERSHIP,
    Template.WELCOME: Category.MEMBERSHIP,
    Template.PROFILE_CHANGED: Category.MEMBERSHIP,
    Template.PRIVACY_CHANGED: Category.MEMBERSHIP,
    Template.TIER_CHANGED: Category.MEMBERSHIP,
    Template.POINTS_EXPIRING: Category.POINTS,
    Template.POINTS_EXPIRED: Category.POINTS,
    Template.FEEDBACK_RECEIVED: Category.FEEDBACK,
    Template.FEEDBACK_ANSWERED: Category.FEEDBACK,
}


@dataclass(frozen=True, slots=True)
class CodeRef:
    """Which code a message carries: whose and the how-manieth; the code follows from these and is kept nowhere (S4)."""

    subject_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Newest:
    """A message that tells a state: of one topic, an older version is not told after a newer one."""

    topic: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell: to a member (`mem_…`) or an applicant (`reg_…`), once per `dedupe_key`.

    `channels` limits the ways it may go (a code goes to the contact it proves); after `expires_at` it is of no use.
    """

    template: Template
    recipient_id: str
    dedupe_key: str
    event_id: str
    occurred_at: datetime
    facts: Params = field(default_factory=dict)
    channels: tuple[Channel, ...] = tuple(Channel)
    code: CodeRef | None = None
    expires_at: datetime | None = None
    newest: Newest | None = None

    def message_id(self, channel: Channel) -> str:
        """The id of its message on a channel: the same notice has the same id, however often it comes (law N1)."""
        return derived_id("msg", self.recipient_id, self.template, self.dedupe_key, channel)


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach somebody."""

    channel: Channel
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, in which language and by which verified contacts, the preferred one first.

    `reason` is what staff wrote to an applicant they could not accept; it is sent and not kept.
    """

    recipient_id: str
    language: Language
    addresses: tuple[Address, ...]
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """A message in words: an SMS is `text` alone."""

    text: str
    subject: str | None = None
    html: str | None = None


class Status(StrEnum):
    """What became of a message: the provider took it, refused it for good, or failed so often that another channel was taken."""

    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class StatusStep:
    """One step of a message's way: `sent`, `refused`, `given_up`, or `failed` for a try that is made again; `code` says why."""

    status: str
    at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The communication record of one message (COM-07); `params` filled the template in the language sent."""

    message_id: str
    recipient_id: str
    template: Template
    template_version: int
    channel: Channel
    language: Language
    params: Params
    status: Status
    at: datetime
    event_id: str
    history: tuple[StatusStep, ...]
    code: CodeRef | None = None
