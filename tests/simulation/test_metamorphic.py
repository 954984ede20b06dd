"""Each law about two histories finds what is wrong against it, and no other law does: the planted bug shows it."""

from collections import Counter

import pytest

from tests.simulation.laws import BrokenLawError
from tests.simulation.metamorphic import Metamorphic
from tests.simulation.planted import planted
from tests.simulation.world import World

HISTORIES = 60


def _law_broken_again(seed: int) -> str:
    """The law that breaks when a history, which keeps every law by itself, is asked again; nothing when none does."""
    world = World(seed, Counter())
    world.run()
    try:
        Metamorphic(seed, Counter(), world.setting, world.tape).check()
    except BrokenLawError as error:
        return str(error)[:2]
    return ""


@pytest.mark.parametrize(
    ("law", "name"),
    [("Z1", "actor_of_another"), ("Z2", "first_purchase_not_stored"), ("Z3", "large_amounts_cut"), ("Z4", "replay_settles")],
)
def test_a_law_finds_what_no_other_does(law: str, name: str) -> None:
    """With its bug histories keep every law on their own, until they are asked again in the law's way."""
    with planted()[name]():
        assert any(_law_broken_again(seed) == law for seed in range(HISTORIES))
