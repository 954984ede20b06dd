"""The measured part of bar 5: one purchase each for two members, in turns, on the emulator; only their ratio is kept."""

import statistics
import time

from tests.benchmarks.counting import count_past, member_with
from tests.benchmarks.figures import Figure
from tests.benchmarks.scene import Scene

FEW, MANY = 10, 10_000
PAIRS = 300
_WARM_UP = 20
_RATIO = 1.1


def measure_past(scene: Scene) -> list[Figure]:
    """Bar 5: counts by the meter, then the ratio of the latencies."""
    return [*count_past(scene, few=FEW, many=MANY), _latency(scene)]


def _latency(scene: Scene) -> Figure:
    ratios = []
    with scene.unmetered():
        for number in range(_WARM_UP + PAIRS):
            order = (FEW, MANY) if number % 2 else (MANY, FEW)
            taken = {past: _seconds(scene, past) for past in order}
            ratios.append(taken[MANY] / taken[FEW])
    ratio = statistics.median(ratios[_WARM_UP:])
    return Figure(5, f"{MANY:,} past entries against {FEW}: latency, median of {PAIRS} pairs", ratio, _RATIO, "ratio")


def _seconds(scene: Scene, past: int) -> float:
    receipt = scene.next_receipt({"member_id": member_with(past)}, lines=10)
    started = time.perf_counter()
    scene.send(receipt)
    return time.perf_counter() - started
