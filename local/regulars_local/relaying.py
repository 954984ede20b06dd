"""After a stop: sends again what the tables' streams may not have let out.

The emulator keeps tables but not their streams, so a change that was committed in the last moment before a stop would never
be told. Every item that carries events recorded since shortly before the stop goes through the deployed relay once more, as a
record of its table's stream; consumers know events by their id. Of an item that changed twice in that moment the last
change is told: the earlier one is no longer written anywhere.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.relay_events.records import events_of_record
from regulars.kernel.clock import parse_instant
from regulars_local.running import RunningStack

_CONTEXTS = {"TableProgram": "program", "TableMembers": "members", "TableAccounts": "accounts", "TableService": "service"}
_MARGIN = timedelta(minutes=15)
_BATCH_SIZE = 100
_PAGE_SIZE = 1000
_PAGES_MAX = 5000
_ATTEMPTS_MAX = 3


class RelayFailedError(Exception):
    """The deployed relay did not take the swept records; its log says why."""


def arm(running: RunningStack) -> None:
    """Switches on any mapping of a stream that an interrupted deployment left off."""
    functions = running.cloud.functions
    for mapping in functions.list_event_source_mappings(FunctionName=running.outputs["FunctionRelayEvents"])["EventSourceMappings"]:
        if mapping.get("State") != "Enabled":
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def sweep(running: RunningStack, stopped_at: datetime | None) -> int:
    """Relays again what was recorded since shortly before `stopped_at` (by the stack's clock; everything when unknown).

    Answers how many items were relayed.

    Raises:
        RelayFailedError: when the relay refuses them three times.
    """
    since = stopped_at - _MARGIN if stopped_at else datetime(1970, 1, 1, tzinfo=UTC)
    contexts = {running.outputs[output]: context for output, context in _CONTEXTS.items()}
    relayed = 0
    for table in contexts:
        batch: list[dict[str, Any]] = []
        for record in _records(running, table, since):
            if _newest_event(record, contexts) >= since:
                batch.append(record)
            if len(batch) == _BATCH_SIZE:
                relayed += _relay(running, batch)
                batch = []
        relayed += _relay(running, batch)
    return relayed


def _records(running: RunningStack, table: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Items that may carry events of that time, as records of the table's stream: entries know when they were recorded."""
    stream_arn = running.cloud.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    pages = running.cloud.dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="attribute_exists(#events) OR #recorded >= :since",
        ExpressionAttributeNames={"#events": "events", "#recorded": "r"},
        ExpressionAttributeValues={":since": {"N": str(int(since.timestamp() * 1000))}},
        PaginationConfig={"PageSize": _PAGE_SIZE, "MaxItems": _PAGE_SIZE * _PAGES_MAX},
    )
    number = 0
    for page in pages:
        for item in page["Items"]:
            number += 1
            yield _stream_record(item, stream_arn, number)


def _stream_record(item: Mapping[str, Any], stream_arn: str, number: int) -> dict[str, Any]:
    image = {name: _as_in_stream(value) for name, value in item.items()}
    return {
        "eventID": f"sweep-{number}",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": stream_arn,
        "dynamodb": {
            "Keys": {name: image[name] for name in ("pk", "sk")},
            "NewImage": image,
            "SequenceNumber": f"{number:021d}",
            "StreamViewType": "NEW_IMAGE",
        },
    }


def _as_in_stream(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute as Lambda's JSON has it: bytes are base64 texts."""
    ((kind, value),) = attribute.items()
    if kind == "B":
        return {"B": base64.b64encode(value).decode()}
    if kind == "M":
        return {"M": {name: _as_in_stream(part) for name, part in value.items()}}
    if kind == "L":
        return {"L": [_as_in_stream(part) for part in value]}
    return dict(attribute)


def _newest_event(record: Mapping[str, Any], contexts: Mapping[str, str]) -> datetime:
    instants = [parse_instant(json.loads(event.detail)["occurred_at"]) for event in events_of_record(record, contexts)]
    return max(instants, default=datetime.min.replace(tzinfo=UTC))


def _relay(running: RunningStack, batch: list[dict[str, Any]]) -> int:
    """Sends a batch through the deployed function until it has taken all of it."""
    left = batch
    for _ in range(_ATTEMPTS_MAX):
        if left:
            left = _refused(running, left)
    if left:
        raise RelayFailedError(f"{len(left)} records were not relayed")
    return len(batch)


def _refused(running: RunningStack, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    payload = json.dumps({"Records": batch}).encode()
    reply = running.cloud.functions.invoke(FunctionName=running.outputs["FunctionRelayEvents"], Payload=payload)
    if reply.get("FunctionError"):
        return batch
    refused = {failure["itemIdentifier"] for failure in json.loads(reply["Payload"].read())["batchItemFailures"]}
    return [record for record in batch if record["dynamodb"]["SequenceNumber"] in refused]
