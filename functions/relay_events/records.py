"""From a table's stream record to the events it lets out."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from regulars.accounts.relay import events_of_entry
from regulars.aws.bus import BusEvent
from regulars.aws.table import Item, decode_item

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


def table_of(record: Mapping[str, Any]) -> str:
    """The table's name in a record's `eventSourceARN`."""
    return str(record["eventSourceARN"]).split(":", 5)[5].split("/")[1]


def decode_image(image: Mapping[str, Any]) -> Item:
    """A stream image as plain values; in Lambda's JSON bytes are base64 texts."""
    return decode_item({name: _with_bytes(value) for name, value in image.items()})


def _with_bytes(attribute: Mapping[str, Any]) -> Mapping[str, Any]:
    ((kind, value),) = attribute.items()
    if kind == "B":
        return {"B": base64.b64decode(value)}
    if kind == "M":
        return {"M": {name: _with_bytes(part) for name, part in value.items()}}
    if kind == "L":
        return {"L": [_with_bytes(part) for part in value]}
    return attribute


def _carried(context: str, text: str) -> BusEvent:
    event = json.loads(text)
    return BusEvent(context, str(event["type"]), json.dumps(dict(event["detail"]), ensure_ascii=False, separators=(",", ":")))
