"""Playing a range of seeds; a module of its own, as worker processes import it."""

from collections import Counter

from tests.simulation.world import World


def play(seeds: range) -> tuple[Counter[str], list[str]]:
    """Plays histories; answers what happened and which laws were broken, each with the seed that replays it.

    Whatever a history raises breaks a law: nothing but a refusal may come out of the product.
    """
    counts: Counter[str] = Counter()
    broken = []
    for seed in seeds:
        counts["histories"] += 1
        try:
            World(seed, counts).run()
        except Exception as error:  # noqa: BLE001  # every failure is reported with its seed
            broken.append(f"seed {seed}: {type(error).__name__}: {error}")
    return counts, broken
