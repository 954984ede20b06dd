"""What can be asked of the service."""

from dataclasses import dataclass, field

from regulars.service.model import FeedbackCategory, FeedbackChannel, FeedbackKind, FeedbackSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What makes a command count once: the caller, its idempotency key (where it sent one), and the hash of the content."""

    actor: str
    key: str | None
    input_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFeedback:
    """Takes feedback in.

    Raises:
        MemberNotFoundError: it names a member there is not.
        IdempotencyMismatchError: the key came with other content.
    """

    member_id: str | None
    channel: FeedbackChannel
    kind: FeedbackKind
    text: str = field(repr=False)
    order_reference: str | None = None


@dataclass(frozen=True, slots=True)
class ClassifyFeedback:
    """Says what it is about and how much it matters.

    Raises:
        FeedbackStateError: it is closed.
    """

    category: FeedbackCategory
    severity: FeedbackSeverity


@dataclass(frozen=True, slots=True)
class AnswerFeedback:
    """Answers it; the member sees the text and is told that it is there.

    Raises:
        FeedbackStateError: it was not classified yet, or is closed.
        AnswersFullError: it has as many answers as it can hold.
    """

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssignFeedback:
    """Gives it to one of the staff, by the name of the log-in, or to nobody in particular.

    Raises:
        FeedbackStateError: it is closed.
    """

    agent: str | None


@dataclass(frozen=True, slots=True)
class CloseFeedback:
    """Ends it.

    Raises:
        FeedbackStateError: it is closed already.
        AnswerNeededError: nothing was answered yet.
    """


type FeedbackCommand = ClassifyFeedback | AnswerFeedback | AssignFeedback | CloseFeedback
