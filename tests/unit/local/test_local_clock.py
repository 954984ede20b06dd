"""Time travel of the local stage, and that what the tools write is what the functions read."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from regulars.aws.clock import file_clock
from regulars_local.local_clock import ClockError, LocalClock, parse_instant, parse_step


@pytest.fixture
def clock(tmp_path: Path) -> LocalClock:
    return LocalClock(tmp_path / "clock.json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+400d", timedelta(days=400)),
        ("3h", timedelta(hours=3)),
        ("+30m", timedelta(minutes=30)),
        ("+2w", timedelta(weeks=2)),
        ("+10s", timedelta(seconds=10)),
    ],
)
def test_a_step_has_a_count_and_a_unit(text: str, expected: timedelta) -> None:
    """Days, hours, minutes, seconds and weeks; the plus sign may be left out."""
    assert expected == parse_step(text)


@pytest.mark.parametrize("text", ["-1d", "d", "+1y", "+1.5h", "", "+9999999d"])
def test_what_is_no_step_is_refused(text: str) -> None:
    """A step back, another unit, a fraction or an absurd length is not understood as something else."""
    with pytest.raises(ClockError, match="step"):
        parse_step(text)


@pytest.mark.parametrize("text", ["2027-01-01", "2027-01-01T00:00:00", "soon"])
def test_an_instant_without_its_offset_is_refused(text: str) -> None:
    """An instant that does not say its offset could mean any of 26 hours."""
    with pytest.raises(ClockError, match="instant"):
        parse_instant(text)


def test_the_functions_read_what_the_tools_write(clock: LocalClock) -> None:
    """Absent, moved and frozen: the clock of the functions tells the same instant as the tools' own."""
    functions_now = file_clock(clock.path)
    for change in (lambda: None, lambda: clock.advance(timedelta(days=400)), clock.freeze, clock.release):
        change()
        assert abs(functions_now() - clock.now()) < timedelta(seconds=1)


def test_the_clock_never_goes_back(clock: LocalClock) -> None:
    """Moving to an instant before the stack's present is refused and changes nothing."""
    clock.advance(timedelta(days=10))
    before = json.loads(clock.path.read_text())
    with pytest.raises(ClockError, match="backwards"):
        clock.move_to(datetime.now(UTC))
    assert before == json.loads(clock.path.read_text())


def test_a_frozen_clock_stands_and_moves_only_by_steps(clock: LocalClock) -> None:
    """Frozen it tells one instant; a step moves that instant and leaves it frozen; released it runs on from there."""
    clock.start_at(datetime(2025, 1, 1, 16, tzinfo=UTC), frozen=True)
    expected = datetime(2025, 1, 1, 19, tzinfo=UTC)
    assert expected == clock.advance(timedelta(hours=3))
    assert expected == clock.now()
    clock.release()
    released = LocalClock(clock.path)
    assert not released.is_frozen
    assert timedelta(0) <= clock.now() - expected < timedelta(seconds=5)
