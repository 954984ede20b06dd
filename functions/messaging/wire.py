"""Messages on the wire."""

from pydantic import Field

from regulars.kernel.language import Language
from regulars.kernel.wire import Instant, ResponseModel
from regulars.members.model import MessageChannel
from regulars.messaging.model import MessageCategory, MessageStatus, MessageTemplate


class MessageStepResponse(ResponseModel):
    """One step of a message's way."""

    status: str = Field(description="sent, refused, given_up, or failed for a try that was made again.")
    at: Instant
    code: str | None = Field(description="The provider's reason, where it gave one.")


class MessageResponse(ResponseModel):
    """A message as it was sent; codes and what staff wrote are masked."""

    message_id: str
    template: MessageTemplate
    category: MessageCategory
    channel: MessageChannel
    language: Language
    status: MessageStatus
    at: Instant
    subject: str | None = Field(description="Of an e-mail.")
    text: str
    history: tuple[MessageStepResponse, ...]


class MessagePageResponse(ResponseModel):
    """A page of messages, newest first."""

    items: tuple[MessageResponse, ...]
    next_cursor: str | None
