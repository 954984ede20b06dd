"""`messaging`: what a member was sent, for the member and for staff (COM-07)."""

from functions.messaging.wire import MessagePageResponse, MessageResponse, MessageStepResponse
from regulars.aws.http import HttpApp, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import UnauthenticatedError
from regulars.kernel.paging import Page
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.messaging.reading import ReadMessage
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/me/messages", Action.READ_OWN_MESSAGES, summary="What I was sent")
def list_my_messages(call: Call, query: PageQuery) -> MessagePageResponse:
    """E-mails and SMS in the words sent, newest first; codes are masked."""
    if call.principal.member_id is None:
        raise UnauthenticatedError
    return _page(wiring().message_reader.own(call.principal.member_id, query.limit, query.cursor))


@routes.get("/v1/members/{member_id}/messages", Action.READ_MEMBER_MESSAGES, summary="What a member was sent")
def list_member_messages(member_id: str, query: PageQuery) -> MessagePageResponse:
    """As `/v1/me/messages`, for staff."""
    return _page(wiring().message_reader.of_member(member_id, query.limit, query.cursor))


def _page(page: Page[ReadMessage]) -> MessagePageResponse:
    return MessagePageResponse(items=tuple(_response(item) for item in page.items), next_cursor=page.next_cursor)


def _response(item: ReadMessage) -> MessageResponse:
    message = item.message
    return MessageResponse(
        message_id=message.message_id,
        template=message.template,
        category=message.template.category,
        channel=message.channel,
        language=message.language,
        status=message.status,
        at=message.at,
        subject=item.content.subject,
        text=item.content.text,
        history=tuple(MessageStepResponse(status=step.status, at=step.at, code=step.code or None) for step in message.history),
    )


app = HttpApp("messaging", routes)
lambda_handler = app.lambda_handler
