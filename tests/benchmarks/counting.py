"""Bars 1, 3, 4 and the counts of 5: calls and capacity units of the accounts' function, by the meter; no time is taken."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.scene import CARD, MEMBER, Scene
from tests.support.calls import Answer
from tests.support.meter import Cost

_BUYER = {"member_id": MEMBER}
_LATE_DAYS, _AFTER_ALL_LOTS_DAYS = 31, 500


def count_purchases(scene: Scene) -> list[Figure]:
    """Bar 1; leaves the clock on the day the first reminder is due."""
    with scene.wired():
        figures = [
            *_within(1, "purchase of 1 line", _cost(scene, lambda: scene.buy(_BUYER, lines=1)), calls=2, writes=6, reads=1),
            *_within(1, "purchase of 10 lines", _cost(scene, lambda: scene.buy(_BUYER, lines=10)), calls=2, writes=6, reads=1),
            *_sizes(scene),
            *_within(
                1, "purchase by card number", _cost(scene, lambda: scene.buy({"card_number": CARD}, lines=10)), calls=3, writes=6, reads=2
            ),
            *_told(1, "purchase of 161 lines", _cost(scene, lambda: scene.buy(_BUYER, lines=161))),
        ]
        scene.move(days=17)
        changed = _cost(scene, lambda: scene.buy(_BUYER, lines=10))
        return [*figures, *_within(1, "purchase that changes the due date", changed, calls=2, writes=8, reads=1)]


def _sizes(scene: Scene) -> list[Figure]:
    receipt = scene.buy(_BUYER, lines=10).json
    sizes = {
        "account of 12 lots, 13 months": scene.size(MEMBER, "ACCOUNT"),
        "entry of 10 lines": scene.size(MEMBER, f"ENTRY#{int(receipt['entry_id'].rpartition('_')[2]):010d}"),
        "guard": scene.size(receipt["purchase_id"], "GUARD"),
    }
    return [Figure(1, what, size, 1024, "bytes") for what, size in sizes.items()]


def count_duplicates(scene: Scene) -> list[Figure]:
    """Bar 3: the same receipt again at once, after the late window, and after every lot has ended."""
    with scene.wired():
        receipt = scene.next_receipt(_BUYER, lines=10)
        first = scene.send(receipt)
        figures = _duplicate(scene, "at once", receipt, first)
        scene.move(days=_LATE_DAYS)
        figures += _duplicate(scene, "older than the late window", receipt, first)
        scene.move(days=_AFTER_ALL_LOTS_DAYS)
        return figures + _duplicate(scene, "after the expiry of every lot", receipt, first)


def _duplicate(scene: Scene, age: str, receipt: dict[str, Any], first: Answer) -> list[Figure]:
    with scene.meter.measured() as calls:
        again = scene.send(receipt)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.text == first.text
    cost = sum((cost for _, cost in calls), Cost())
    return [
        Figure(3, f"duplicate {age}: calls", cost.calls, 2, "calls"),
        Figure(3, f"duplicate {age}: items changed", cost.items_changed, 0, "items"),
    ]


def count_reads(scene: Scene) -> list[Figure]:
    """Bar 4: a page of the statement, the balance, the tier with its progress, as the member reads them."""
    with scene.wired():
        costs = {
            "statement page of 20 entries": _cost(scene, lambda: scene.get("/v1/me/points/entries", {"limit": "20"})),
            "balance with what expires when": _cost(scene, lambda: scene.get("/v1/me/points")),
            "tier with progress": _cost(scene, lambda: scene.get("/v1/me/tier")),
        }
    return [*_reads(costs)]


def _reads(costs: Mapping[str, Cost]) -> Iterator[Figure]:
    for what, cost in costs.items():
        yield Figure(4, f"{what}: calls", cost.calls, 1, "calls")
        yield Figure(4, f"{what}: read units", cost.read_units, None, "units")


def count_past(scene: Scene, *, few: int, many: int) -> list[Figure]:
    """The counting part of bar 5: what a purchase costs more with `many` past entries than with `few` on the same account."""
    with scene.wired():
        costs = {}
        for past in (few, many):
            scene.add_member_with_past(member_with(past), past)
            costs[past] = _cost(scene, lambda: scene.buy({"member_id": member_with(past)}, lines=10))  # noqa: B023  # called at once
    return [
        Figure(5, f"{many:,} past entries against {few}: calls more", costs[many].calls - costs[few].calls, 0, "calls"),
        Figure(5, f"{many:,} past entries against {few}: write units more", costs[many].write_units - costs[few].write_units, 0, "units"),
        Figure(5, f"{many:,} past entries against {few}: read units more", costs[many].read_units - costs[few].read_units, 0, "units"),
    ]


def member_with(past: int) -> str:
    """The id of the member with that many past entries."""
    return f"{MEMBER[:-5]}{past:05d}"


def _cost(scene: Scene, work: Callable[[], Answer]) -> Cost:
    with scene.meter.measured() as calls:
        work()
    return sum((cost for _, cost in calls), Cost())


def _within(bar: int, what: str, cost: Cost, *, calls: int, writes: int, reads: float) -> list[Figure]:
    return [
        Figure(bar, f"{what}: calls", cost.calls, calls, "calls"),
        Figure(bar, f"{what}: write units", cost.write_units, writes, "units"),
        Figure(bar, f"{what}: read units", cost.read_units, reads, "units"),
    ]


def _told(bar: int, what: str, cost: Cost) -> list[Figure]:
    return [Figure(bar, f"{what}: write units", cost.write_units, None, "units")]
