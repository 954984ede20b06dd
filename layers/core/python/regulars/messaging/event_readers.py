"""What readers of events share: they take the fields they need and no others (consumers are tolerant, producers strict)."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from regulars.messaging.model import MessageTemplate, Newest, Notice, Params


class Event(BaseModel):
    """What every event has; a reader takes the fields it needs, so that an event may grow without harm to messages."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    event_id: str
    occurred_at: datetime


class MemberEvent(Event):
    """An event about a member."""

    member_id: str


def member_notice(
    event: MemberEvent,
    template: MessageTemplate,
    *,
    facts: Params | None = None,
    dedupe_key: str | None = None,
    newest: Newest | None = None,
) -> Notice:
    """What an event has to tell its member, once an event unless something else makes it one."""
    return Notice(
        **facts_of(event),
        template=template,
        recipient_id=event.member_id,
        dedupe_key=dedupe_key or event.event_id,
        facts=facts or {},
        newest=newest,
    )


def facts_of(event: Event) -> dict[str, Any]:
    """What every notice keeps of its event."""
    return {"event_id": event.event_id, "occurred_at": event.occurred_at}
