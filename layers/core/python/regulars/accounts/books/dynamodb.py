"""The books' table: counters that are added to, and marks of what has been counted.

| item | pk | sk | more |
|---|---|---|---|
| figures of a day | `DAY#<shard>` | `<day>#<tier>` | each figure by its name |
| figures of a month | `MONTH#<shard>` | `<month>#<tier>` | the same, summed |
| moves of a day | `MOVE#<shard>` | `<day>#<from>#<to>#<cause>#<version>` | `n` |
| mark | `ent_…` | `COUNTED` | `ttl` |

Apart from the ledger's own table, so that nobody who adds up figures may write there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from regulars.accounts.books.bookkeeping import SHARDS, AlreadyCountedError
from regulars.accounts.books.model import Figure, Figures, Move, Sheet
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table, Update, Write
from regulars.kernel.clock import month_of

_PAGE_SIZE = 1000
_PAGES_MAX = 100
_END = "~"
"""After every tier's code."""


class DynamoBooksStore:
    """The books on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(self, entries: Sequence[str], sheet: Sheet, shard: int, markers_until: datetime) -> None:
        """One transaction: the marks first, then what is added to."""
        expires = int(markers_until.timestamp())
        writes: list[Write] = [Put({"pk": entry, "sk": "COUNTED", "ttl": expires}, ABSENT) for entry in entries]
        try:
            self._table.transact([*writes, *_additions(sheet, shard)])
        except ConditionFailedError as error:
            raise AlreadyCountedError(frozenset(entries[position] for position in error.failed)) from error

    def counted(self, entries: Sequence[str]) -> frozenset[str]:
        """Those whose marks there are, read consistently."""
        return frozenset(item["pk"] for item in self._table.batch_get([(entry, "COUNTED") for entry in entries], ()))

    def days(self, first: date, last: date) -> Mapping[tuple[date, str], Figures]:
        """The days' items of all shards."""
        found: dict[tuple[date, str], Counter[Figure]] = {}
        for item in self._items("DAY", first.isoformat(), f"{last.isoformat()}#{_END}"):
            day, tier = item["sk"].split("#")
            found.setdefault((date.fromisoformat(day), tier), Counter()).update(_figures(item))
        return found

    def through(self, last: date) -> Mapping[str, Figures]:
        """Whole months, then the days of the last one."""
        month = month_of(last)
        found: dict[str, Counter[Figure]] = {}
        for item in self._items("MONTH", "0", month):
            found.setdefault(item["sk"].split("#")[1], Counter()).update(_figures(item))
        for (_, tier), figures in self.days(last.replace(day=1), last).items():
            found.setdefault(tier, Counter()).update(figures)
        return found

    def moves(self, first: date, last: date) -> Mapping[Move, int]:
        """The moves' items of all shards."""
        found: Counter[Move] = Counter()
        for item in self._items("MOVE", first.isoformat(), f"{last.isoformat()}#{_END}"):
            day, from_tier, to_tier, cause, version = item["sk"].split("#")
            found[Move(date.fromisoformat(day), from_tier, to_tier, cause, int(version))] += item["n"]
        return found

    def _items(self, kind: str, low: str, high: str) -> Iterator[Item]:
        for shard in range(SHARDS):
            start: Mapping[str, str] | None = None
            for _ in range(_PAGES_MAX):
                items, start = self._table.query(
                    "pk = :pk AND sk BETWEEN :low AND :high",
                    {":pk": f"{kind}#{shard}", ":low": low, ":high": high},
                    limit=_PAGE_SIZE,
                    start=start,
                )
                yield from items
                if start is None:
                    break
            else:
                raise ValueError("more figures than a report reads")


def _additions(sheet: Sheet, shard: int) -> Iterator[Update]:
    months: dict[tuple[str, str], Counter[Figure]] = {}
    for (day, tier), figures in sheet.figures.items():
        months.setdefault((month_of(day), tier), Counter()).update(figures)
        yield from _addition(f"DAY#{shard}", f"{day.isoformat()}#{tier}", figures)
    for (month, tier), figures in months.items():
        yield from _addition(f"MONTH#{shard}", f"{month}#{tier}", figures)
    for move, count in sheet.moves.items():
        place = "#".join((move.day.isoformat(), move.from_tier, move.to_tier, move.cause, str(move.program_version)))
        yield from _addition(f"MOVE#{shard}", place, {"n": count})


def _addition(pk: str, sk: str, figures: Mapping[Figure, int] | Mapping[str, int]) -> Iterator[Update]:
    """Figures of which all are 0 need no item."""
    added = {f"{name}": figure for name, figure in figures.items() if figure}
    if added:
        names = {f"#{number}": name for number, name in enumerate(added)}
        values = {f":{number}": figure for number, figure in enumerate(added.values())}
        expression = "ADD " + ", ".join(f"#{number} :{number}" for number in range(len(added)))
        yield Update(pk, sk, expression, values, names=names)


def _figures(item: Item) -> dict[Figure, int]:
    return {figure: item[figure.value] for figure in Figure if figure.value in item}
