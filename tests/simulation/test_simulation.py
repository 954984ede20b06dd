"""The simulation finds what is wrong and nothing else; the big run is `python -m tests.simulation` (a step of `make test`)."""

import statistics
from collections import Counter
from functools import cache

import pytest

from tests.simulation.planted import planted
from tests.simulation.play import play
from tests.simulation.world import World

HISTORIES_MAX = 2000
"""Within how many histories every planted bug must be found."""

MEDIAN_MAX = 500
"""Within how many histories half of them must be found."""

PLANTED_MIN = 40
"""How many planted bugs there are at least."""


@cache
def _found_after(name: str) -> int | None:
    """After how many histories a planted bug breaks a law; what it raises is a broken law too."""
    with planted()[name]():
        return next((seed + 1 for seed in range(HISTORIES_MAX) if play(range(seed, seed + 1))[1]), None)


@pytest.mark.parametrize("name", sorted(planted()))
def test_a_planted_bug_is_found(name: str) -> None:
    """Each bug planted on purpose breaks a law."""
    assert _found_after(name) is not None


def test_planted_bugs_are_found_soon() -> None:
    """There are at least forty, and half of them are found within 500 histories."""
    found = {name: _found_after(name) or HISTORIES_MAX for name in planted()}
    median = statistics.median(found.values())
    print(f"{len(found)} planted bugs, found after {median:.0f} histories in the median, the last after {max(found.values())}")  # noqa: T201

    assert PLANTED_MIN <= len(found)
    assert median <= MEDIAN_MAX


def test_no_law_is_broken_without_a_planted_bug() -> None:
    """The same seeds without a bug break no law."""
    _counts, broken = play(range(100))
    assert broken == []


def test_a_seed_replays() -> None:
    """The same seed gives the same history, fault for fault."""
    first, second = Counter[str](), Counter[str]()
    World(7, first).run()
    World(7, second).run()
    assert first == second
