"""What the policies' figures come to at their limits: hours of the day, and how long months are kept."""

import pytest

from regulars.program.earning import Hours
from regulars.program.policies import Qualification


@pytest.mark.parametrize(
    ("start", "end", "within", "without"),
    [(9, 17, (9, 16), (8, 17)), (22, 6, (22, 23, 0, 5), (21, 6)), (9, 9, (), (8, 9, 10)), (0, 24, (0, 23), ())],
)
def test_hours_begin_with_the_first_and_end_before_the_last(
    start: int, end: int, within: tuple[int, ...], without: tuple[int, ...]
) -> None:
    """Also over midnight; from an hour to itself there is none."""
    hours = Hours(from_hour=start, to_hour=end)

    assert (within, ()) == (tuple(filter(hours.holds, within)), tuple(filter(hours.holds, without)))


@pytest.mark.parametrize(
    ("rules", "months"),
    [
        ({"window": "calendar_quarter"}, 3),
        ({"window": "calendar_year"}, 12),
        ({"window": "anniversary_year"}, 12),
        ({"window": "rolling_months", "months": 5}, 5),
        ({"window": "calendar_quarter", "demotion": "review", "grace_days": 0}, 4),
        ({"window": "calendar_quarter", "demotion": "one_down", "grace_days": 1}, 5),
        ({"window": "calendar_quarter", "demotion": "one_down", "grace_days": 28}, 5),
        ({"window": "calendar_quarter", "demotion": "one_down", "grace_days": 29}, 6),
        ({"window": "calendar_quarter", "demotion": "one_down", "grace_days": 90}, 8),
    ],
)
def test_months_are_kept_as_long_as_a_review_or_a_grace_may_ask(rules: dict[str, object], months: int) -> None:
    """The window; with reviews the month before the present one as well, and each month that a grace may reach into."""
    assert months == Qualification.model_validate(rules).kept_months
