"""The nightly settlement: what is due by today is made durable, shard by shard."""

from regulars.accounts.ports import LedgerStore
from regulars.accounts.walking import ShardResult, ShardTask, ShardWalk
from regulars.kernel.clock import business_date

JOB = "settle_accounts"


class NightlySettlement(ShardWalk[ShardTask, LedgerStore]):
    """The job behind `settle_accounts`."""

    job = JOB

    def start(self) -> int:
        """Queues one task a shard; answers how many."""
        return self._begin(ShardTask(shard) for shard in range(self._shards))

    def run(self, task: ShardTask) -> ShardResult[ShardTask]:
        """Settles a shard's due accounts; one that fails stops nobody."""
        now = self._clock()
        return self._walk(task, business_date(now, self._programmes().at(now).programme.time_zone), stops_at_failure=False)
