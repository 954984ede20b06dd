"""Registrations, members and records as items, and back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from regulars.aws.outbox import outgoing
from regulars.aws.table import Item
from regulars.kernel.clock import instant_text, parse_instant
from regulars.members.admission import Assessment, Reason
from regulars.members.events import MemberEvent
from regulars.members.model import (
    Accepted,
    Channel,
    Code,
    ContactKind,
    ContactMark,
    MarketingChannel,
    Member,
    MemberStatus,
    PasswordReset,
    Registration,
    RegistrationState,
    Sealed,
    Step,
)
from regulars.members.ports import CardHolder, Record

QUEUE = "applications"
REGISTRATION_KEPT_FOR = timedelta(days=30)
"""How long a form that came to nothing (or that became a member) is kept after its last step; those that wait are kept."""
RESET_KEPT_FOR = timedelta(days=1)

_ENDS = {
    RegistrationState.SUBMITTED,
    RegistrationState.REJECTED,
    RegistrationState.COMPLETE,
    RegistrationState.ALREADY_MEMBER,
}


def registration_key(registration_id: str) -> tuple[str, str]:
    """The key of a registration."""
    return f"REG#{registration_id}", "REGISTRATION"


def member_key(member_id: str) -> tuple[str, str]:
    """The key of a member."""
    return f"MEMBER#{member_id}", "MEMBER"


def reset_key(reset_id: str) -> tuple[str, str]:
    """The key of a request for a new password."""
    return f"RESET#{reset_id}", "RESET"


def contact_key(contact: ContactMark) -> tuple[str, str]:
    """The key of a contact's guard."""
    return f"CONTACT#{contact.kind.value}#{contact.index}", "CONTACT"


def card_key(card_number: str) -> tuple[str, str]:
    """The key of a card."""
    return f"CARD#{card_number}", "CARD"


def registration_item(registration: Registration) -> Item:
    """The item of a registration; it stands in the review queue while it is verified, and expires once it is at an end."""
    last = registration.steps[-1]
    waits = registration.state is RegistrationState.VERIFIED
    expires_at = int((last.at + REGISTRATION_KEPT_FOR).timestamp())
    return {
        **_keys(registration_key(registration.registration_id)),
        "registration_id": registration.registration_id,
        "member_id": registration.member_id,
        "steps": [{"state": step.state.value, "at": instant_text(step.at), "actor": step.actor} for step in registration.steps],
        "channel": registration.channel.value,
        "language": registration.language,
        **_contact(registration.contact),
        **(_sealed(registration.sealed) if registration.sealed else {}),
        **_accepted(registration.accepted),
        "marketing": sorted(registration.marketing),
        "tier_applied_for": registration.tier_applied_for,
        "code_attempt": registration.code.attempt,
        "code_expires_at": instant_text(registration.code.expires_at),
        "program_version": registration.program_version,
        "entered_by": registration.entered_by,
        "birth_month": registration.birth_month,
        "findings": list(registration.findings),
        "claims_by_staff": registration.claims_by_staff or None,
        "assessment": _assessment(registration.assessment) if registration.assessment else None,
        "version": registration.version,
        "queue": QUEUE if waits else None,
        "queued_at": f"{instant_text(last.at)}#{registration.registration_id}" if waits else None,
        "ttl": expires_at if registration.state in _ENDS else None,
    }


def registration_of(item: Item) -> Registration:
    """The registration of an item."""
    return Registration(
        registration_id=item["registration_id"],
        member_id=item["member_id"],
        steps=tuple(Step(RegistrationState(step["state"]), parse_instant(step["at"]), step["actor"]) for step in item["steps"]),
        channel=Channel(item["channel"]),
        language=item["language"],
        contact=_contact_of(item),
        sealed=_sealed_of(item) if "data_key" in item else None,
        accepted=_accepted_of(item),
        marketing=frozenset(MarketingChannel(channel) for channel in item["marketing"]),
        tier_applied_for=item.get("tier_applied_for"),
        code=_code_of(item),
        program_version=item["program_version"],
        entered_by=item.get("entered_by"),
        birth_month=item.get("birth_month"),
        findings=tuple(item["findings"]),
        claims_by_staff=item.get("claims_by_staff", False),
        assessment=_assessment_of(item["assessment"]) if "assessment" in item else None,
        version=item["version"],
    )


def member_item(member: Member) -> Item:
    """The item of a member."""
    return {
        **_keys(member_key(member.member_id)),
        "member_id": member.member_id,
        "registration_id": member.registration_id,
        "status": member.status.value,
        "channel": member.channel.value,
        "language": member.language,
        "card_number": member.card_number,
        "tier_at_start": member.tier_at_start,
        "opened_at": instant_text(member.opened_at),
        "activated_at": instant_text(member.activated_at) if member.activated_at else None,
        **_contact(member.contact),
        **_sealed(member.sealed),
        **_accepted(member.accepted),
        "marketing": sorted(member.marketing),
        "entered_by": member.entered_by,
        "birth_month": member.birth_month,
        "version": member.version,
    }


