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
from regulars.members.model import MessageChannel

type Params = Mapping[str, Any]
"""What fills a template: texts, whole numbers and lists of them; never personal data, never a code."""


class MessageCategory(StrEnum):
    """What a message is about; all of these are service messages, none is marketing."""

    SECURITY = "security"
    MEMBERSHIP = "membership"
    POINTS = "points"
    FEEDBACK = "feedback"


class MessageTemplate(StrEnum):
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
    TIER_GRACE = "tier_grace"
    POINTS_RECEIVED = "points_received"
    POINTS_REVERSED = "points_reversed"
    POINTS_EXPIRING = "points_expiring"
    POINTS_EXPIRED = "points_expired"
    POINTS_SUSPENDED = "points_suspended"
    CASE_DECIDED = "case_decided"
    ACCOUNT_CLOSING = "account_closing"
    ACCOUNT_KEPT = "account_kept"
    ACCOUNT_CLOSED = "account_closed"
    FEEDBACK_RECEIVED = "feedback_received"
    FEEDBACK_ANSWERED = "feedback_answered"

    @property
    def category(self) -> MessageCategory:
        """What it is about."""
        return _CATEGORIES[self]

    @property
    def version(self) -> int:
        """The version that is sent now; earlier ones stay, so that what was sent can be read again."""
        return _VERSIONS.get(self, 1)


_VERSIONS: dict[MessageTemplate, int] = {MessageTemplate.TIER_CHANGED: 2}
"""The templates whose words have changed since their first version."""

_CATEGORIES: dict[MessageTemplate, MessageCategory] = {
    MessageTemplate.VERIFICATION_CODE: MessageCategory.SECURITY,
    MessageTemplate.PASSWORD_RESET_CODE: MessageCategory.SECURITY,
    MessageTemplate.PASSWORD_CHANGED: MessageCategory.SECURITY,
    MessageTemplate.KNOWN_CONTACT: MessageCategory.SECURITY,
    MessageTemplate.APPLICATION_REJECTED: MessageCategory.MEMBERSHIP,
    MessageTemplate.WELCOME: MessageCategory.MEMBERSHIP,
    MessageTemplate.PROFILE_CHANGED: MessageCategory.MEMBERSHIP,
    MessageTemplate.PRIVACY_CHANGED: MessageCategory.MEMBERSHIP,
    MessageTemplate.TIER_CHANGED: MessageCategory.MEMBERSHIP,
    MessageTemplate.TIER_GRACE: MessageCategory.MEMBERSHIP,
    MessageTemplate.POINTS_RECEIVED: MessageCategory.POINTS,
    MessageTemplate.POINTS_REVERSED: MessageCategory.POINTS,
    MessageTemplate.POINTS_EXPIRING: MessageCategory.POINTS,
    MessageTemplate.POINTS_EXPIRED: MessageCategory.POINTS,
    MessageTemplate.POINTS_SUSPENDED: MessageCategory.POINTS,
    MessageTemplate.CASE_DECIDED: MessageCategory.POINTS,
    MessageTemplate.ACCOUNT_CLOSING: MessageCategory.MEMBERSHIP,
    MessageTemplate.ACCOUNT_KEPT: MessageCategory.MEMBERSHIP,
    MessageTemplate.ACCOUNT_CLOSED: MessageCategory.MEMBERSHIP,
    MessageTemplate.FEEDBACK_RECEIVED: MessageCategory.FEEDBACK,
    MessageTemplate.FEEDBACK_ANSWERED: MessageCategory.FEEDBACK,
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

    template: MessageTemplate
    recipient_id: str
    dedupe_key: str
    event_id: str
    occurred_at: datetime
    facts: Params = field(default_factory=dict)
    channels: tuple[MessageChannel, ...] = tuple(MessageChannel)
    code: CodeRef | None = None
    expires_at: datetime | None = None
    newest: Newest | None = None

    def message_id(self, channel: MessageChannel) -> str:
        """The id of its message on a channel: the same notice has the same id, however often it comes (law N1)."""
        return derived_id("msg", self.recipient_id, self.template, self.dedupe_key, channel)


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach somebody."""

    channel: MessageChannel
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


class MessageStatus(StrEnum):
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
    template: MessageTemplate
    template_version: int
    channel: MessageChannel
    language: Language
    params: Params
    status: MessageStatus
    at: datetime
    event_id: str
    history: tuple[StatusStep, ...]
    code: CodeRef | None = None
