"""The job that follows a new version of the programme: when it has come into force, every account is settled once under it (TIER-05).

Reads and commands follow a version by themselves; the job makes it durable for those who do not come, and lets the events out. Each shard
of the due index, which lists every member to its end, is walked once for each version and then marked; running the job again finds the
marks, and settling an account that has followed already changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from regulars.accounts.model import NEVER
from regulars.accounts.nightly import BUDGET_SECONDS, PAGE_SIZE
from regulars.accounts.ports import LedgerStore, Programmes
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.clock import Clock
from regulars.kernel.errors import RegularsError

JOB = "review_tiers"


class ReviewTask(Struct, frozen=True):
    """Settle everybody of a shard under a version, going on from `start`."""

    version: int
    shard: int
    start: Mapping[str, str] | None = None


class ReviewResult(Struct, frozen=True):
    """How many accounts were looked at, how many changed, which failed, and what is left to do."""

    seen: int = 0
    settled: int = 0
    failed: tuple[str, ...] = ()
    continuation: ReviewTask | None = None


class ReviewQueue(Protocol):
    """Takes tasks for later."""

    def put(self, tasks: list[ReviewTask]) -> None:
        """Queues the tasks."""
        ...


class ReviewStore(LedgerStore, Protocol):
    """Keeps which shards have followed which version."""

    def is_reviewed(self, version: int, shard: int) -> bool:
        """Whether a shard was walked under a version."""
        ...

    def mark_reviewed(self, version: int, shard: int) -> None:
        """Keeps that it was."""
        ...


class TierReview:
    """The job behind `review_tiers`."""

    def __init__(
        self,
        writer: LedgerWriter,
        store: ReviewStore,
        programmes: Programmes,
        clock: Clock,
        queue: ReviewQueue,
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
        """Queues one task for each shard that has not followed the version in force; answers how many."""
        version = self._programmes().at(self._clock()).number
        tasks = [ReviewTask(version, shard) for shard in range(self._shards) if not self._store.is_reviewed(version, shard)]
        self._queue.put(tasks)
        return len(tasks)

    def run(self, task: ReviewTask) -> ReviewResult:
        """Settles a shard's accounts page by page; one that fails does not stop the others, but the shard is not marked then.

        A member whose place in the index moves back meanwhile was just changed, and so has followed. When the time is used up, the rest is
        queued again.
        """
        started = self._stopwatch()
        seen = settled = 0
        failed: list[str] = []
        start = task.start
        while True:
            members, start = self._store.due(task.shard, NEVER, limit=PAGE_SIZE, start=start)
            for member_id in members:
                seen += 1
                settled += self._settle(member_id, failed)
            if start is None:
                if not failed:
                    self._store.mark_reviewed(task.version, task.shard)
                return ReviewResult(seen, settled, tuple(failed))
            if failed or self._stopwatch() - started > BUDGET_SECONDS:
                return self._later(ReviewTask(task.version, task.shard, start), ReviewResult(seen, settled, tuple(failed)))

    def _later(self, rest: ReviewTask, result: ReviewResult) -> ReviewResult:
        """The rest is queued; after a failure it is not, as the message comes again and begins where it began."""
        if result.failed:
            return result
        self._queue.put([rest])
        return ReviewResult(result.seen, result.settled, (), rest)

    def _settle(self, member_id: str, failed: list[str]) -> bool:
        try:
            return self._writer.settle(member_id, f"job:{JOB}")
        except RegularsError:
            failed.append(member_id)
            return False
