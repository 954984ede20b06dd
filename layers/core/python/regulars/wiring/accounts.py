"""The accounts' objects."""

import time
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from regulars.wiring.members import MembersWiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.accounts.approving import ApprovalsService
    from regulars.accounts.dynamodb import DynamoLedgerStore
    from regulars.accounts.nightly import NightlySettlement
    from regulars.accounts.operations import OperationsService
    from regulars.accounts.refunds import RefundsService
    from regulars.accounts.service import AccountsService
    from regulars.accounts.writer import LedgerWriter
    from regulars.aws.queues import JsonQueue


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

        return AccountsService(
            self.ledger, self.ledger_writer, self.program.history, lambda: self.member_directory, self.clock, new_id=self.new_id
        )

    @cached_property
    def operations(self) -> "OperationsService":
        """Holds, redemptions, gifts, activities, and whatever else one caller alone may ask for."""
        from regulars.accounts.operations import OperationsService

        return OperationsService(self.accounts, self.ledger, self.ledger_writer)

    @cached_property
    def approvals(self) -> "ApprovalsService":
        """Adjustments, tiers set, points held for a look: what waits for a second person."""
        from regulars.accounts.approving import ApprovalsService

        return ApprovalsService(self.operations, self.accounts, self.ledger, self.ledger_writer, clock=self.clock, new_id=self.new_id)

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
        from regulars.accounts.nightly import JOB, NightlySettlement
        from regulars.accounts.walking import message_of

        queue = self.queue("settle", partial(message_of, JOB))
        return NightlySettlement(
            self.ledger_writer, self.ledger, self.program.history, self.clock, queue, shards=self._due_shards, stopwatch=time.monotonic
        )

    def queue[Task](self, name: str, message_of: "Callable[[Task], dict[str, Any]]") -> "JsonQueue[Task]":
        """One of the jobs' queues, which takes tasks as their messages."""
        from regulars.aws.queues import JsonQueue

        return JsonQueue(self.client("sqs"), self.settings[f"{name.upper()}_QUEUE_URL"], message_of)

    @property
    def _due_shards(self) -> int:
        return int(self.settings.get("DUE_SHARDS") or 16)
