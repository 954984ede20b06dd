"""`/v1/feedback`: what staff key in, and how they see feedback through."""

from functions.service.serving_wire import MemberServiceResponse, member_service_of
from functions.service.wire import (
    AnswerRequest,
    AssignmentRequest,
    ClassificationRequest,
    FeedbackLinePageResponse,
    FeedbackOnBehalfRequest,
    FeedbackPageResponse,
    FeedbackQuery,
    FeedbackReceiptResponse,
    FeedbackResponse,
    FeedbackStepResponse,
    line_of,
    receipt_of,
    staff_view_of,
    step_of,
)
from regulars.accounts.errors import MemberNotFoundError
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import PreconditionFailedError
from regulars.kernel.idempotency import input_hash
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery, RequestModel
from regulars.service.commands import (
    AnswerFeedback,
    AssignFeedback,
    ClassifyFeedback,
    CloseFeedback,
    FeedbackCommand,
    GiveFeedback,
    Once,
)
from regulars.service.errors import AnswerNeededError, AnswersFullError, FeedbackStateError
from regulars.wiring import wiring

routes = Routes()


@routes.post(
    "/v1/feedback",
    Action.RECORD_FEEDBACK,
    summary="Record feedback on behalf",
    status=201,
    errors=(MemberNotFoundError,),
    idempotency="required",
)
def record_feedback(call: Call, body: FeedbackOnBehalfRequest) -> Reply[FeedbackReceiptResponse]:
    """Keys in a call, a letter or a note from the suggestion box; the member is told the reference number (FBK-01)."""
    command = GiveFeedback(
        member_id=body.member_id, channel=body.channel, kind=body.kind, text=body.text, order_reference=body.order_reference
    )
    receipt = wiring().feedback.give(command, _once(call, body))
    return Reply(receipt_of(receipt, call.language), headers=_replayed(is_replay=receipt.is_replay))


@routes.get("/v1/feedback", Action.HANDLE_FEEDBACK, summary="The work list")
def list_feedback(query: FeedbackQuery) -> FeedbackPageResponse:
    """Feedback of one status, all of it or one agent's: the highest priority first, then the oldest; of what is closed the newest.

    The priority is that of the member's tier when it came in (TIER-11, BEN-04).
    """
    page = wiring().feedback.in_status(query.status, query.limit, query.cursor, query.agent)
    return FeedbackPageResponse(items=tuple(staff_view_of(item) for item in page.items), next_cursor=page.next_cursor)


@routes.get("/v1/members/{member_id}/feedback", Action.HANDLE_FEEDBACK, summary="A member's feedback")
def list_member_feedback(member_id: str, query: PageQuery) -> FeedbackLinePageResponse:
    """As `/v1/me/feedback`, for staff."""
    page = wiring().feedback.of_known_member(member_id, query.limit, query.cursor)
    return FeedbackLinePageResponse(items=tuple(line_of(item) for item in page.items), next_cursor=page.next_cursor)


@routes.get("/v1/members/{member_id}/service", Action.HANDLE_FEEDBACK, summary="How a member is served")
def get_member_service(call: Call, member_id: str) -> MemberServiceResponse:
    """The priority of the member's tier now, and the member's own agent, if the tier has agents (BEN-15)."""
    return member_service_of(wiring().feedback.service_of_known_member(member_id), call.language)


@routes.get("/v1/feedback/{feedback_id}", Action.HANDLE_FEEDBACK, summary="One piece of feedback", conditional=True)
def get_feedback(feedback_id: str) -> Reply[FeedbackResponse]:
    """The feedback with its class and answers."""
    feedback = wiring().feedback.find(feedback_id)
    return Reply(staff_view_of(feedback), headers={"ETag": f'"{feedback.version}"'})


@routes.post(
    "/v1/feedback/{feedback_id}/classification",
    Action.HANDLE_FEEDBACK,
    summary="Classify feedback",
    errors=(FeedbackStateError, PreconditionFailedError),
    idempotency="optional",
)
def classify_feedback(call: Call, feedback_id: str, body: ClassificationRequest) -> Reply[FeedbackStepResponse]:
    """Says what it is about and how much it matters; it may be said anew until it is closed. `If-Match` is heeded."""
    return _take(call, feedback_id, ClassifyFeedback(body.category, body.severity), body)


@routes.post(
    "/v1/feedback/{feedback_id}/answer",
    Action.HANDLE_FEEDBACK,
    summary="Answer feedback",
    errors=(FeedbackStateError, AnswersFullError, PreconditionFailedError),
    idempotency="required",
)
def answer_feedback(call: Call, feedback_id: str, body: AnswerRequest) -> Reply[FeedbackStepResponse]:
    """Answers classified feedback: the member sees the text and is told that it is there (FBK-07). `If-Match` is heeded."""
    return _take(call, feedback_id, AnswerFeedback(body.text), body)


@routes.post(
    "/v1/feedback/{feedback_id}/assignment",
    Action.HANDLE_FEEDBACK,
    summary="Assign feedback",
    errors=(FeedbackStateError, PreconditionFailedError),
    idempotency="optional",
)
def assign_feedback(call: Call, feedback_id: str, body: AssignmentRequest) -> Reply[FeedbackStepResponse]:
    """Gives it to another of the staff, or to nobody in particular; the member's own agent stays who it is. `If-Match` is heeded."""
    return _take(call, feedback_id, AssignFeedback(body.agent), body)


@routes.post(
    "/v1/feedback/{feedback_id}/closure",
    Action.HANDLE_FEEDBACK,
    summary="Close feedback",
    errors=(FeedbackStateError, AnswerNeededError, PreconditionFailedError),
    idempotency="optional",
)
def close_feedback(call: Call, feedback_id: str) -> Reply[FeedbackStepResponse]:
    """Ends it; only what was answered can be closed (FBK-07). `If-Match` is heeded."""
    return _take(call, feedback_id, CloseFeedback(), None)


def _take(call: Call, feedback_id: str, command: FeedbackCommand, body: RequestModel | None) -> Reply[FeedbackStepResponse]:
    receipt = wiring().feedback.carry_out(feedback_id, command, _once(call, body), _version_read(call))
    return Reply(step_of(receipt), headers={"ETag": f'"{receipt.version}"', **_replayed(is_replay=receipt.is_replay)})


def _once(call: Call, body: RequestModel | None) -> Once:
    content = body.model_dump(mode="json") if body else {}
    return Once(actor=call.principal.actor, key=call.idempotency_key, input_hash=input_hash(content))


def _version_read(call: Call) -> int | None:
    """The version that `If-Match` names; an ETag none of ours names no version there is."""
    etag = call.headers.get("if-match", "*").strip()
    if etag == "*":
        return None
    number = etag.removeprefix('"').removesuffix('"')
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def _replayed(*, is_replay: bool) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if is_replay else {}
