"""The jobs' tasks on SQS."""

from regulars.accounts.checking import CheckTask
from regulars.accounts.nightly import JOB, ShardTask
from regulars.accounts.reviewing import JOB as REVIEW
from regulars.accounts.reviewing import ReviewTask
from regulars.accounts.tasks import check_message_of
from regulars.aws.queues import JsonQueue


class SqsTaskQueue:
    """Puts shard tasks on the settlement's queue."""

    def __init__(self, queue: JsonQueue) -> None:
        self._queue = queue

    def put(self, tasks: list[ShardTask]) -> None:
        """Queues the tasks."""
        self._queue.send([{"job": JOB, "shard": task.shard, "start": dict(task.start) if task.start else None} for task in tasks])


class SqsCheckQueue:
    """Puts what is left of a check on its queue."""

    def __init__(self, queue: JsonQueue) -> None:
        self._queue = queue

    def put(self, task: CheckTask) -> None:
        """Queues it."""
        self._queue.send([check_message_of(task)])


class SqsReviewQueue:
    """Puts shards that have to follow a version on the settlement's queue."""

    def __init__(self, queue: JsonQueue) -> None:
        self._queue = queue

    def put(self, tasks: list[ReviewTask]) -> None:
        """Queues the tasks."""
        self._queue.send(
            [
                {"job": REVIEW, "version": task.version, "shard": task.shard, "start": dict(task.start) if task.start else None}
                for task in tasks
            ]
        )
