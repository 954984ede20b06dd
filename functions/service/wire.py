"""Feedback on the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from regulars.kernel.language import Language, Text
from regulars.kernel.wire import Instant, PageQuery, PlainText, RequestModel, ResponseModel
from regulars.program.serving import StaffName
from regulars.service.model import (
    TEXT_LENGTH_MAX,
    Feedback,
    FeedbackCategory,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSeverity,
    FeedbackStatus,
    FeedbackSummary,
)
from regulars.service.service import Receipt

type FeedbackText = Annotated[PlainText, StringConstraints(min_length=1, max_length=TEXT_LENGTH_MAX)]
type OrderReference = Annotated[PlainText, StringConstraints(min_length=1, max_length=128)]

_ACKNOWLEDGED = Text(
    "Thank you: we have your feedback. Its reference number is {reference}.", "感谢您的反馈，我们已收到，编号为 {reference}。"
)


class FeedbackRequest(RequestModel):
    """What a member has to say."""

    channel: FeedbackChannel = Field(strict=False, description="How it reached us.")
    kind: FeedbackKind = Field(strict=False, description="What its author means it to be.")
    text: FeedbackText = Field(description="Kept as given; it is never read as markup.")
    order_reference: OrderReference | None = Field(None, description="The order or receipt it is about.")


class FeedbackOnBehalfRequest(FeedbackRequest):
    """What staff key in: a call, a letter, a note from the suggestion box."""

    member_id: str | None = Field(None, pattern=r"^mem_[0-9A-Z]{26}$", description="Who said it; left out for an unsigned note.")


class ClassificationRequest(RequestModel):
    """What it is about and how much it matters; both are needed."""

    category: FeedbackCategory = Field(strict=False)
    severity: FeedbackSeverity = Field(strict=False)


class AnswerRequest(RequestModel):
    """An answer to the member."""

    text: FeedbackText


class AssignmentRequest(RequestModel):
    """Who is to see it through."""

    agent: StaffName | None = Field(description="The name by which somebody of the staff logs in; null for nobody in particular.")


class FeedbackQuery(PageQuery):
    """Which work list to read."""

    status: FeedbackStatus = Field(
        FeedbackStatus.RECEIVED, description="The highest priority first, then the oldest; of what is closed the newest."
    )
    agent: StaffName | None = Field(None, description="Only what is assigned to this one of the staff.")


class AcknowledgementResponse(ResponseModel):
    """A stable code with its figures, and the sentence in the caller's language."""

    code: str
    params: dict[str, str]
    text: str


class FeedbackReceiptResponse(ResponseModel):
    """Feedback was taken in."""

    feedback_id: str
    reference: str = Field(description="To be named when somebody asks for it.")
    status: FeedbackStatus
    received_at: Instant
    acknowledgement: AcknowledgementResponse


class FeedbackStepResponse(ResponseModel):
    """What a step came to."""

    feedback_id: str
    reference: str
    status: FeedbackStatus
    version: int
    at: Instant


class MyAnswerResponse(ResponseModel):
    """An answer as its receiver sees it."""

    text: str
    at: Instant


class MyFeedbackResponse(ResponseModel):
    """Feedback as its author sees it."""

    feedback_id: str
    reference: str
    channel: FeedbackChannel
    kind: FeedbackKind
    status: FeedbackStatus
    text: str
    order_reference: str | None
    received_at: Instant
    answers: tuple[MyAnswerResponse, ...]
    closed_at: Instant | None


class FeedbackLineResponse(ResponseModel):
    """A line of a member's list."""

    feedback_id: str
    reference: str
    channel: FeedbackChannel
    kind: FeedbackKind
    status: FeedbackStatus
    received_at: Instant


class FeedbackLinePageResponse(ResponseModel):
    """A page of a member's feedback, newest first."""

    items: tuple[FeedbackLineResponse, ...]
    next_cursor: str | None


class AnswerResponse(MyAnswerResponse):
    """An answer as staff see it."""

    actor: str


class FeedbackResponse(ResponseModel):
    """Feedback as staff see it."""

    feedback_id: str
    reference: str
    member_id: str | None
    channel: FeedbackChannel
    kind: FeedbackKind
    status: FeedbackStatus
    category: FeedbackCategory | None
    severity: FeedbackSeverity | None
    text: str
    order_reference: str | None
    received_at: Instant
    recorded_by: str
    answers: tuple[AnswerResponse, ...]
    closed_at: Instant | None
    version: int
    tier: str | None = Field(description="The member's tier when it came in; null for an unsigned note, and for what is older than lanes.")
    priority: int = Field(description="That tier's priority when it came in; a higher one is served first.")
    agent: str | None = Field(description="The log-in of who is to see it through.")


class FeedbackPageResponse(ResponseModel):
    """A page of a work list."""

    items: tuple[FeedbackResponse, ...]
    next_cursor: str | None


def receipt_of(receipt: Receipt, language: Language) -> FeedbackReceiptResponse:
    """The acknowledgement in the caller's language."""
    params = {"reference": receipt.reference}
    return FeedbackReceiptResponse(
        feedback_id=receipt.feedback_id,
        reference=receipt.reference,
        status=receipt.status,
        received_at=receipt.at,
        acknowledgement=AcknowledgementResponse(code="feedback_received", params=params, text=_ACKNOWLEDGED.render(language, **params)),
    )


def step_of(receipt: Receipt) -> FeedbackStepResponse:
    """What a step came to."""
    return FeedbackStepResponse(
        feedback_id=receipt.feedback_id,
        reference=receipt.reference,
        status=receipt.status,
        version=receipt.version,
        at=receipt.at,
    )


def line_of(summary: FeedbackSummary) -> FeedbackLineResponse:
    """A line of a member's list."""
    return FeedbackLineResponse(
        feedback_id=summary.feedback_id,
        reference=summary.reference,
        channel=summary.channel,
        kind=summary.kind,
        status=summary.status,
        received_at=summary.received_at,
    )


def mine_of(feedback: Feedback) -> MyFeedbackResponse:
    """Feedback for its author: without the class staff gave it."""
    return MyFeedbackResponse(
        feedback_id=feedback.feedback_id,
        reference=feedback.reference,
        channel=feedback.channel,
        kind=feedback.kind,
        status=feedback.status,
        text=feedback.text,
        order_reference=feedback.order_reference,
        received_at=feedback.received_at,
        answers=tuple(MyAnswerResponse(text=answer.text, at=answer.at) for answer in feedback.answers),
        closed_at=feedback.closed_at,
    )


def staff_view_of(feedback: Feedback) -> FeedbackResponse:
    """Feedback for staff."""
    return FeedbackResponse(
        feedback_id=feedback.feedback_id,
        reference=feedback.reference,
        member_id=feedback.member_id,
        channel=feedback.channel,
        kind=feedback.kind,
        status=feedback.status,
        category=feedback.category,
        severity=feedback.severity,
        text=feedback.text,
        order_reference=feedback.order_reference,
        received_at=feedback.received_at,
        recorded_by=feedback.recorded_by,
        answers=tuple(AnswerResponse(text=answer.text, at=answer.at, actor=answer.actor) for answer in feedback.answers),
        closed_at=feedback.closed_at,
        version=feedback.version,
        tier=feedback.tier,
        priority=feedback.priority,
        agent=feedback.agent,
    )
