"""Which events become messages, and what each tells; other events are nobody's news."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from regulars.members.model import MessageChannel
from regulars.messaging import account_notices
from regulars.messaging.event_readers import Event, MemberEvent, facts_of, member_notice
from regulars.messaging.model import CodeRef, MessageTemplate, Notice


class _RegistrationEvent(Event):
    registration_id: str


class _CodeRequested(Event):
    attempt: int
    channel: MessageChannel
    expires_at: datetime

    @property
    def valid_minutes(self) -> int:
        return max(1, round((self.expires_at - self.occurred_at).total_seconds() / 60))


class _VerificationRequested(_CodeRequested):
    registration_id: str


class _PasswordResetRequested(_CodeRequested):
    member_id: str
    reset_id: str


class _MemberActivated(MemberEvent):
    tier: str


class _ProfileChanged(MemberEvent):
    fields: tuple[str, ...]


class _FeedbackEvent(MemberEvent):
    feedback_id: str
    reference: str


def notice_of(event_type: str, detail: Mapping[str, Any]) -> Notice | None:
    """What an event has to tell; nothing for the types that nobody is told of.

    Raises:
        pydantic.ValidationError: a known type without the fields it must have.
    """
    subscription = _SUBSCRIPTIONS.get(event_type)
    return subscription(detail) if subscription else None


def _verification(detail: Mapping[str, Any]) -> Notice:
    event = _VerificationRequested.model_validate(detail)
    return Notice(
        **facts_of(event),
        template=MessageTemplate.VERIFICATION_CODE,
        recipient_id=event.registration_id,
        dedupe_key=str(event.attempt),
        facts={"valid_minutes": event.valid_minutes},
        channels=(event.channel,),
        code=CodeRef(event.registration_id, event.attempt),
        expires_at=event.expires_at,
    )


def _password_reset(detail: Mapping[str, Any]) -> Notice:
    event = _PasswordResetRequested.model_validate(detail)
    return Notice(
        **facts_of(event),
        template=MessageTemplate.PASSWORD_RESET_CODE,
        recipient_id=event.member_id,
        dedupe_key=f"{event.reset_id}/{event.attempt}",
        facts={"valid_minutes": event.valid_minutes},
        channels=(event.channel,),
        code=CodeRef(event.reset_id, event.attempt),
        expires_at=event.expires_at,
    )


def _password_changed(detail: Mapping[str, Any]) -> Notice:
    event = MemberEvent.model_validate(detail)
    return member_notice(event, MessageTemplate.PASSWORD_CHANGED)


def _known_contact(detail: Mapping[str, Any]) -> Notice:
    event = MemberEvent.model_validate(detail)
    return member_notice(event, MessageTemplate.KNOWN_CONTACT)


def _application_rejected(detail: Mapping[str, Any]) -> Notice:
    event = _RegistrationEvent.model_validate(detail)
    return Notice(
        **facts_of(event),
        template=MessageTemplate.APPLICATION_REJECTED,
        recipient_id=event.registration_id,
        dedupe_key=event.event_id,
    )


def _welcome(detail: Mapping[str, Any]) -> Notice:
    event = _MemberActivated.model_validate(detail)
    return member_notice(event, MessageTemplate.WELCOME, facts={"tier": event.tier}, dedupe_key="once")


def _profile_changed(detail: Mapping[str, Any]) -> Notice:
    event = _ProfileChanged.model_validate(detail)
    return member_notice(event, MessageTemplate.PROFILE_CHANGED, facts={"fields": list(event.fields)})


def _feedback(template: MessageTemplate) -> Callable[[Mapping[str, Any]], Notice | None]:
    def notice(detail: Mapping[str, Any]) -> Notice | None:
        if not detail.get("member_id"):
            return None  # a note from the suggestion box may be nobody's
        event = _FeedbackEvent.model_validate(detail)
        return member_notice(event, template, facts={"reference": event.reference})

    return notice


_SUBSCRIPTIONS: dict[str, Callable[[Mapping[str, Any]], Notice | None]] = {
    "VerificationRequested": _verification,
    "PasswordResetRequested": _password_reset,
    "PasswordChanged": _password_changed,
    "RegistrationForKnownContact": _known_contact,
    "ApplicationRejected": _application_rejected,
    "MemberActivated": _welcome,
    "ProfileChanged": _profile_changed,
    **account_notices.SUBSCRIPTIONS,
    "FeedbackReceived": _feedback(MessageTemplate.FEEDBACK_RECEIVED),
    "FeedbackAnswered": _feedback(MessageTemplate.FEEDBACK_ANSWERED),
}

SUBSCRIBED = frozenset(_SUBSCRIPTIONS)
"""The event types that become messages."""
