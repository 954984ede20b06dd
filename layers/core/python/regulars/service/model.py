"""Feedback: what it is and which steps are allowed; pure, no I/O, no clock.

It walks `received → classified → answered → closed`. It may be classified anew, answered again and given to another agent until it is
closed; closing needs an answer (FBK-07).
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from regulars.service.errors import AnswerNeededError, AnswersFullError, FeedbackStateError

TEXT_LENGTH_MAX = 4000
ANSWERS_MAX = 10
"""Bounds that keep one item far below DynamoDB's 400 KB."""


class FeedbackChannel(StrEnum):
    """How it reached us (FBK-01)."""

    APP = "app"
    WEBSITE = "website"
    PHONE = "phone"
    EMAIL = "email"
    ONLINE_SERVICE = "online_service"
    SUGGESTION_BOX = "suggestion_box"
    SOCIAL_MEDIA = "social_media"
    STORE = "store"


class FeedbackKind(StrEnum):
    """What its author meant it to be."""

    QUESTION = "question"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"
    PRAISE = "praise"


class FeedbackStatus(StrEnum):
    """How far it has come."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    ANSWERED = "answered"
    CLOSED = "closed"


class FeedbackCategory(StrEnum):
    """What it is about (FBK-02)."""

    PRODUCT = "product"
    SERVICE = "service"
    PRICE = "price"
    DELIVERY = "delivery"
    POINTS = "points"
    MEMBERSHIP = "membership"
    STORE = "store"
    WEBSITE_OR_APP = "website_or_app"
    PRIVACY = "privacy"
    OTHER = "other"


class FeedbackSeverity(StrEnum):
    """How much it matters (FBK-02)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, when and by whom."""

    text: str = field(repr=False)
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One piece of feedback; `member_id` is empty for an unsigned note from the suggestion box.

    The text is kept as it was given; it is data, never markup, and stands in no log and no event (law K2). `tier` and `priority` are
    those of its receipt: a later change of the member's tier moves nothing in the queue. `agent` is the log-in of who sees it through.
    """

    feedback_id: str
    reference: str
    member_id: str | None
    channel: FeedbackChannel
    kind: FeedbackKind
    text: str = field(repr=False)
    order_reference: str | None
    received_at: datetime
    recorded_by: str
    status: FeedbackStatus = FeedbackStatus.RECEIVED
    category: FeedbackCategory | None = None
    severity: FeedbackSeverity | None = None
    answers: tuple[Answer, ...] = ()
    closed_at: datetime | None = None
    version: int = 1
    tier: str | None = None
    priority: int = 0
    agent: str | None = None

    def classified(self, category: FeedbackCategory, severity: FeedbackSeverity) -> "Feedback":
        """The feedback with its class; an answered one stays answered.

        Raises:
            FeedbackStateError: it is closed.
        """
        self._require_open()
        status = FeedbackStatus.CLASSIFIED if self.status is FeedbackStatus.RECEIVED else self.status
        return replace(self, category=category, severity=severity, status=status, version=self.version + 1)

    def answered(self, answer: Answer) -> "Feedback":
        """The feedback with one more answer.

        Raises:
            FeedbackStateError: it was not classified yet, or is closed.
            AnswersFullError: it has as many answers as it can hold.
        """
        self._require_open()
        if self.status is FeedbackStatus.RECEIVED:
            raise FeedbackStateError(status=self.status.value)
        if len(self.answers) >= ANSWERS_MAX:
            raise AnswersFullError(limit=ANSWERS_MAX)
        return replace(self, answers=(*self.answers, answer), status=FeedbackStatus.ANSWERED, version=self.version + 1)

    def assigned(self, agent: str | None) -> "Feedback":
        """The feedback in the hands of one of the staff, or of nobody in particular; its status is as before.

        Raises:
            FeedbackStateError: it is closed.
        """
        self._require_open()
        return replace(self, agent=agent, version=self.version + 1)

    def closed(self, at: datetime) -> "Feedback":
        """The feedback once it is done with.

        Raises:
            FeedbackStateError: it is closed already.
            AnswerNeededError: nothing was answered yet (FBK-07).
        """
        self._require_open()
        if not self.answers:
            raise AnswerNeededError
        return replace(self, status=FeedbackStatus.CLOSED, closed_at=at, version=self.version + 1)

    def _require_open(self) -> None:
        if self.status is FeedbackStatus.CLOSED:
            raise FeedbackStateError(status=self.status.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSummary:
    """A line of a member's list."""

    feedback_id: str
    reference: str
    channel: FeedbackChannel
    kind: FeedbackKind
    status: FeedbackStatus
    received_at: datetime


_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference_number(feedback_id: str, salt: int) -> str:
    """A number that can be read out on the phone, such as `F-7K3M-9Q2X`; another `salt` gives another one."""
    digest = int.from_bytes(hashlib.sha256(f"{feedback_id}/{salt}".encode()).digest()[:5])
    letters = "".join(_LETTERS[digest >> shift & 31] for shift in range(35, -1, -5))
    return f"F-{letters[:4]}-{letters[4:]}"
