"""Keeping the books: each entry counts exactly once, although the stream delivers it at least once.

An entry's marker is written in the same transaction as the figures it adds to. Entries of a batch are added up first, and each batch goes
to one of some shards, so that no item is written often; a report adds the shards up.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

from regulars.accounts.books.model import Figures, Move, Sheet
from regulars.accounts.entries import Entry
from regulars.accounts.ports import Programmes
from regulars.kernel.clock import Clock
from regulars.kernel.retry import Patience

SHARDS = 4
MARKERS_KEPT_FOR = timedelta(days=35)
"""Longer than a record can come again: a stream keeps a day, a dead-letter queue two weeks."""

_ITEMS_MAX = 90
"""Entries and figures in one transaction, below the hundred it may have."""


class AlreadyCountedError(Exception):
    """Some entries were counted before; nothing was written."""

    def __init__(self, entries: frozenset[str]) -> None:
        super().__init__(f"counted before: {len(entries)}")
        self.entries = entries


class BooksStore(Protocol):
    """Keeps the figures of days, their sums by month, and the moves."""

    def count(self, entries: Sequence[str], sheet: Sheet, shard: int, markers_until: datetime) -> None:
        """Adds a sheet to a shard and marks its entries, all or nothing.

        Raises:
            AlreadyCountedError: some of them were marked before.
            LostRaceError: somebody else was writing the same figures.
        """
        ...

    def counted(self, entries: Sequence[str]) -> frozenset[str]:
        """Those of up to 100 entries that are marked as counted."""
        ...

    def days(self, first: date, last: date) -> Mapping[tuple[date, str], Figures]:
        """The figures of each day and tier from one day through another."""
        ...

    def through(self, last: date) -> Mapping[str, Figures]:
        """Each tier's figures from the first day through another."""
        ...

    def moves(self, first: date, last: date) -> Mapping[Move, int]:
        """Who moved between tiers from one day through another."""
        ...


class Bookkeeper:
    """Counts entries."""

    def __init__(self, store: BooksStore, programmes: Programmes, clock: Clock, patience: Patience) -> None:
        self._store = store
        self._programmes = programmes
        self._clock = clock
        self._patience = patience

    def count(self, entries: Sequence[Entry]) -> int:
        """Counts entries that were not counted before; answers how many those were.

        Raises:
            ConflictError: others kept writing the same figures; those of this batch that are done are marked.
        """
        fresh = {entry.entry_id: entry for entry in entries}
        return sum(self._patience.attempt(partial(self._count, chunk)) for chunk in _chunks(list(fresh.values())))

    def _count(self, chunk: Sequence[Entry]) -> int:
        """Each try without those that turn out to be counted, so there is one more try at most for each."""
        left = list(chunk)
        for _ in range(len(chunk)):
            sheet = Sheet().add_all(left, self._programmes())
            shard = zlib.crc32(left[0].entry_id.encode()) % SHARDS
            try:
                self._store.count([entry.entry_id for entry in left], sheet, shard, self._clock() + MARKERS_KEPT_FOR)
            except AlreadyCountedError as known:
                left = [entry for entry in left if entry.entry_id not in known.entries]
                if left:
                    continue
            return len(left)
        return 0


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Entries as many as fit one transaction: a marker each, and the figures of days and months, tiers and moves they can touch."""
    chunk: list[Entry] = []
    places: set[tuple[object, ...]] = set()
    for entry in entries:
        more = places | _places(entry)
        if chunk and len(chunk) + 1 + len(more) > _ITEMS_MAX:
            yield chunk
            chunk, more = [], _places(entry)
        chunk.append(entry)
        places = more
    if chunk:
        yield chunk


def _places(entry: Entry) -> set[tuple[object, ...]]:
    """The items that an entry adds to, told apart by an hour where the books tell them by a day: never too few."""
    hour = entry.recorded_at.replace(minute=0, second=0, microsecond=0)
    changed = {tier for change in entry.tier_changes for tier in (change.from_tier, change.to_tier)}
    tiers = {(kind, hour, tier) for tier in {entry.tier_after, *changed} for kind in ("day", "month")}
    return tiers | {("move", hour, change.from_tier, change.to_tier, change.cause, change.program_version) for change in entry.tier_changes}
