"""The objects that add the ledger up, prove it, and follow new versions of the programme."""

import time
from functools import cached_property, partial
from typing import TYPE_CHECKING

from regulars.wiring.accounts import AccountsWiring

if TYPE_CHECKING:
    from regulars.accounts.books.bookkeeping import Bookkeeper
    from regulars.accounts.books.checking import CheckTask, LedgerCheck
    from regulars.accounts.books.dynamodb import DynamoBooksStore
    from regulars.accounts.books.recounting import Recount
    from regulars.accounts.books.reports import Reports
    from regulars.accounts.reviewing import TierReview
    from regulars.aws.queues import JsonQueue


class BooksWiring(AccountsWiring):
    """The books, the check of the ledger, the review of tiers."""

    @cached_property
    def tier_review(self) -> "TierReview":
        """The job that follows new versions of the programme."""
        from regulars.accounts.reviewing import JOB, TierReview
        from regulars.accounts.walking import message_of

        queue = self.queue("settle", partial(message_of, JOB))
        return TierReview(
            self.ledger_writer, self.ledger, self.program.history, self.clock, queue, shards=self._due_shards, stopwatch=time.monotonic
        )

    @cached_property
    def books(self) -> "DynamoBooksStore":
        """Figures by day and tier."""
        from regulars.accounts.books.dynamodb import DynamoBooksStore

        return DynamoBooksStore(self.table("books"))

    @cached_property
    def bookkeeper(self) -> "Bookkeeper":
        """Counts entries into the books."""
        from regulars.accounts.books.bookkeeping import Bookkeeper

        return Bookkeeper(self.books, self.program.history, self.clock, self.patience)

    @cached_property
    def recount(self) -> "Recount":
        """Counts what the books missed."""
        from regulars.accounts.books.recounting import Recount

        return Recount(self.ledger, self.books, self.bookkeeper, self.clock, stopwatch=time.monotonic)

    @cached_property
    def reports(self) -> "Reports":
        """Reads the books."""
        from regulars.accounts.books.reports import Reports

        return Reports(self.books, self.program.history, self.clock)

    @cached_property
    def ledger_check(self) -> "LedgerCheck":
        """The check of the whole ledger."""
        from regulars.accounts.books.checking import LedgerCheck

        return LedgerCheck(self.ledger, self.ledger, self.books, self.program.history, self.clock, stopwatch=time.monotonic)

    @cached_property
    def check_queue(self) -> "JsonQueue[CheckTask]":
        """Where what is left of a check waits."""
        from regulars.accounts.books.tasks import check_message_of

        return self.queue("check", check_message_of)
