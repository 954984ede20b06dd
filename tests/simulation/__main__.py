"""`python -m tests.simulation --histories N [--seed S] [--replay SEED]`: random histories on two processes, with every fault counted."""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.outcomes import FAULTS, OUTCOMES
from tests.simulation.play import play, play_one


def main(arguments: list[str] | None = None) -> int:
    """Runs and prints; 1 when a law was broken or a fault or outcome never happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20_261_122, help="the first seed")
    parser.add_argument("--replay", type=int, help="play this seed alone and show where it breaks")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    if options.replay is not None:
        play_one(options.replay, Counter())
        print(f"seed {options.replay}: every law holds")
        return 0
    started = time.monotonic()
    chunk = max(1, min(500, options.histories // options.workers))
    last = options.seed + options.histories
    chunks = [range(start, min(start + chunk, last)) for start in range(options.seed, last, chunk)]
    counts: Counter[str] = Counter()
    broken: list[str] = []
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for some, failures in pool.map(play, chunks):
            counts.update(some)
            broken += failures
    return _report(counts, broken, options.seed, time.monotonic() - started)


def _report(counts: Counter[str], broken: list[str], seed: int, seconds: float) -> int:
    faults = sum(counts[name] for name in FAULTS)
    last = seed + counts["histories"] - 1
    print(f"simulation: {counts['histories']} histories, seeds {seed} to {last}, {counts['histories'] / seconds:.0f} histories/s")
    print(f"simulation: {faults} faults, {sum(counts[name] for name in OUTCOMES)} outcomes")
    for name in (*FAULTS, *OUTCOMES):
        print(f"  {name:32} {counts[name]:>10}")
    never = [name for name in (*FAULTS, *OUTCOMES) if not counts[name]]
    for line in [*broken[:20], *(f"never happened: {name}" for name in never)]:
        print(f"  BROKEN {line}")
    print(f"simulation: {len(broken)} broken laws")
    return 1 if broken or never else 0


if __name__ == "__main__":
    sys.exit(main())
