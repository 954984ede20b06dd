"""The simulation finds what is wrong and nothing else; the big run is `python -m tests.simulation` (a step of `make test`)."""

from collections import Counter

import pytest

from tests.simulation.laws import BrokenLawError
from tests.simulation.planted import planted
from tests.simulation.play import play
from tests.simulation.world import World

HISTORIES_MAX = 500
"""Within how many histories a planted bug must be found."""


@pytest.mark.parametrize("name", sorted(planted()))
def test_a_planted_bug_is_found(name: str) -> None:
    """Each bug planted on purpose breaks a law within 500 histories."""
    with planted()[name]():
        found = next((seed for seed in range(HISTORIES_MAX) if _breaks(seed)), None)
    assert found is not None


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


def _breaks(seed: int) -> bool:
    try:
        World(seed, Counter()).run()
    except (BrokenLawError, KeyError, ValueError):
        return True
    return False
