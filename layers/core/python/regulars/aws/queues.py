"""SQS as a queue of JSON messages."""

import json
from collections.abc import Callable, Sequence
from itertools import batched
from typing import Any

_BATCH_SIZE_MAX = 10


class JsonQueue[Task]:
    """Sends tasks in batches, each as the JSON that `message_of` makes of it; what the service refuses is an error, never silence."""

    def __init__(self, client: Any, url: str, message_of: Callable[[Task], dict[str, Any]]) -> None:
        self._client = client
        self._url = url
        self._message_of = message_of

    def put(self, tasks: Sequence[Task]) -> None:
        """Sends the tasks.

        Raises:
            RuntimeError: the service refused some of them.
        """
        for batch in batched(tasks, _BATCH_SIZE_MAX, strict=False):
            entries = [{"Id": str(number), "MessageBody": json.dumps(self._message_of(task))} for number, task in enumerate(batch)]
            if self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed"):
                raise RuntimeError("the queue refused a message")
