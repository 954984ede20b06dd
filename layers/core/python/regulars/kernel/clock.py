"""Time: instants are UTC, business dates are days in the programme's zone (design decision 27)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

type Clock = Callable[[], datetime]
"""Answers the present instant, aware and in UTC; injected everywhere, never called at import."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name."""
    return ZoneInfo(name)


def business_date(instant: datetime, zone_name: str) -> date:
    """The day an instant belongs to in the programme's zone; each instant belongs to exactly one (law X5)."""
    return instant.astimezone(zone(zone_name)).date()


def start_of_day(day: date, zone_name: str) -> datetime:
    """The first instant of a business date, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone(zone_name)).astimezone(UTC)


def month_of(day: date) -> str:
    """The month of a day as `YYYY-MM`, the key of a qualification bucket."""
    return f"{day.year:04d}-{day.month:02d}"


def add_months(month: str, months: int) -> str:
    """The month that lies `months` after (or, negative, before) `month`."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_end(month: str) -> date:
    """The last day of a month."""
    following = add_months(month, 1)
    return date(int(following[:4]), int(following[5:]), 1) - timedelta(days=1)


def whole_months(start: date, end: date) -> int:
    """How many whole months lie between two days; negative when `end` lies before `start`."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def instant_text(instant: datetime) -> str:
    """An instant as RFC 3339 in UTC with milliseconds: what is stored and sent."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """The instant of an RFC 3339 text that names its offset.

    Raises:
        ValueError: when the text is no instant or has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset, such as Z or +08:00")
    return instant.astimezone(UTC)
