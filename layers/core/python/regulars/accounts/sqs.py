"""The settlement's tasks on SQS."""

from regulars.accounts.nightly import JOB, ShardTask
from regulars.aws.queues import JsonQueue


class SqsTaskQueue:
    """Puts shard tasks on the settlement's queue."""

    def __init__(self, queue: JsonQueue) -> None:
        self._queue = queue

    def put(self, tasks: list[ShardTask]) -> None:
        """Queues the tasks."""
        self._queue.send([{"job": JOB, "shard": task.shard, "start": dict(task.start) if task.start else None} for task in tasks])
