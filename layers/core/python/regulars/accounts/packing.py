"""Points by day, packed: some bytes a lot instead of a map's fifteen, so that an item does not grow with the number of its lots.

The first byte is the form. Then numbers follow, each in groups of seven bits, the lowest first (a group with more to come has its eighth
bit set); a number's sign is its lowest bit. A day is the difference from the day before it, the first one from 1 January 2000.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from regulars.accounts.entries import Posting, PostingKind

_FORM = b"\x01"
_FIRST_DAY = date(2000, 1, 1)


def pack(lots: Iterable[tuple[date, int]]) -> bytes:
    """Days with points, in their order, as bytes."""
    packed, before = bytearray(_FORM), _FIRST_DAY
    for day, points in lots:
        packed += _number((day - before).days) + _number(points)
        before = day
    return bytes(packed)


def unpack(packed: bytes) -> list[tuple[date, int]]:
    """The days with points of such bytes.

    Raises:
        ValueError: they are of another form, or cut off.
    """
    if packed[:1] != _FORM:
        raise ValueError("packed lots of an unknown form")
    numbers, day, lots = list(_numbers(packed[1:])), _FIRST_DAY, []
    for difference, points in zip(numbers[::2], numbers[1::2], strict=True):
        day += timedelta(days=difference)
        lots.append((day, points))
    return lots


def _number(number: int) -> bytes:
    left = number << 1 if number >= 0 else (-number << 1) | 1
    groups = bytearray()
    while left > 0x7F:
        groups.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes((*groups, left))


def _numbers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for group in packed:
        number |= (group & 0x7F) << shift
        shift += 7
        if group < 0x80:
            yield -(number >> 1) if number & 1 else number >> 1
            number = shift = 0
    if shift:
        raise ValueError("packed lots that are cut off")


def posting_records(postings: Iterable[Posting]) -> list[list[Any]]:
    """Postings `[kind, points, lot, rule, available from, debt]`; those of several lots that differ in nothing else are one record.

    There `lot` is the lots packed and `points` their sum: taking from sixty lots makes an entry hardly larger.
    """
    return [_record(list(run)) for _, run in groupby(postings, key=_but_the_lot)]


def read_postings(records: Iterable[list[Any]]) -> tuple[Posting, ...]:
    """The postings of such records."""
    return tuple(posting for record in records for posting in _read(record))


def _but_the_lot(posting: Posting) -> tuple[object, ...]:
    return posting.kind, posting.rule, posting.available_from, posting.is_debt


def _record(run: list[Posting]) -> list[Any]:
    first = run[0]
    lots = [(posting.lot, posting.points) for posting in run]
    where = pack(lots) if len(run) > 1 else first.lot.isoformat()
    record: list[Any] = [first.kind.value, sum(points for _, points in lots), where, first.rule]
    if first.is_debt:
        return [*record, "", 1]
    return [*record, first.available_from.isoformat()] if first.available_from else record


def _read(record: list[Any]) -> Iterator[Posting]:
    kind, points, where, rule, *rest = record
    day = date.fromisoformat(rest[0]) if rest and rest[0] else None
    lots = unpack(where) if isinstance(where, bytes) else [(date.fromisoformat(where), points)]
    for lot, part in lots:
        yield Posting(PostingKind(kind), part, lot, rule, day, len(rest) > 1)
