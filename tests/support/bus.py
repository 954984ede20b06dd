"""The asynchronous paths in process: stream records as Lambda gets them, a bus that keeps what it took, queue messages."""

import base64
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ReadTimeoutError

from regulars.aws.table import encode_item

STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/{table}/stream/2025-01-01T00:00:00.000"
QUEUE = "arn:aws:sqs:eu-central-1:000000000000:deliver"


def stream_record(
    table: str, item: Mapping[str, Any], *, number: int = 1, event_name: str = "INSERT", before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One change of an item as Lambda gets it from the table's stream: bytes as base64 texts."""
    images = {"NewImage": _as_json(encode_item(item))} if event_name != "REMOVE" else {}
    if before is not None:
        images["OldImage"] = _as_json(encode_item(before))
    return {
        "eventID": f"{number:032x}",
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "Keys": encode_item({"pk": item["pk"], "sk": item["sk"]}),
            "SequenceNumber": f"{number:021d}",
            "SizeBytes": 100,
            "StreamViewType": "NEW_IMAGE",
            **images,
        },
        "eventSourceARN": STREAM.format(table=table),
    }


def stream_records(table: str, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """New items in their order, as one batch."""
    return [stream_record(table, item, number=number) for number, item in enumerate(items, 1)]


def _as_json(attributes: Any) -> Any:
    if isinstance(attributes, bytes):
        return base64.b64encode(attributes).decode()
    if isinstance(attributes, Mapping):
        return {name: _as_json(value) for name, value in attributes.items()}
    if isinstance(attributes, list):
        return [_as_json(value) for value in attributes]
    return attributes


@dataclass
class RecordingEvents:
    """EventBridge as a client: keeps what it took; refuses the detail types named, or does not answer for some calls."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    refused_types: set[str] = field(default_factory=set)
    silent_calls: int = 0

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # boto3's name
        self.calls.append(len(Entries))
        if self.silent_calls:
            self.silent_calls -= 1
            raise ReadTimeoutError(endpoint_url="https://events")
        results = []
        for entry in Entries:
            if entry["DetailType"] in self.refused_types:
                results.append({"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"})
            else:
                self.entries.append(entry)
                results.append({"EventId": f"{len(self.entries)}"})
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    @property
    def types(self) -> list[str]:
        """The detail types in the order taken."""
        return [entry["DetailType"] for entry in self.entries]

    def details(self, event_type: str) -> list[dict[str, Any]]:
        """The details of one type."""
        return [json.loads(entry["Detail"]) for entry in self.entries if entry["DetailType"] == event_type]


@dataclass
class RecordingSqs:
    """SQS as a client: keeps what it was sent and the pauses it was told, by receipt handle; `down` refuses the next pause."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    pauses: list[tuple[str, int]] = field(default_factory=list)
    down: bool = False

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.sent += request["Entries"]
        return {}

    def change_message_visibility(self, **request: Any) -> None:
        if self.down:
            raise ReadTimeoutError(endpoint_url="https://queue")
        self.pauses.append((request["ReceiptHandle"], request["VisibilityTimeout"]))


def envelope(event_type: str, detail: Mapping[str, Any], source: str = "regulars.members") -> dict[str, Any]:
    """An event as EventBridge hands it to a target."""
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": event_type,
        "source": source,
        "account": "000000000000",
        "time": "2025-06-01T04:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": dict(detail),
    }


def queue_event(*bodies: Mapping[str, Any] | str, tries: int = 1) -> dict[str, Any]:
    """A batch of queue messages that come for the so-manieth time; a text stands as it is."""
    count = itertools.count(1)
    return {"Records": [_queue_record(f"message-{next(count)}", body, tries) for body in bodies]}


def _queue_record(message_id: str, body: Mapping[str, Any] | str, tries: int) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "receiptHandle": message_id,
        "body": body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
        "attributes": {
            "ApproximateReceiveCount": str(tries),
            "SentTimestamp": "1748750400000",
            "SenderId": "000000000000",
            "ApproximateFirstReceiveTimestamp": "1748750400000",
        },
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": "eu-central-1",
    }


def failed_in(response: Mapping[str, Sequence[Mapping[str, str]]]) -> list[str]:
    """The identifiers a handler reported as failed."""
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


@dataclass
class LambdaContext:
    """What handlers ask of Lambda's context: the time that is left."""

    milliseconds: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds
