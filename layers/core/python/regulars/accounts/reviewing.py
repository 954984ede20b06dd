"""The job that follows a new version of the programme: when it has come into force, every account is settled once under it (TIER-05).

Reads and commands follow a version by themselves; the job makes it durable for those who do not come, and lets the events out. Each shard
of the due index, which lists every member to its end, is walked once for each version and then marked; running the job again finds the
marks, and settling an account that has followed already changes nothing.
"""

from typing import Protocol

from regulars.accounts.model import NEVER
from regulars.accounts.ports import LedgerStore
from regulars.accounts.walking import ShardResult, ShardTask, ShardWalk

JOB = "review_tiers"


class ReviewTask(ShardTask, frozen=True, kw_only=True):
    """Settle everybody of a shard under a version."""

    version: int


class ReviewStore(LedgerStore, Protocol):
    """Keeps which shards have followed which version."""

    def is_reviewed(self, version: int, shard: int) -> bool:
        """Whether a shard was walked under a version."""
        ...

    def mark_reviewed(self, version: int, shard: int) -> None:
        """Keeps that it was."""
        ...


class TierReview(ShardWalk[ReviewTask, ReviewStore]):
    """The job behind `review_tiers`."""

    job = JOB

    def start(self) -> int:
        """Queues one task for each shard that has not followed the version in force; answers how many."""
        version = self._programmes().at(self._clock()).number
        shards = (shard for shard in range(self._shards) if not self._store.is_reviewed(version, shard))
        return self._begin(ReviewTask(shard, version=version) for shard in shards)

    def run(self, task: ReviewTask) -> ShardResult[ReviewTask]:
        """Settles a shard's accounts; one that fails does not stop the others, but the shard is not marked then.

        A member whose place in the index moves back meanwhile was just changed, and so has followed.
        """
        result = self._walk(task, NEVER, stops_at_failure=True)
        if not result.failed and result.continuation is None:
            self._store.mark_reviewed(task.version, task.shard)
        return result
