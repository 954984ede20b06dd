"""A walk over all accounts that the due index lists: a message a shard, pages, a time budget, and a continuation that is queued again.

It can be run any number of times, late or twice at once: settling an account that is not due changes nothing (law X2).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import asdict, replace

from regulars.accounts.ports import LedgerStore, Programmes
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.clock import Clock
from regulars.kernel.errors import RegularsError

PAGE_SIZE = 100
BUDGET_SECONDS = 25.0


class ShardTask(Struct, frozen=True):
    """Settle accounts of one shard, going on from `start` (the position after the last page)."""

    shard: int
    start: Mapping[str, str] | None = None


class ShardResult[Task: ShardTask](Struct, frozen=True):
    """How many accounts were looked at, how many changed, which failed, and what is left to do."""

    seen: int
    settled: int
    failed: tuple[str, ...]
    continuation: Task | None = None


class TaskQueue[Task](Protocol):
    """Takes tasks for later."""

    def put(self, tasks: Sequence[Task]) -> None:
        """Queues the tasks."""
        ...


def message_of(job: str, task: ShardTask) -> dict[str, Any]:
    """A task as a job's message says it."""
    return {"job": job, **asdict(task)}


class ShardWalk[Task: ShardTask, Store: LedgerStore](ABC):
    """What the jobs that settle many accounts have in common; `job` names the actor in the entries."""

    job: str

    def __init__(
        self,
        writer: LedgerWriter,
        store: Store,
        programmes: Programmes,
        clock: Clock,
        queue: TaskQueue[Task],
        *,
        shards: int,
        stopwatch: Callable[[], float],
    ) -> None:
        self._writer = writer
        self._store = store
        self._programmes = programmes
        self._clock = clock
        self._queue = queue
        self._shards = shards
        self._stopwatch = stopwatch

    @abstractmethod
    def start(self) -> int:
        """Queues one task for each shard that is to be walked; answers how many."""

    @abstractmethod
    def run(self, task: Task) -> ShardResult[Task]:
        """Walks a shard."""

    def _begin(self, tasks: Iterable[Task]) -> int:
        """Queues a task for each of some shards; answers how many."""
        known = list(tasks)
        self._queue.put(known)
        return len(known)

    def _walk(self, task: Task, through: date, *, stops_at_failure: bool) -> ShardResult[Task]:
        """Settles what is due by a day, page by page; one account that fails does not stop the others of its page.

        When the time is used up, the rest is queued again and told as `continuation`; after a failure that stops the walk it is not, as
        the message comes again and begins where it began.
        """
        started = self._stopwatch()
        seen, settled, failed = 0, 0, list[str]()
        start = task.start
        while True:
            members, start = self._store.due(task.shard, through, limit=PAGE_SIZE, start=start)
            for member_id in members:
                seen += 1
                settled += self._settle(member_id, failed)
            result = ShardResult[Task](seen, settled, tuple(failed))
            if start is None or (failed and stops_at_failure):
                return result
            if self._stopwatch() - started > BUDGET_SECONDS:
                rest = replace(task, start=start)
                self._queue.put([rest])
                return replace(result, continuation=rest)

    def _settle(self, member_id: str, failed: list[str]) -> bool:
        try:
            return self._writer.settle(member_id, f"job:{self.job}")
        except RegularsError:
            failed.append(member_id)
            return False
