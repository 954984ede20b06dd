"""How a change is told: the event of a kind with the id that follows from its subject and version."""

from datetime import datetime
from typing import Any

from regulars.members.events import MemberEvent, VerificationRequested
from regulars.members.model import Registration

SYSTEM = "system"


def happened[E: MemberEvent](kind: type[E], subject_id: str, version: int, at: datetime, **facts: Any) -> E:
    """The event of a change; the same change gives the same event id, however often it is told."""
    return kind(event_id=f"{subject_id}.{version}.{kind.__name__}", occurred_at=at, **facts)


def verification_requested(registration: Registration, at: datetime) -> VerificationRequested:
    """Asks for the code in force to be sent."""
    return happened(
        VerificationRequested, registration.registration_id, registration.version, at,
        registration_id=registration.registration_id,
        attempt=registration.code.attempt,
        channel=registration.contact.kind.message_channel.value,
        language=registration.language,
        expires_at=registration.code.expires_at,
    )  # fmt: skip
