"""`/v1/me/feedback`, `/v1/me/service`: what a member says, the answer, and who is there for the member."""

from functions.service.serving_wire import MyServiceResponse, my_service_of
from functions.service.wire import (
    FeedbackLinePageResponse,
    FeedbackReceiptResponse,
    FeedbackRequest,
    MyFeedbackResponse,
    line_of,
    mine_of,
    receipt_of,
)
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import UnauthenticatedError
from regulars.kernel.idempotency import input_hash
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.service.commands import GiveFeedback, Once
from regulars.wiring import wiring

routes = Routes()


@routes.post("/v1/me/feedback", Action.GIVE_OWN_FEEDBACK, summary="Give feedback", status=201, idempotency="required")
def give_feedback(call: Call, body: FeedbackRequest) -> Reply[FeedbackReceiptResponse]:
    """Takes a question, suggestion, complaint or praise; answers with its reference number (FBK-01)."""
    command = GiveFeedback(member_id=_own(call), channel=body.channel, kind=body.kind, text=body.text, order_reference=body.order_reference)
    once = Once(actor=call.principal.actor, key=call.idempotency_key, input_hash=input_hash(body.model_dump(mode="json")))
    receipt = wiring().feedback.give(command, once)
    headers = {"Idempotent-Replayed": "true"} if receipt.is_replay else {}
    return Reply(receipt_of(receipt, call.language), headers=headers)


@routes.get("/v1/me/feedback", Action.GIVE_OWN_FEEDBACK, summary="My feedback")
def list_my_feedback(call: Call, query: PageQuery) -> FeedbackLinePageResponse:
    """What I said and how far it has come, newest first."""
    page = wiring().feedback.of_member(_own(call), query.limit, query.cursor)
    return FeedbackLinePageResponse(items=tuple(line_of(item) for item in page.items), next_cursor=page.next_cursor)


@routes.get("/v1/me/feedback/{feedback_id}", Action.GIVE_OWN_FEEDBACK, summary="One piece of my feedback", conditional=True)
def get_my_feedback(call: Call, feedback_id: str) -> Reply[MyFeedbackResponse]:
    """What I said, with the answers (FBK-07); somebody else's is not found."""
    feedback = wiring().feedback.own(_own(call), feedback_id)
    return Reply(mine_of(feedback), headers={"ETag": f'"{feedback.version}"'})


@routes.get("/v1/me/service", Action.READ_OWN_ACCOUNT, summary="How I am served")
def get_my_service(call: Call) -> MyServiceResponse:
    """Whether my tier has a priority lane, and the name of my own agent, if it has agents (BEN-04, BEN-15)."""
    return my_service_of(wiring().feedback.service_of(_own(call)), call.language)


def _own(call: Call) -> str:
    if call.principal.member_id is None:
        raise UnauthenticatedError
    return call.principal.member_id
