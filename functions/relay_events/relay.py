"""Relays a batch of stream records: in order, at least once, and a record that cannot be read harms no other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from functions.relay_events.records import UnreadableRecordError, events_of_record
from regulars.aws.bus import BusEvent
from regulars.aws.observability import logger
from regulars.aws.streams import sequence_number

type Put = Callable[[Sequence[BusEvent]], frozenset[int]]
"""Puts events in order and answers the positions of those not taken."""


class Relayed(Struct, frozen=True):
    """What became of a batch: how many events the bus took, and the sequence numbers to be tried again, in order."""

    events: int
    unreadable: int
    failed: tuple[str, ...]


def relay(records: Sequence[Mapping[str, Any]], contexts: Mapping[str, str], put: Put) -> Relayed:
    """Puts every record's events on the bus and answers which records are to be tried again.

    Lambda tries again from the first failed record on, so what lies behind one is sent anew: consumers know events by their
    id. What is behind an unreadable record is sent all the same: when that one is given up, nothing is lost with it.
    """
    events: list[BusEvent] = []
    owners: list[int] = []
    failed: set[int] = set()
    for position, record in enumerate(records):
        try:
            found = events_of_record(record, contexts)
        except UnreadableRecordError as error:
            logger().error("unreadable record", error=str(error), sequence_number=sequence_number(record))
            failed.add(position)
            continue
        events += found
        owners += [position] * len(found)
    unreadable = len(failed)
    refused = put(events)
    failed |= {owners[number] for number in refused}
    return Relayed(len(events) - len(refused), unreadable, tuple(sequence_number(records[position]) for position in sorted(failed)))
