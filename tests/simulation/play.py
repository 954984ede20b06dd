"""Playing a range of seeds; a module of its own, as worker processes import it."""

from collections import Counter

from tests.simulation.metamorphic import Metamorphic
from tests.simulation.world import World

ASKED_AGAIN = 32
"""Of how many histories one is asked again in other ways."""


def play(seeds: range) -> tuple[Counter[str], list[str]]:
    """Plays histories; answers what happened and which laws were broken, each with the seed that replays it.

    Whatever a history raises breaks a law: nothing but a refusal may come out of the product.
    """
    counts: Counter[str] = Counter()
    broken = []
    for seed in seeds:
        counts["histories"] += 1
        try:
            play_one(seed, counts)
        except Exception as error:  # noqa: BLE001  # every failure is reported with its seed
            broken.append(f"seed {seed}: {type(error).__name__}: {error}")
    return counts, broken


def play_one(seed: int, counts: Counter[str]) -> None:
    """One history; where its seed is a multiple of `ASKED_AGAIN`, what was asked in it is asked again in other ways."""
    world = World(seed, counts)
    world.run()
    if seed % ASKED_AGAIN == 0:
        Metamorphic(seed, counts, world.setting, world.tape).check()
