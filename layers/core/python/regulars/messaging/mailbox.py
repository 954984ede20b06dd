"""The mailbox of stage `local`: every e-mail and SMS of the installation with its address and code, as people would get it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from regulars.kernel.language import Language
from regulars.members.model import MessageChannel
from regulars.messaging.model import Message, MessageStatus, MessageTemplate, Recipient
from regulars.messaging.ports import Codes, Outbox, Recipients, Renderer
from regulars.messaging.reading import read_message

_PAGE_SIZE = 50


class NotLocalError(Exception):
    """The mailbox shows contacts and codes in clear: no stage but `local` has one."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it arrived; `to` is empty when the recipient is no more, `code` where it carries none."""

    message_id: str
    at: datetime
    channel: MessageChannel
    template: MessageTemplate
    language: Language
    status: MessageStatus
    recipient_id: str
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    code: str = field(repr=False)


class Mailbox:
    """Reads the outbox.

    Raises (when made):
        NotLocalError: the stage is not `local`.
    """

    def __init__(self, outbox: Outbox, recipients: Recipients, renderer: Renderer, codes: Codes, *, is_local: bool) -> None:
        if not is_local:
            raise NotLocalError
        self._outbox = outbox
        self._recipients = recipients
        self._renderer = renderer
        self._codes = codes

    def newest(self, limit: int, to: str | None = None) -> list[Mail]:
        """The newest messages, newest first; with `to`, those to one phone, e-mail address, member id or registration id."""
        known: dict[str, Recipient | None] = {}
        found = (self._mail(message, self._recipient(message.recipient_id, known)) for message in self._messages())
        return list(islice((mail for mail in found if to is None or to in {mail.to, mail.recipient_id}), limit))

    def _messages(self) -> Iterator[Message]:
        cursor: str | None = None
        while True:
            page = self._outbox.newest(_PAGE_SIZE, cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _recipient(self, recipient_id: str, known: dict[str, Recipient | None]) -> Recipient | None:
        if recipient_id not in known:
            known[recipient_id] = self._recipients.find(recipient_id)
        return known[recipient_id]

    def _mail(self, message: Message, recipient: Recipient | None) -> Mail:
        addresses = recipient.addresses if recipient else ()
        code = self._codes(message.code) if message.code else ""
        content = read_message(message, self._renderer, **({"code": code} if code else {})).content
        return Mail(
            message_id=message.message_id,
            at=message.at,
            channel=message.channel,
            template=message.template,
            language=message.language,
            status=message.status,
            recipient_id=message.recipient_id,
            to=next((address.address for address in addresses if address.channel is message.channel), ""),
            subject=content.subject or "",
            text=content.text,
            html=content.html or "",
            code=code,
        )
