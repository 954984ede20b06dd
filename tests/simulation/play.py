"""Playing a range of seeds; a module of its own, as worker processes import it."""

from collections import Counter

from tests.simulation.laws import BrokenLawError
from tests.simulation.world import World


def play(seeds: range) -> tuple[Counter[str], list[str]]:
    """Plays histories; answers what happened and which laws were broken, each with the seed that replays it."""
    counts: Counter[str] = Counter()
    broken = []
    for seed in seeds:
        counts["histories"] += 1
        try:
            World(seed, counts).run()
        except BrokenLawError as error:
            broken.append(f"seed {seed}: {error}")
    return counts, broken
