"""The nightly settlement: one message a shard, pages of what is due, a time budget, and a continuation that is queued again.

It can be run any number of times, late or twice at once: settling an account that is not due changes nothing (law X2).
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from regulars.accounts.ports import LedgerStore, Programmes
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.clock import Clock, business_date
from regulars.kernel.errors import RegularsError

JOB = "settle_accounts"
PAGE_SIZE = 100
BUDGET_SECONDS = 25.0


class ShardTask(Struct, frozen=True):
    """Settle what is due in one shard, going on from `start` (the position after the last page)."""

    shard: int
    start: Mapping[str, str] | None = None


class ShardResult(Struct, frozen=True):
    """How many accounts were looked at, how many had something due, which failed, and what is left to do."""

    seen: int = 0
    settled: int = 0
    failed: tuple[str, ...] = ()
    continuation: ShardTask | None = None


class TaskQueue(Protocol):
    """Takes tasks for later."""

    def put(self, tasks: list[ShardTask]) -> None:
        """Queues the tasks."""
        ...


class NightlySettlement:
    """The job behind `settle_accounts`."""

    def __init__(
        self,
        writer: LedgerWriter,
        store: LedgerStore,
        programmes: Programmes,
        clock: Clock,
        queue: TaskQueue,
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

    def start(self) -> int:
        """Queues one task a shard; answers how many."""
        tasks = [ShardTask(shard) for shard in range(self._shards)]
        self._queue.put(tasks)
        return len(tasks)

    def run(self, task: ShardTask) -> ShardResult:
        """Settles a shard's due accounts page by page; one account that fails does not stop the others.

        When the time budget is used up, the rest is queued again and told as `continuation`.
        """
        started = self._stopwatch()
        now = self._clock()
        today = business_date(now, self._programmes().at(now).programme.time_zone)
        seen = settled = 0
        failed: list[str] = []
        start = task.start
        while True:
            members, start = self._store.due(task.shard, today, limit=PAGE_SIZE, start=start)
            for member_id in members:
                seen += 1
                settled += self._settle(member_id, failed)
            if start is None:
                return ShardResult(seen, settled, tuple(failed))
            if self._stopwatch() - started > BUDGET_SECONDS:
                rest = ShardTask(task.shard, start)
                self._queue.put([rest])
                return ShardResult(seen, settled, tuple(failed), rest)

    def _settle(self, member_id: str, failed: list[str]) -> bool:
        try:
            return self._writer.settle(member_id, f"job:{JOB}")
        except RegularsError:
            failed.append(member_id)
            return False
