"""Which events become messages, and what each tells; other events are nobody's news.

Each reader takes the fields it needs and no others, so that an event may grow without harm to messages (consumers are tolerant,
producers strict).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from regulars.members.model import MessageChannel
from regulars.messaging.model import CodeRef, MessageTemplate, Newest, Notice


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    event_id: str
    occurred_at: datetime


class _MemberEvent(_Event):
    member_id: str


class _RegistrationEvent(_Event):
    registration_id: str


class _CodeRequested(_Event):
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


class _MemberActivated(_MemberEvent):
    tier: str


class _ProfileChanged(_MemberEvent):
    fields: tuple[str, ...]


class _TierChanged(_MemberEvent):
    entry_id: str
    account_version: int
    from_tier: str
    to_tier: str
    cause: str
    program_version: int


class _TierReviewed(_MemberEvent):
    account_version: int
    outcome: str
    tier: str
    figures: dict[str, int]
    until: date | None = None
    program_version: int


class _PointsMoved(_MemberEvent):
    entry_id: str
    points: int
    balance: int


class _PointsEnd(_MemberEvent):
    points: int
    expires_on: date


class _FeedbackEvent(_MemberEvent):
    feedback_id: str
    reference: str


def notice_of(event_type: str, detail: Mapping[str, Any]) -> Notice | None:
    """What an event has to tell; nothing for the types that nobody is told of.

    Raises:
        pydantic.ValidationError: a known type without the fields it must have.
    """
    subscription = _SUBSCRIPTIONS.get(event_type)
    return subscription(detail) if subscription else None


def _facts(event: _Event) -> dict[str, Any]:
    return {"event_id": event.event_id, "occurred_at": event.occurred_at}


def _verification(detail: Mapping[str, Any]) -> Notice:
    event = _VerificationRequested.model_validate(detail)
    return Notice(
        **_facts(event),
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
        **_facts(event),
        template=MessageTemplate.PASSWORD_RESET_CODE,
        recipient_id=event.member_id,
        dedupe_key=f"{event.reset_id}/{event.attempt}",
        facts={"valid_minutes": event.valid_minutes},
        channels=(event.channel,),
        code=CodeRef(event.reset_id, event.attempt),
        expires_at=event.expires_at,
    )


def _password_changed(detail: Mapping[str, Any]) -> Notice:
    event = _MemberEvent.model_validate(detail)
    return Notice(**_facts(event), template=MessageTemplate.PASSWORD_CHANGED, recipient_id=event.member_id, dedupe_key=event.event_id)


def _known_contact(detail: Mapping[str, Any]) -> Notice:
    event = _MemberEvent.model_validate(detail)
    return Notice(**_facts(event), template=MessageTemplate.KNOWN_CONTACT, recipient_id=event.member_id, dedupe_key=event.event_id)


def _application_rejected(detail: Mapping[str, Any]) -> Notice:
    event = _RegistrationEvent.model_validate(detail)
    return Notice(
        **_facts(event),
        template=MessageTemplate.APPLICATION_REJECTED,
        recipient_id=event.registration_id,
        dedupe_key=event.event_id,
    )


def _welcome(detail: Mapping[str, Any]) -> Notice:
    event = _MemberActivated.model_validate(detail)
    return Notice(
        **_facts(event),
        template=MessageTemplate.WELCOME,
        recipient_id=event.member_id,
        dedupe_key="once",
        facts={"tier": event.tier},
    )


def _profile_changed(detail: Mapping[str, Any]) -> Notice:
    event = _ProfileChanged.model_validate(detail)
    return Notice(
        **_facts(event),
        template=MessageTemplate.PROFILE_CHANGED,
        recipient_id=event.member_id,
        dedupe_key=event.event_id,
        facts={"fields": list(event.fields)},
    )


def _tier_changed(detail: Mapping[str, Any]) -> Notice:
    event = _TierChanged.model_validate(detail)
    return Notice(
        **_facts(event),
        template=MessageTemplate.TIER_CHANGED,
        recipient_id=event.member_id,
        dedupe_key=f"{event.entry_id}/{event.to_tier}",
        facts={
            "from_tier": event.from_tier,
            "to_tier": event.to_tier,
            "cause": event.cause,
            "program_version": event.program_version,
        },
        newest=Newest("tier", event.account_version),
    )


def _tier_grace(detail: Mapping[str, Any]) -> Notice | None:
    event = _TierReviewed.model_validate(detail)
    if event.outcome != "grace" or event.until is None:
        return None
    return Notice(
        **_facts(event),
        template=MessageTemplate.TIER_GRACE,
        recipient_id=event.member_id,
        dedupe_key=event.event_id,
        facts={
            "tier": event.tier,
            "until": event.until.isoformat(),
            "figures": event.figures,
            "program_version": event.program_version,
        },
    )


def _points_received(detail: Mapping[str, Any]) -> Notice | None:
    event = _PointsMoved.model_validate(detail)
    if event.points <= 0:
        return None  # the giver knows
    return Notice(
        **_facts(event),
        template=MessageTemplate.POINTS_RECEIVED,
        recipient_id=event.member_id,
        dedupe_key=event.entry_id,
        facts={"balance": event.balance},
    )


def _points_reversed(detail: Mapping[str, Any]) -> Notice:
    event = _PointsMoved.model_validate(detail)
    return Notice(
        **_facts(event),
        template=MessageTemplate.POINTS_REVERSED,
        recipient_id=event.member_id,
        dedupe_key=event.entry_id,
        facts={"balance": event.balance},
    )


def _points_end(template: MessageTemplate) -> Callable[[Mapping[str, Any]], Notice]:
    def notice(detail: Mapping[str, Any]) -> Notice:
        event = _PointsEnd.model_validate(detail)
        return Notice(
            **_facts(event),
            template=template,
            recipient_id=event.member_id,
            dedupe_key=event.event_id,
            facts={"points": event.points, "expires_on": event.expires_on.isoformat()},
        )

    return notice


def _feedback(template: MessageTemplate) -> Callable[[Mapping[str, Any]], Notice | None]:
    def notice(detail: Mapping[str, Any]) -> Notice | None:
        if not detail.get("member_id"):
            return None  # a note from the suggestion box may be nobody's
        event = _FeedbackEvent.model_validate(detail)
        return Notice(
            **_facts(event),
            template=template,
            recipient_id=event.member_id,
            dedupe_key=event.event_id,
            facts={"reference": event.reference},
        )

    return notice


_SUBSCRIPTIONS: dict[str, Callable[[Mapping[str, Any]], Notice | None]] = {
    "VerificationRequested": _verification,
    "PasswordResetRequested": _password_reset,
    "PasswordChanged": _password_changed,
    "RegistrationForKnownContact": _known_contact,
    "ApplicationRejected": _application_rejected,
    "MemberActivated": _welcome,
    "ProfileChanged": _profile_changed,
    "TierChanged": _tier_changed,
    "TierReviewed": _tier_grace,
    "PointsTransferred": _points_received,
    "PointsReversed": _points_reversed,
    "PointsExpiring": _points_end(MessageTemplate.POINTS_EXPIRING),
    "PointsExpired": _points_end(MessageTemplate.POINTS_EXPIRED),
    "FeedbackReceived": _feedback(MessageTemplate.FEEDBACK_RECEIVED),
    "FeedbackAnswered": _feedback(MessageTemplate.FEEDBACK_ANSWERED),
}

SUBSCRIBED = frozenset(_SUBSCRIPTIONS)
"""The event types that become messages."""
