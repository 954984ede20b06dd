"""What messaging needs from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from regulars.kernel.language import Language
from regulars.kernel.paging import Page
from regulars.messaging.model import CodeRef, Content, Message, MessageStatus, MessageTemplate, Newest, Params, Recipient, StatusStep
from regulars.program.model import ProgrammeHistory

type Programmes = Callable[[], ProgrammeHistory]
"""Answers the programme's versions, at most a minute old."""

type Codes = Callable[[CodeRef], str]
"""Computes a verification code from what names it."""


class SendRefusedError(Exception):
    """The provider refuses this message for good, such as to an address that is none; `code` says why, without the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SendFailedError(Exception):
    """The provider did not take the message now, or its answer was lost: it is tried again.

    SES and SNS take no token against a second sending, so after a lost answer a message may arrive twice (law N1, stated).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Sender(Protocol):
    """One channel's provider."""

    def send(self, address: str, content: Content, message_id: str) -> None:
        """Hands the message over.

        Raises:
            SendRefusedError: it will never be taken.
            SendFailedError: it was not taken now, or nobody knows.
        """
        ...


class Recipients(Protocol):
    """Knows how to reach members and applicants."""

    def find(self, recipient_id: str) -> Recipient | None:
        """The recipient of a `mem_…` or `reg_…` id; `None` when there is nobody to tell any more."""
        ...


class Renderer(Protocol):
    """Puts a template into words."""

    def render(self, template: MessageTemplate, version: int, language: Language, params: Params) -> dict[str, str]:
        """The template's parts: `subject`, `text`, `html` and `sms`."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message, until the lease is over; `steps` are the tries before."""

    message_id: str
    owner: str
    steps: tuple[StatusStep, ...] = ()


class ClaimedError(Exception):
    """Another worker has the right to send the message now."""


class MessageStore(Protocol):
    """Keeps claims and the communication record."""

    def claim(self, message_id: str, owner: str, now: datetime, lease_until: datetime) -> Claim | MessageStatus:
        """Takes the right to send, or answers what already became of the message.

        Raises:
            ClaimedError: another worker holds the right and its lease is not over.
        """
        ...

    def release(self, claim: Claim, step: StatusStep) -> None:
        """Gives the right back after a failed try, so that the next one need not wait for the lease."""
        ...

    def settle(self, claim: Claim, message: Message) -> None:
        """Records what became of the message: claim and record in one transaction. Repeating it changes nothing."""
        ...

    def is_newest(self, recipient_id: str, newest: Newest) -> bool:
        """Notes the version of a topic; `False` when a newer one was noted before."""
        ...

    def page(self, recipient_id: str, limit: int, cursor: str | None) -> Page[Message]:
        """What was sent to somebody, newest first."""
        ...


class Outbox(Protocol):
    """The messages of the whole installation; kept in stage `local` alone."""

    def newest(self, limit: int, cursor: str | None) -> Page[Message]:
        """Newest first."""
        ...


class Directory(Protocol):
    """Knows which members there are."""

    def find(self, member_id: str) -> object | None:
        """The member of an id, in whatever status."""
        ...
