"""The published versions in order, and which of them rules at a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.program.model import ProgrammeHistory, ProgrammeVersion
from regulars.program.presets import preset, preset_version
from regulars.program.service import ProgramService, with_preset
from tests.support.clock import MovableClock
from tests.support.program import FakeProgramStore

START = datetime(2025, 7, 1, tzinfo=UTC)
SECOND = ProgrammeVersion(number=2, effective_from=START, programme=preset("five"))


def test_a_version_rules_from_its_first_instant() -> None:
    """Up to the millisecond before it the older version holds."""
    history = with_preset((SECOND,))

    assert 1 == history.at(START - timedelta(milliseconds=1)).number
    assert 2 == history.at(START).number


def test_before_everything_the_first_version_rules() -> None:
    """A purchase of 1999 is judged by the oldest rules there are."""
    assert 1 == with_preset((SECOND,)).at(datetime(1999, 1, 1, tzinfo=UTC)).number


def test_of_two_versions_from_one_moment_the_later_number_rules() -> None:
    """Publishing again for the same moment replaces what was announced."""
    third = SECOND.model_copy(update={"number": 3})

    assert 3 == ProgrammeHistory((third, SECOND)).at(START).number


def test_versions_are_found_by_number() -> None:
    """An entry names its version; a number nobody gave is an error of ours."""
    history = with_preset((SECOND,))

    assert SECOND == history.number(2)
    with pytest.raises(KeyError):
        history.number(9)


def test_buckets_are_kept_for_the_longest_window() -> None:
    """Whatever version asks, its window is covered."""
    longer = preset("four").model_copy(update={"qualification": preset("four").qualification.model_copy(update={"months": 24})})

    assert 24 == with_preset((SECOND.model_copy(update={"programme": longer}),)).window_months_max


def test_a_history_is_never_empty() -> None:
    """There are always rules; nothing at all is a mistake of ours."""
    with pytest.raises(ValueError, match="at least one"):
        ProgrammeHistory(())


def test_an_installed_first_version_takes_the_presets_place() -> None:
    """Where version 1 was published, the preset `four` is not there."""
    installed = preset_version("five")

    assert (installed,) == with_preset((installed,)).versions


def test_a_clock_that_goes_back_reads_again() -> None:
    """A copy from the future is not used: time travel backwards in the local stage shows at once."""
    store, clock = FakeProgramStore(), MovableClock()
    service = ProgramService(store, clock)
    before = service.history()
    clock.move(seconds=-1)

    assert before is not service.history()
