"""The event bus: at most 10 entries and 256 KB a call, and a refusal is told entry by entry."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from regulars.aws.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

ENTRIES_MAX = 10
BYTES_MAX = 200_000
"""Of details in one call: EventBridge takes 256 KB with everything that is counted beside them."""


class BusEvent(Struct, frozen=True):
    """One event as it goes on the bus: the context it comes from, its type, and its detail as JSON."""

    context: str
    detail_type: str
    detail: str


class EventBus:
    """Puts events on the bus."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def put(self, events: Sequence[BusEvent]) -> frozenset[int]:
        """Puts events in their order and answers the positions of those that the bus did not take.

        After a refusal nothing more is sent: everything behind it counts as not taken, to be sent again in order.
        """
        taken: set[int] = set()
        for batch in _batches(events):
            refused = self._put_batch([events[position] for position in batch])
            taken |= {position for offset, position in enumerate(batch) if offset not in refused}
            if refused:
                break
        return frozenset(range(len(events))) - taken

    def _put_batch(self, events: Sequence[BusEvent]) -> frozenset[int]:
        entries = [
            {
                "EventBusName": self._name,
                "Source": f"regulars.{event.context}",
                "DetailType": event.detail_type,
                "Detail": event.detail,
            }
            for event in events
        ]
        try:
            results = self._client.put_events(Entries=entries)["Entries"]  # type: ignore[arg-type]  # built by name above
        except (ClientError, BotoCoreError) as error:
            logger().warning("the bus does not answer", error=type(error).__name__)
            return frozenset(range(len(entries)))
        return frozenset(offset for offset, result in enumerate(results) if result.get("ErrorCode"))


def _batches(events: Sequence[BusEvent]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for position, event in enumerate(events):
        weight = len(event.detail.encode())
        if batch and (len(batch) == ENTRIES_MAX or size + weight > BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(position)
        size += weight
    if batch:
        yield batch
