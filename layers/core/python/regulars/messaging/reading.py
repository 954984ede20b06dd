"""Reading what was sent: the text is made again from the template and what filled it; codes are masked."""

from dataclasses import dataclass

from regulars.kernel.errors import NotFoundError
from regulars.kernel.paging import Page
from regulars.messaging.model import Content, Message
from regulars.messaging.ports import Directory, MessageStore, Renderer
from regulars.messaging.service import content_of


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message with its words, as they were sent but for the code."""

    message: Message
    content: Content


def read_message(message: Message, renderer: Renderer, **sent_only: str) -> ReadMessage:
    """A message in words; `sent_only` is put in the place of what is masked in the record."""
    parts = renderer.render(message.template, message.template_version, message.language, {**message.params, **sent_only})
    return ReadMessage(message, content_of(message.channel, parts))


@dataclass(frozen=True, slots=True)
class MessageReader:
    """The communication record for members and staff."""

    store: MessageStore
    renderer: Renderer
    directory: Directory

    def own(self, member_id: str, limit: int, cursor: str | None) -> Page[ReadMessage]:
        """What a member was sent, newest first.

        Raises:
            InvalidCursorError: the cursor is none of this list's.
        """
        return self.store.page(member_id, limit, cursor).map(lambda message: read_message(message, self.renderer))

    def of_member(self, member_id: str, limit: int, cursor: str | None) -> Page[ReadMessage]:
        """As `own`, for staff.

        Raises:
            NotFoundError: there is no such member.
            InvalidCursorError: the cursor is none of this list's.
        """
        if self.directory.find(member_id) is None:
            raise NotFoundError
        return self.own(member_id, limit, cursor)
