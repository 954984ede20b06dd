"""What Lambda hands on from a table's stream: its JSON, read as items."""

import base64
from collections.abc import Mapping
from typing import Any

from regulars.aws.table import Item, decode_item


def table_of(record: Mapping[str, Any]) -> str:
    """The table's name in a record's `eventSourceARN`."""
    return str(record["eventSourceARN"]).split(":", 5)[5].split("/")[1]


def sequence_number(record: Mapping[str, Any]) -> str:
    """The number by which a record is reported as failed."""
    return str(record["dynamodb"]["SequenceNumber"])


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
