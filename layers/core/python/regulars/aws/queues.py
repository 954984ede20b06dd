"""SQS as a queue of JSON messages."""

import json
from collections.abc import Sequence
from typing import Any

_BATCH_SIZE_MAX = 10


class JsonQueue:
    """Sends JSON messages in batches; what the service refuses is an error, never silence."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[dict[str, Any]]) -> None:
        """Sends the messages.

        Raises:
            RuntimeError: the service refused some of them.
        """
        for offset in range(0, len(messages), _BATCH_SIZE_MAX):
            batch = messages[offset : offset + _BATCH_SIZE_MAX]
            entries = [{"Id": str(number), "MessageBody": json.dumps(message)} for number, message in enumerate(batch)]
            if self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed"):
                raise RuntimeError("the queue refused a message")
