"""`python -m tests.benchmarks`: measures every bar, prints the table, writes `docs/benchmarks.md`; exits 1 when a bar is missed.

Parts can be named: `counts`, `past`, `parallel`, `nights`, `start`, `shipped`; the page is written only when all of them ran.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from regulars_local.home import DEFAULT_HOME, AlreadyRunningError, Home
from regulars_local.running import RunningStack
from regulars_local.stack import Stack
from tests.benchmarks.cold_start import count_cold_start, count_shipped
from tests.benchmarks.counting import count_duplicates, count_purchases, count_reads
from tests.benchmarks.figures import Figure, missed
from tests.benchmarks.lots import count_lots
from tests.benchmarks.nights import count_nights
from tests.benchmarks.pairs import measure_past
from tests.benchmarks.parallel import measure_parallel
from tests.benchmarks.report import PAGE, page, surroundings, table
from tests.benchmarks.scene import Scene


def _counts(running: RunningStack) -> list[Figure]:
    scene = Scene.on_emulator(running.cloud.dynamodb, "counts")
    return [*count_reads(scene), *count_purchases(scene), *count_duplicates(scene), *count_lots(scene)]


def _past(running: RunningStack) -> list[Figure]:
    return measure_past(Scene.on_emulator(running.cloud.dynamodb, "past"))


ON_THE_STACK: dict[str, Callable[[RunningStack], list[Figure]]] = {"counts": _counts, "past": _past, "parallel": measure_parallel}
ALONE: dict[str, Callable[[], list[Figure]]] = {"nights": count_nights, "start": count_cold_start, "shipped": count_shipped}


def main(names: list[str]) -> int:
    """Runs the parts, all of them when none is named."""
    parts = [*ON_THE_STACK, *ALONE]
    if unknown := sorted(set(names) - set(parts)):
        _say(f"unknown part: {', '.join(unknown)}; there are {', '.join(parts)}")
        return 2
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"  # the function runs in this process: its line a call would bury the table
    try:
        figures = sorted(_measure(names or parts), key=lambda figure: figure.bar)
    except AlreadyRunningError as error:
        _say(f"another benchmark runs already (process {error.pid})")
        return 2
    _say(table(figures))
    if not names:
        PAGE.write_text(page(figures, surroundings()))
        _say(f"\nwritten: {PAGE}")
    short = missed(figures)
    _say(f"\n{len(short)} of {sum(figure.at_most is not None for figure in figures)} figures above their bar")
    return 1 if short else 0


def _measure(names: list[str]) -> Iterator[Figure]:
    if on_the_stack := [name for name in ON_THE_STACK if name in names]:
        with _stack() as running:
            for name in on_the_stack:
                _say(f"… {name}")
                yield from ON_THE_STACK[name](running)
    for name in (name for name in ALONE if name in names):
        _say(f"… {name}")
        yield from ALONE[name]()


@contextmanager
def _stack() -> Iterator[RunningStack]:
    """A fresh stack in a folder of its own, stopped at the end."""
    _say("… a stack of its own")
    home = Home(DEFAULT_HOME / "benchmarks")
    with home.locked():
        home.forget()
    stack = Stack(home, with_sample=False)
    try:
        yield stack.start()
    finally:
        stack.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
