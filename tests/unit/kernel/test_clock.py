"""Instants, business dates and months."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kernel.clock import add_months, business_date, instant_text, month_end, month_of, parse_instant, start_of_day, whole_months

ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the bounds of aware instants
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
MONTHS = DAYS.map(month_of)


@given(INSTANTS, ZONES)
def test_an_instant_belongs_to_exactly_one_day(instant: datetime, zone: str) -> None:
    """It lies between the start of its business date and the start of the next (law X5)."""
    day = business_date(instant, zone)

    assert start_of_day(day, zone) <= instant < start_of_day(day + timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2025-01-01T15:59:59.999Z", "Asia/Shanghai", date(2025, 1, 1)),
        ("2025-01-01T16:00:00Z", "Asia/Shanghai", date(2025, 1, 2)),
        ("2024-02-29T15:59:59Z", "Asia/Shanghai", date(2024, 2, 29)),
        ("2025-03-30T00:59:59Z", "Europe/Berlin", date(2025, 3, 30)),
        ("2025-10-26T00:30:00Z", "Europe/Berlin", date(2025, 10, 26)),
        ("2025-10-26T01:30:00Z", "Europe/Berlin", date(2025, 10, 26)),
        ("2025-10-26T23:00:00Z", "Europe/Berlin", date(2025, 10, 27)),
    ],
)
def test_midnights_leap_days_gaps_and_folds(instant: str, zone: str, day: date) -> None:
    """The programme's own midnight is the border, also where the clock jumps."""
    assert day == business_date(parse_instant(instant), zone)


@given(MONTHS, st.integers(-600, 600))
def test_months_add_up(month: str, months: int) -> None:
    """Going there and back is where one was, and every step is one month."""
    assert month == add_months(add_months(month, months), -months)
    assert add_months(month, months + 1) == add_months(add_months(month, months), 1)


@given(DAYS)
def test_a_months_last_day_is_its_last(day: date) -> None:
    """The day after it is in the next month, and the day itself in the month."""
    last = month_end(month_of(day))

    assert day <= last
    assert month_of(day) == month_of(last)
    assert add_months(month_of(day), 1) == month_of(last + timedelta(days=1))


def test_february_ends_as_the_year_says() -> None:
    """29 days in a leap year, 28 otherwise."""
    assert (date(2024, 2, 29), date(2025, 2, 28)) == (month_end("2024-02"), month_end("2025-02"))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [("2024-01-31", "2024-02-29", 0), ("2024-01-29", "2024-02-29", 1), ("2024-01-01", "2026-01-01", 24), ("2024-03-02", "2024-02-01", -2)],
)
def test_whole_months_are_counted(start: str, end: str, months: int) -> None:
    """A month is whole when its day has come again."""
    assert months == whole_months(date.fromisoformat(start), date.fromisoformat(end))


@given(INSTANTS)
def test_an_instant_survives_being_written(instant: datetime) -> None:
    """Written in milliseconds and read again it is the same millisecond, in UTC."""
    read = parse_instant(instant_text(instant))

    assert (instant.replace(microsecond=instant.microsecond // 1000 * 1000), UTC) == (read, read.tzinfo)


def test_instants_are_written_in_utc() -> None:
    """Whatever the offset was."""
    assert "2025-01-01T00:00:00.000Z" == instant_text(datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))))


@pytest.mark.parametrize("text", ["2025-01-01T00:00:00", "2025-01-01", "soon", ""])
def test_an_instant_without_an_offset_is_none(text: str) -> None:
    """Nobody guesses which midnight was meant."""
    with pytest.raises(ValueError, match=r"offset|Invalid"):
        parse_instant(text)
