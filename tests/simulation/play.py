"""Playing a range of seeds; a module of its own, as worker processes import it."""

import gc
from collections import Counter

from tests.simulation.metamorphic import Metamorphic
from tests.simulation.world import World

ASKED_AGAIN = 32
"""Of how many histories one is asked again in other ways."""

COLLECTED_AFTER = 50
"""After how many histories a process of its own looks for memory that nobody uses."""


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


def play_alone(seeds: range) -> tuple[Counter[str], list[str]]:
    """The same in a process that does nothing else: memory is looked through now and then, instead of a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.disable()
    counts, broken = Counter[str](), list[str]()
    for start in range(0, len(seeds), COLLECTED_AFTER):
        some, failures = play(seeds[start : start + COLLECTED_AFTER])
        counts.update(some)
        broken += failures
        gc.collect()
    return counts, broken


def play_one(seed: int, counts: Counter[str]) -> None:
    """One history; where its seed is a multiple of `ASKED_AGAIN`, what was asked in it is asked again in other ways."""
    world = World(seed, counts)
    world.run()
    if seed % ASKED_AGAIN == 0:
        Metamorphic(seed, counts, world.setting, world.tape).check()
