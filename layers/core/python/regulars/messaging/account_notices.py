"""What members are told of their accounts: tiers, points, and the account's end."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from regulars.messaging.event_readers import MemberEvent, member_notice
from regulars.messaging.model import MessageTemplate, Newest, Notice


class _TierChanged(MemberEvent):
    entry_id: str
    account_version: int
    from_tier: str
    to_tier: str
    cause: str
    program_version: int


class _TierReviewed(MemberEvent):
    account_version: int
    outcome: str
    tier: str
    figures: dict[str, int]
    until: date | None = None
    program_version: int


class _PointsMoved(MemberEvent):
    entry_id: str
    points: int
    balance: int


class _PointsEnd(MemberEvent):
    points: int
    expires_on: date


class _PointsSuspended(MemberEvent):
    points: int
    releases_on: date


class _CaseDecided(MemberEvent):
    case_id: str
    decision: str
    points: int


class _AccountEvent(MemberEvent):
    account_version: int


class _ClosureAnnounced(_AccountEvent):
    closes_on: date
    balance: int


class _AccountClosed(_AccountEvent):
    points_forfeited: int
    points_compensated: int
    compensation: int
    program_version: int


def _tier_changed(detail: Mapping[str, Any]) -> Notice:
    event = _TierChanged.model_validate(detail)
    return member_notice(
        event,
        MessageTemplate.TIER_CHANGED,
        facts={"from_tier": event.from_tier, "to_tier": event.to_tier, "cause": event.cause, "program_version": event.program_version},
        dedupe_key=f"{event.entry_id}/{event.to_tier}",
        newest=Newest("tier", event.account_version),
    )


def _tier_grace(detail: Mapping[str, Any]) -> Notice | None:
    event = _TierReviewed.model_validate(detail)
    if event.outcome != "grace" or event.until is None:
        return None
    return member_notice(
        event,
        MessageTemplate.TIER_GRACE,
        facts={"tier": event.tier, "until": event.until.isoformat(), "figures": event.figures, "program_version": event.program_version},
    )


def _points_received(detail: Mapping[str, Any]) -> Notice | None:
    event = _PointsMoved.model_validate(detail)
    if event.points <= 0:
        return None  # the giver knows
    return member_notice(event, MessageTemplate.POINTS_RECEIVED, facts={"balance": event.balance}, dedupe_key=event.entry_id)


def _points_reversed(detail: Mapping[str, Any]) -> Notice:
    event = _PointsMoved.model_validate(detail)
    return member_notice(event, MessageTemplate.POINTS_REVERSED, facts={"balance": event.balance}, dedupe_key=event.entry_id)


def _points_end(template: MessageTemplate) -> Callable[[Mapping[str, Any]], Notice]:
    def notice(detail: Mapping[str, Any]) -> Notice:
        event = _PointsEnd.model_validate(detail)
        return member_notice(event, template, facts={"points": event.points, "expires_on": event.expires_on.isoformat()})

    return notice


def _suspended(detail: Mapping[str, Any]) -> Notice:
    event = _PointsSuspended.model_validate(detail)
    return member_notice(
        event, MessageTemplate.POINTS_SUSPENDED, facts={"points": event.points, "releases_on": event.releases_on.isoformat()}
    )


def _case_decided(detail: Mapping[str, Any]) -> Notice:
    event = _CaseDecided.model_validate(detail)
    return member_notice(
        event,
        MessageTemplate.CASE_DECIDED,
        facts={"points": event.points, "is_released": event.decision == "released"},
        dedupe_key=event.case_id,
    )


def _closing(detail: Mapping[str, Any]) -> Notice:
    event = _ClosureAnnounced.model_validate(detail)
    facts = {"closes_on": event.closes_on.isoformat(), "balance": event.balance}
    return _of_closure(event, MessageTemplate.ACCOUNT_CLOSING, facts)


def _kept(detail: Mapping[str, Any]) -> Notice:
    return _of_closure(_AccountEvent.model_validate(detail), MessageTemplate.ACCOUNT_KEPT, {})


def _closed(detail: Mapping[str, Any]) -> Notice:
    event = _AccountClosed.model_validate(detail)
    facts = {name: getattr(event, name) for name in ("points_forfeited", "points_compensated", "compensation", "program_version")}
    return _of_closure(event, MessageTemplate.ACCOUNT_CLOSED, facts)


def _of_closure(event: _AccountEvent, template: MessageTemplate, facts: dict[str, Any]) -> Notice:
    """What is told of an account's end; nothing older after something newer."""
    return member_notice(event, template, facts=facts, newest=Newest("closure", event.account_version))


SUBSCRIPTIONS: dict[str, Callable[[Mapping[str, Any]], Notice | None]] = {
    "TierChanged": _tier_changed,
    "TierReviewed": _tier_grace,
    "PointsTransferred": _points_received,
    "PointsReversed": _points_reversed,
    "PointsExpiring": _points_end(MessageTemplate.POINTS_EXPIRING),
    "PointsExpired": _points_end(MessageTemplate.POINTS_EXPIRED),
    "PointsSuspended": _suspended,
    "AbuseCaseDecided": _case_decided,
    "AccountClosureAnnounced": _closing,
    "AccountClosureCancelled": _kept,
    "AccountClosed": _closed,
}
"""The accounts' events that become messages."""
