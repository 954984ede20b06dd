"""`python -m tests.simulation --histories N [--seed S] [--store fake|emulator|processes] [--replay SEED]`: random histories with faults.

On the store in memory by two processes; through boto3 on an emulator of its own; or by real processes behind proxies there.
"""

import argparse
import sys
import time
from collections import Counter

from tests.simulation.outcomes import FAULTS, OF_PROCESSES, ON_THE_EMULATOR, OUTCOMES
from tests.simulation.play import play_one
from tests.simulation.ways import by_processes, on_the_emulator, on_the_fake_store

HISTORIES = {"fake": 20_000, "emulator": 12, "processes": 12}


def main(arguments: list[str] | None = None) -> int:
    """Runs and prints; 1 when a law was broken or a fault or outcome never happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--store", choices=HISTORIES, default="fake")
    parser.add_argument("--histories", type=int)
    parser.add_argument("--seed", type=int, default=20_261_122, help="the first seed")
    parser.add_argument("--replay", type=int, help="play this seed alone on the fake store and show where it breaks")
    parser.add_argument("--workers", type=int, default=2, help="how many processes play on the fake store")
    parser.add_argument("--plant", help="a bug of tests/simulation/processes/planted.py that the processes have")
    options = parser.parse_args(arguments)
    if options.replay is not None:
        play_one(options.replay, Counter())
        print(f"seed {options.replay}: every law holds")
        return 0
    histories = options.histories or HISTORIES[options.store]
    started = time.monotonic()
    if options.store == "fake":
        counts, broken = on_the_fake_store(options.seed, histories, options.workers)
        names = (*FAULTS, *OUTCOMES)
    elif options.store == "emulator":
        counts, broken = on_the_emulator(options.seed, histories)
        names = ON_THE_EMULATOR
    else:
        counts, broken = by_processes(options.seed, histories, options.plant)
        names = OF_PROCESSES
    return _report(counts, broken, names, options.seed, time.monotonic() - started)


def _report(counts: Counter[str], broken: list[str], names: tuple[str, ...], seed: int, seconds: float) -> int:
    last = seed + counts["histories"] - 1
    print(f"simulation: {counts['histories']} histories, seeds {seed} to {last}, {counts['histories'] / seconds:.1f} histories/s")
    print(f"simulation: {sum(counts[name] for name in names)} faults and outcomes of {len(names)} kinds")
    for name in (*names, *sorted(counts.keys() - {*names, "histories"})):
        print(f"  {name:32} {counts[name]:>10}")
    never = [name for name in names if not counts[name]]
    for line in [*broken[:20], *(f"never happened: {name}" for name in never)]:
        print(f"  BROKEN {line}")
    print(f"simulation: {len(broken)} broken laws")
    return 1 if broken or never else 0


if __name__ == "__main__":
    sys.exit(main())
