"""Lots and postings packed: what is read is what was written, in less room."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.accounts.entries import Posting, PostingKind
from regulars.accounts.model import NEVER
from regulars.accounts.packing import pack, posting_records, read_postings, unpack

_DAYS = st.dates(date(1999, 1, 1), NEVER)
_POINTS = st.integers(-(10**12), 10**12)
_POSTINGS = st.builds(
    Posting,
    st.sampled_from([PostingKind.REDEEM, PostingKind.EXTEND, PostingKind.ACTIVATE]),
    _POINTS,
    _DAYS,
    st.sampled_from(["", "base"]),
    st.none() | st.just(date(2026, 3, 1)),
)


@given(st.lists(st.tuples(_DAYS, _POINTS)))
def test_packed_lots_come_back(lots: list[tuple[date, int]]) -> None:
    """Any days in any order, any points, none lost."""
    assert lots == unpack(pack(lots))


@given(st.lists(_POSTINGS | st.builds(Posting, st.just(PostingKind.REFUND_REVERSAL), _POINTS, _DAYS, is_debt=st.just(True))))
def test_packed_postings_come_back(postings: list[Posting]) -> None:
    """In their order, whichever of them share a record."""
    assert tuple(postings) == read_postings(posting_records(postings))


def test_sixty_lots_take_less_room_than_twelve_did_in_a_map() -> None:
    """Four bytes a lot of up to 8,191 points on days that follow each other."""
    lots = [(date(2026, 3, 1) + timedelta(days=number), 4_000) for number in range(60)]
    assert len(pack(lots)) < 12 * 17


def test_one_posting_is_written_as_it_is_read() -> None:
    """A single lot stays a day in letters; several of one kind and rule are one record with their sum."""
    first, second = (Posting(PostingKind.REDEEM, -5, date(2026, 3, day)) for day in (1, 2))
    assert [["redeem", -5, "2026-03-01", ""]] == posting_records([first])
    assert [["redeem", -10, pack([(date(2026, 3, 1), -5), (date(2026, 3, 2), -5)]), ""]] == posting_records([first, second])


@pytest.mark.parametrize(
    "packed", [b"", b"\x02\x00\x00", b"\x01\x80", b"\x01\x02"], ids=["nothing", "another form", "cut off", "half a lot"]
)
def test_what_is_no_packed_lot_is_refused(packed: bytes) -> None:
    """Another form, a number or a pair cut off: an error, never other points."""
    with pytest.raises(ValueError, match=r"packed|zip"):
        unpack(packed)
