"""Delivery: a notice becomes one message per channel, claimed before it is sent and recorded after (laws N1, N5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from regulars.kernel.clock import Clock
from regulars.kernel.errors import UnavailableError
from regulars.kernel.ids import IdFactory
from regulars.kernel.retry import LostRaceError
from regulars.members.model import MessageChannel
from regulars.messaging.model import Address, Content, Message, MessageStatus, Notice, Params, Recipient, StatusStep
from regulars.messaging.ports import (
    Claim,
    Codes,
    MessageStore,
    Programmes,
    Recipients,
    Renderer,
    Sender,
    SendFailedError,
    SendRefusedError,
)
from regulars.messaging.subscriptions import notice_of
from regulars.messaging.wording import words_of

LEASE = timedelta(minutes=5)
TRIES_PER_CHANNEL = 3
"""Failed tries after which another channel is taken, where there is one (COM-14)."""

_SETTLE_TRIES = 3


class Outcome(StrEnum):
    """What came of an event."""

    NOTHING_TO_TELL = "nothing_to_tell"
    SENT = "sent"
    SENT_BEFORE = "sent_before"
    TOO_LATE = "too_late"
    SUPERSEDED = "superseded"
    NOBODY_THERE = "nobody_there"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of an event, for the log: no personal data."""

    outcome: Outcome
    template: str = ""
    channel: str = ""
    message_id: str = ""
    refusals: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice on its way to one address."""

    notice: Notice
    recipient: Recipient
    address: Address
    words: Params

    @property
    def message_id(self) -> str:
        return self.notice.message_id(self.address.channel)

    def record(self, claim: Claim, step: StatusStep) -> Message:
        """The communication record once it is known what became of it."""
        return Message(
            message_id=self.message_id,
            recipient_id=self.notice.recipient_id,
            template=self.notice.template,
            template_version=self.notice.template.version,
            channel=self.address.channel,
            language=self.recipient.language,
            params=self.words,
            status=MessageStatus(step.status),
            at=step.at,
            event_id=self.notice.event_id,
            history=(*claim.steps, step),
            code=self.notice.code,
        )


@dataclass(frozen=True, slots=True)
class DeliveryService:
    """Tells people what an event means to them.

    A message is sent at most once per (recipient, template, dedupe key, channel) as long as the provider answers. Neither SES nor
    SNS takes a token: when the answer is lost, or the worker dies between sending and recording, it is sent again (law N1).
    """

    store: MessageStore
    recipients: Recipients
    renderer: Renderer
    senders: Mapping[MessageChannel, Sender]
    codes: Codes
    programmes: Programmes
    clock: Clock
    new_id: IdFactory

    def deliver(self, event_type: str, detail: Mapping[str, Any]) -> Delivery:
        """Sends what the event has to tell; repeating it sends nothing more.

        Raises:
            pydantic.ValidationError: the event is not of its type's shape.
            ClaimedError: another worker is at it.
            SendFailedError: the provider did not take it now.
        """
        notice = notice_of(event_type, detail)
        if notice is None:
            return Delivery(Outcome.NOTHING_TO_TELL)
        if notice.expires_at and self.clock() >= notice.expires_at:
            return Delivery(Outcome.TOO_LATE, notice.template)
        recipient = self.recipients.find(notice.recipient_id)
        if recipient is None:
            return Delivery(Outcome.NOBODY_THERE, notice.template)
        if notice.newest and not self.store.is_newest(notice.recipient_id, notice.newest):
            return Delivery(Outcome.SUPERSEDED, notice.template)
        return self._tell(notice, recipient)

    def _tell(self, notice: Notice, recipient: Recipient) -> Delivery:
        addresses = [address for address in recipient.addresses if address.channel in notice.channels]
        words = words_of(notice, self.programmes(), recipient.language)
        refusals: list[str] = []
        for address in addresses:
            letter = Letter(notice, recipient, address, words)
            found = self._claim(letter.message_id)
            status = self._attempt(letter, found, address is addresses[-1], refusals) if isinstance(found, Claim) else found
            if status is MessageStatus.SENT:
                outcome = Outcome.SENT if isinstance(found, Claim) else Outcome.SENT_BEFORE
                return Delivery(outcome, notice.template, address.channel, letter.message_id, tuple(refusals))
        return Delivery(Outcome.NOT_REACHED, notice.template, refusals=tuple(refusals))

    def _claim(self, message_id: str) -> Claim | MessageStatus:
        now = self.clock()
        return self.store.claim(message_id, self.new_id("own"), now, now + LEASE)

    def _attempt(self, letter: Letter, claim: Claim, is_last: bool, refusals: list[str]) -> MessageStatus:  # noqa: FBT001  # a private step
        status, code = MessageStatus.SENT, ""
        try:
            self._send(letter)
        except SendRefusedError as error:
            status, code = MessageStatus.REFUSED, error.code
        except SendFailedError as error:
            if is_last or len(claim.steps) + 1 < TRIES_PER_CHANNEL:
                self.store.release(claim, StatusStep("failed", self.clock(), error.code))
                raise
            status, code = MessageStatus.GIVEN_UP, error.code
        if code:
            refusals.append(f"{letter.address.channel}:{code}")
        self._settle(claim, letter.record(claim, StatusStep(status, self.clock(), code)))
        return status

    def _send(self, letter: Letter) -> None:
        notice, template = letter.notice, letter.notice.template
        sent_only = {"code": self.codes(notice.code)} if notice.code else {"reason": letter.recipient.reason}
        parts = self.renderer.render(template, template.version, letter.recipient.language, {**letter.words, **sent_only})
        channel = letter.address.channel
        self.senders[channel].send(letter.address.address, content_of(channel, parts), letter.message_id)

    def _settle(self, claim: Claim, message: Message) -> None:
        """Records with some patience: what was sent and is not recorded would be sent again."""
        for number in range(_SETTLE_TRIES):
            try:
                self.store.settle(claim, message)
            except (UnavailableError, LostRaceError):
                if number == _SETTLE_TRIES - 1:
                    raise
            else:
                return


def content_of(channel: MessageChannel, parts: Mapping[str, str]) -> Content:
    """What a channel takes of a rendered template."""
    if channel is MessageChannel.SMS:
        return Content(text=parts["sms"])
    return Content(text=parts["text"], subject=parts["subject"], html=parts["html"])
