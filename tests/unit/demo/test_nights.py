"""Which nights have to run so that nothing is late by a day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars_local.demo.nights import due_days, quiet_nights, start_of


def test_a_day_starts_at_the_programmes_midnight() -> None:
    """1 March in Shanghai starts at 16:00 UTC on 28 February."""
    assert datetime(2026, 2, 28, 16, tzinfo=UTC) == start_of(date(2026, 3, 1), ZoneInfo("Asia/Shanghai"))


def test_what_is_due_of_a_day_is_its_lots_reminder_and_its_end() -> None:
    """Points of January 2026 end on 31 January 2027: told from 1 January, gone on 1 February; a leap day is counted."""
    assert {date(2027, 1, 1), date(2027, 2, 1)} == due_days([date(2026, 1, 1), date(2026, 1, 31)], 12, 30)
    assert {date(2028, 1, 30), date(2028, 3, 1)} == due_days([date(2027, 2, 5)], 12, 30)


def test_the_nights_are_weekly_and_hold_every_due_day() -> None:
    """From the 1st: 1, 8, 15, 22, the due 17th, and the last day."""
    found = list(quiet_nights(date(2027, 1, 1), date(2027, 1, 25), {date(2027, 1, 17), date(2027, 2, 1)}))
    assert [1, 8, 15, 17, 22, 25] == [day.day for day in found]


def test_no_night_between_the_chosen_ones_could_have_anything_to_do() -> None:
    """For purchases on every day of a year: every reminder's and every end's first day is among the nights."""
    bought = [date(2026, 1, 1) + timedelta(days=number) for number in range(366)]
    due = due_days(bought, 12, 30)
    nights = set(quiet_nights(date(2027, 1, 2), date(2028, 3, 1), due))
    assert {day for day in due if date(2027, 1, 2) <= day <= date(2028, 3, 1)} <= nights
