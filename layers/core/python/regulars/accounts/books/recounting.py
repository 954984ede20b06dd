"""What the books missed: entries of the ledger without a mark that they were counted, as far back as marks are kept.

They are counted by the bookkeeper, which marks each in the transaction that adds it: done again, or beside the stream's own reader, this
counts nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import batched, chain

from msgspec import Struct

from regulars.accounts.books.bookkeeping import MARKERS_KEPT_FOR, Bookkeeper, BooksStore
from regulars.accounts.entries import Entry
from regulars.accounts.ports import LedgerAudit
from regulars.kernel.clock import Clock

REACH = MARKERS_KEPT_FOR - timedelta(days=2)
"""Entries that were recorded longer ago are left alone: their marks may be gone, although they were counted."""

PAGE_SIZE = 400
BUDGET_SECONDS = 25.0
_BATCH = 100


class RecountResult(Struct, frozen=True):
    """How many entries were looked at, how many of them the books had missed, and the place to go on from."""

    entries: int
    counted: int
    rest: Mapping[str, str] | None = None


class Recount:
    """The work behind `recount_books` and `regulars ledger recount`."""

    def __init__(
        self, audit: LedgerAudit, books: BooksStore, bookkeeper: Bookkeeper, clock: Clock, *, stopwatch: Callable[[], float]
    ) -> None:
        self._audit = audit
        self._books = books
        self._bookkeeper = bookkeeper
        self._clock = clock
        self._stopwatch = stopwatch

    def run(self, start: Mapping[str, str] | None) -> RecountResult:
        """Reads the ledger page by page from `start` on, until its end or until the time is up.

        Raises:
            ConflictError: others kept writing the same figures; try again.
        """
        started = self._stopwatch()
        since = self._clock() - REACH
        entries = counted = 0
        while True:
            rows, start = self._audit.page(limit=PAGE_SIZE, start=start)
            found = [row.value for row in rows if isinstance(row.value, Entry) and row.value.recorded_at >= since]
            entries += len(found)
            counted += self._bookkeeper.count(self._missed(found))
            if start is None or self._stopwatch() - started > BUDGET_SECONDS:
                return RecountResult(entries, counted, start)

    def _missed(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that are not marked."""
        names = [entry.entry_id for entry in entries]
        counted = frozenset(chain.from_iterable(self._books.counted(some) for some in batched(names, _BATCH, strict=False)))
        return [entry for entry in entries if entry.entry_id not in counted]
