"""The accounts' objects."""

import time
from functools import cached_property
from typing import TYPE_CHECKING

from regulars.wiring.members import MembersWiring

if TYPE_CHECKING:
    from regulars.accounts.dynamodb import DynamoLedgerStore
    from regulars.accounts.jobs_dynamodb import DynamoJobStore, SqsJobQueue
    from regulars.accounts.nightly import NightlySettlement
    from regulars.accounts.operations import OperationsService
    from regulars.accounts.refunds import RefundsService
    from regulars.accounts.service import AccountsService
    from regulars.accounts.simulations import Simulations
    from regulars.accounts.writer import LedgerWriter


class AccountsWiring(MembersWiring):
    """The ledger, its service and the nightly job."""

    @cached_property
    def ledger(self) -> "DynamoLedgerStore":
        """Accounts, entries and guards."""
        from regulars.accounts.dynamodb import DynamoLedgerStore

        return DynamoLedgerStore(self.table("accounts"), self._due_shards)

    @cached_property
    def accounts(self) -> "AccountsService":
        """Purchases, points and tiers."""
        from regulars.accounts.service import AccountsService

        return AccountsService(self.ledger, self.ledger_writer, self.program.history, lambda: self.member_directory, self.clock)

    @cached_property
    def operations(self) -> "OperationsService":
        """Holds, redemptions, gifts, activities, adjustments, and what waits for a second person."""
        from regulars.accounts.operations import OperationsService

        return OperationsService(self.accounts, self.ledger, self.ledger_writer, self.clock, self.new_id)

    @cached_property
    def refunds(self) -> "RefundsService":
        """Refunds, in any order."""
        from regulars.accounts.refunds import RefundsService

        return RefundsService(self.accounts, self.ledger, self.ledger_writer, self.patience)

    @cached_property
    def ledger_writer(self) -> "LedgerWriter":
        """The one way in which an account changes."""
        from regulars.accounts.writer import LedgerWriter

        return LedgerWriter(self.ledger, self.program.history, self.clock, self.patience)

    @cached_property
    def settlement(self) -> "NightlySettlement":
        """The nightly job."""
        from regulars.accounts.nightly import NightlySettlement
        from regulars.accounts.sqs import SqsTaskQueue
        from regulars.aws.queues import JsonQueue

        queue = SqsTaskQueue(JsonQueue(self.client("sqs"), self.settings["SETTLE_QUEUE_URL"]))
        return NightlySettlement(
            self.ledger_writer, self.ledger, self.program.history, self.clock, queue, shards=self._due_shards, stopwatch=time.monotonic
        )

    @cached_property
    def jobs(self) -> "DynamoJobStore":
        """Simulations, imports and exports on their way."""
        from regulars.accounts.jobs_dynamodb import DynamoJobStore

        return DynamoJobStore(self.table("accounts"))

    @cached_property
    def job_queue(self) -> "SqsJobQueue":
        """The worker's own queue, for what it could not finish in one go."""
        from regulars.accounts.jobs_dynamodb import SqsJobQueue
        from regulars.aws.queues import JsonQueue

        return SqsJobQueue(JsonQueue(self.client("sqs"), self.settings["JOB_QUEUE_URL"]))

    @cached_property
    def simulations(self) -> "Simulations":
        """Programmes tried on what happened."""
        from regulars.accounts.simulations import Simulations

        return Simulations(
            self.jobs,
            self.ledger,
            self.program.history,
            lambda version_id: self.program_versions.read(version_id).programme,
            self.clock,
            new_id=self.new_id,
            stopwatch=time.monotonic,
        )

    @property
    def _due_shards(self) -> int:
        return int(self.settings.get("DUE_SHARDS") or 16)
