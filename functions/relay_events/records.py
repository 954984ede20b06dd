"""From a table's stream record to the events it lets out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from regulars.accounts.relay import events_of_entry
from regulars.aws.bus import BusEvent
from regulars.aws.streams import decode_image, table_of

ACCOUNTS = "accounts"


class UnreadableRecordError(Exception):
    """A record that is not of the shape its table writes."""


def events_of_record(record: Mapping[str, Any], contexts: Mapping[str, str]) -> Sequence[BusEvent]:
    """The events of one stream record, in order; `contexts` maps table names to contexts.

    Accounts' entries are told as what they hold; everything else puts its events on the items it writes. What an item carried
    before the change was let out then.

    Raises:
        UnreadableRecordError: the record is from an unknown table, or not of its shape.
    """
    try:
        context = contexts[table_of(record)]
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] == "REMOVE" or not image:
            return ()
        if context == ACCOUNTS and "events" not in image:
            events = events_of_entry(decode_image(image))
            return [BusEvent(context, event.event_type(), event.to_detail()) for event in events]
        before = decode_image(record["dynamodb"].get("OldImage") or {}).get("events", ())
        return [_carried(context, text) for text in decode_image(image).get("events", ()) if text not in before]
    except Exception as error:
        raise UnreadableRecordError(type(error).__name__) from error


def _carried(context: str, text: str) -> BusEvent:
    event = json.loads(text)
    return BusEvent(context, str(event["type"]), json.dumps(dict(event["detail"]), ensure_ascii=False, separators=(",", ":")))
