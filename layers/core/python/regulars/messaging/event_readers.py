"""What readers of events share: they take the fields they need and no others (consumers are tolerant, producers strict)."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """What every event has; a reader takes the fields it needs, so that an event may grow without harm to messages."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    event_id: str
    occurred_at: datetime


class MemberEvent(Event):
    """An event about a member."""

    member_id: str


def facts_of(event: Event) -> dict[str, Any]:
    """What every notice keeps of its event."""
    return {"event_id": event.event_id, "occurred_at": event.occurred_at}