def member_of(item: Item) -> Member:
    """The member of an item."""
    return Member(
        member_id=item["member_id"],
        registration_id=item["registration_id"],
        status=MemberStatus(item["status"]),
        channel=Channel(item["channel"]),
        language=item["language"],
        card_number=item["card_number"],
        tier_at_start=item["tier_at_start"],
        opened_at=parse_instant(item["opened_at"]),
        activated_at=parse_instant(item["activated_at"]) if "activated_at" in item else None,
        contact=_contact_of(item),
        sealed=_sealed_of(item),
        accepted=_accepted_of(item),
        marketing=frozenset(MarketingChannel(channel) for channel in item["marketing"]),
        entered_by=item.get("entered_by"),
        birth_month=item.get("birth_month"),
        version=item["version"],
    )


def record_item(key: tuple[str, str], version: int, record: Record) -> Item:
    """The item of a change, which stands beside its object and carries the events."""
    return {
        "pk": key[0],
        "sk": f"{record.kind.upper()}#{version:06d}",
        "what": record.what,
        "at": instant_text(record.at),
        "actor": record.actor,
        "facts": dict(record.facts),
        "events": outgoing(*record.events) or None,
    }


def record_of(item: Item) -> Record:
    """The record of an item, without the events it let out."""
    kind: Any = item["sk"].partition("#")[0].lower()
    return Record(kind, item["what"], parse_instant(item["at"]), item["actor"], item["facts"])


def card_item(member: Member) -> Item:
    """The item by which a card is found: whose it is and in which status, so that a till's card costs one read."""
    return {
        **_keys(card_key(member.card_number)),
        "card_number": member.card_number,
        "member_id": member.member_id,
        "status": member.status.value,
        "activated_at": instant_text(member.activated_at) if member.activated_at else None,
        "tier_at_start": member.tier_at_start,
    }


def card_holder_of(item: Item) -> CardHolder:
    """Whose card an item is."""
    activated_at = parse_instant(item["activated_at"]) if "activated_at" in item else None
    return CardHolder(item["card_number"], item["member_id"], MemberStatus(item["status"]), activated_at, item.get("tier_at_start", ""))


def contact_item(member: Member) -> Item:
    """The guard that makes a contact one member's (REG-22)."""
    return {**_keys(contact_key(member.contact)), "member_id": member.member_id}


def reset_item(reset: PasswordReset, events: tuple[MemberEvent, ...]) -> Item:
    """The item of a request for a new password, with the events of its last change."""
    return {
        **_keys(reset_key(reset.reset_id)),
        "reset_id": reset.reset_id,
        "member_id": reset.member_id,
        "code_attempt": reset.code.attempt,
        "code_expires_at": instant_text(reset.code.expires_at),
        "used_at": instant_text(reset.used_at) if reset.used_at else None,
        "events": outgoing(*events) or None,
        "ttl": int((reset.code.expires_at + RESET_KEPT_FOR).timestamp()),
    }


def reset_of(item: Item) -> PasswordReset:
    """The request of an item."""
    used_at = parse_instant(item["used_at"]) if "used_at" in item else None
    return PasswordReset(item["reset_id"], item.get("member_id"), _code_of(item), used_at)


def _assessment(assessment: Assessment) -> Item:
    reasons = [{"code": reason.code, "tier": reason.tier, "spend_from": reason.spend_from} for reason in assessment.reasons]
    return {"tier": assessment.tier, "reasons": reasons}


def _assessment_of(item: Item) -> Assessment:
    reasons = (Reason(reason["code"], reason["tier"], reason.get("spend_from")) for reason in item["reasons"])
    return Assessment(item.get("tier"), tuple(reasons))


def _code_of(item: Item) -> Code:
    return Code(item["code_attempt"], parse_instant(item["code_expires_at"]))


def _keys(key: tuple[str, str]) -> dict[str, str]:
    return {"pk": key[0], "sk": key[1]}


def _contact(contact: ContactMark) -> dict[str, str]:
    return {"contact_kind": contact.kind.value, "contact_index": contact.index}


def _contact_of(item: Item) -> ContactMark:
    return ContactMark(ContactKind(item["contact_kind"]), item["contact_index"])


def _sealed(sealed: Sealed) -> dict[str, bytes | Mapping[str, bytes]]:
    return {"data_key": sealed.key, "sealed": sealed.fields}


def _sealed_of(item: Item) -> Sealed:
    return Sealed(item["data_key"], item["sealed"])


def _accepted(accepted: Accepted) -> dict[str, str]:
    return {
        "terms_version": accepted.terms_version,
        "privacy_version": accepted.privacy_version,
        "accepted_at": instant_text(accepted.accepted_at),
    }


def _accepted_of(item: Item) -> Accepted:
    return Accepted(item["terms_version"], item["privacy_version"], parse_instant(item["accepted_at"]))
