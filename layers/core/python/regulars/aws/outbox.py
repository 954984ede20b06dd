"""Events leave with the change they tell of: an item carries them as texts, `relay_events` publishes them from the stream."""

from regulars.kernel.events import DomainEvent


def outgoing(*events: DomainEvent) -> list[str]:
    """The `events` attribute of an item: each text is `{"type": <detail-type>, "detail": {…}}`."""
    return [f'{{"type":"{event.event_type()}","detail":{event.to_detail()}}}' for event in events]
