"""A queue in memory."""

import json
from typing import Any


class QueueClient:
    """The part of SQS's client that queues use: messages are put on a list."""

    def __init__(self, queue: list[dict[str, Any]]) -> None:
        self.queue = queue

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803  # AWS's names
        assert QueueUrl == "queue"
        self.queue += [json.loads(entry["MessageBody"]) for entry in Entries]
        return {}
