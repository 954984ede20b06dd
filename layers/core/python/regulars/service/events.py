"""What happened to feedback, as other contexts hear of it: opaque ids and codes, never a word of the text."""

from typing import ClassVar

from pydantic import Field

from regulars.kernel.events import DomainEvent
from regulars.service.model import FeedbackCategory, FeedbackChannel, FeedbackKind, FeedbackSeverity


class FeedbackEvent(DomainEvent):
    """The base: which feedback, its reference number, and its version after the change; `member_id` is empty for unsigned notes."""

    context: ClassVar[str] = "service"

    feedback_id: str
    reference: str
    feedback_version: int = Field(ge=1)


class FeedbackReceived(FeedbackEvent):
    """Feedback came in; its author is told the reference number (FBK-01)."""

    channel: FeedbackChannel
    kind: FeedbackKind


class FeedbackClassified(FeedbackEvent):
    """Staff said what it is about and how much it matters (FBK-02)."""

    category: FeedbackCategory
    severity: FeedbackSeverity


class FeedbackAnswered(FeedbackEvent):
    """It was answered; its author is told (FBK-07)."""

    answer_number: int = Field(ge=1)


class FeedbackAssigned(FeedbackEvent):
    """Staff gave it to another of the staff, or to nobody in particular; to whom is read through the interface (TIER-11)."""

    is_assigned: bool


class FeedbackResolved(FeedbackEvent):
    """It was closed."""
