"""Laws about two histories: what was asked is asked again in another way, and must come to the same (Z1 to Z4).

The order of independent members, a cut with snapshot and restore, and retries change nothing at all: every item and every answer is
compared. Ten times the amounts give ten times the points, but for what rounding takes.
"""

import random
from collections import Counter
from copy import replace
from functools import cached_property
from typing import Any

from regulars.accounts.entries import EntryKind
from regulars.program.model import Programme, ProgrammeHistory
from tests.simulation.facts import Buy, Fact
from tests.simulation.laws import BrokenLawError
from tests.simulation.snapshots import Items, restored
from tests.simulation.tape import Setting, Stage, Step, is_recorded
from tests.support.accounts import changed

TIMES = 10
"""How many times larger amounts are."""

ROUNDING = 50
"""The most points that rounding may take of one purchase ten times as large: less than 12 of each of at most four rules' parts."""

type Numbered = tuple[int, Step]


class Metamorphic:
    """The laws for what was asked in one history."""

    def __init__(self, seed: int, counts: Counter[str], setting: Setting, tape: list[Step]) -> None:
        self.rng = random.Random(f"metamorphic {seed}")
        self.counts = counts
        self.setting = setting
        self.tape = list(enumerate(tape))

    def check(self) -> None:
        """Plays the history as it was, and again in each other way. Raises: BrokenLawError."""
        self._check_permuted()
        self._check_restored()
        self._check_retried()
        self._check_scaled()

    @cached_property
    def _plain(self) -> Stage:
        return Stage(self.setting).play(self.tape)

    @cached_property
    def _items(self) -> Items:
        return self._plain.snapshot()

    def _same(self, law: str, items: Items, heard: dict[int, object]) -> None:
        for keys in sorted(self._items.keys() | items.keys()):
            if self._items.get(keys) != items.get(keys):
                raise BrokenLawError(f"{law}: {keys} was {self._items.get(keys)}, is {items.get(keys)}")
        for number, answer in self._plain.heard.items():
            if answer != heard.get(number):
                raise BrokenLawError(f"{law}: step {number} was answered {answer}, then {heard.get(number)}")

    # --- Z1 ---------------------------------------------------------------------------------------------------------
    def _check_permuted(self) -> None:
        """The order of what independent members ask for changes nothing."""
        order = self._another_order()
        if order == self.tape:
            return
        self.counts["order permuted"] += 1
        other = Stage(self.setting).play(order)
        self._same("Z1", other.snapshot(), other.heard)

    def _another_order(self) -> list[Numbered]:
        """Steps that touch the same members stay in order, and none passes a night."""
        left, order = list(self.tape), list[Numbered]()
        while left:
            order.append(left.pop(self.rng.choice(list(_ready([step for _number, step in left])))))
        return order

    # --- Z2 ---------------------------------------------------------------------------------------------------------
    def _check_restored(self) -> None:
        """A cut anywhere, with a snapshot restored and other processes that go on, changes nothing."""
        cut = self.rng.randrange(1, len(self.tape))
        first = Stage(self.setting).play(self.tape[:cut])
        store = restored(first.snapshot(), first.store)
        second = Stage(self.setting, store, first.office.approval_ids).play(self.tape[cut:])
        self.counts["restored from a snapshot"] += 1
        self._same("Z2", second.snapshot(), first.heard | second.heard)

    # --- Z4 ---------------------------------------------------------------------------------------------------------
    def _check_retried(self) -> None:
        """What is recorded, asked again anywhere, is answered as before and changes nothing."""
        steps, retries = list(self.tape), dict[int, int]()
        recorded = [number for number, answer in self._plain.heard.items() if is_recorded(answer)]
        for retry, number in enumerate(self.rng.choices(recorded, k=4) if recorded else (), len(self.tape)):
            place = self.rng.randrange(_place(steps, number) + 1, len(steps) + 1)
            steps.insert(place, (retry, Step(steps[place - 1][1].at, self.tape[number][1].fact)))
            retries[retry] = number
        other = Stage(self.setting).play(steps)
        self.counts["retry added"] += len(retries)
        self._same("Z4", other.snapshot(), other.heard)
        for retry, number in retries.items():
            if other.heard[retry] != other.heard[number]:
                raise BrokenLawError(f"Z4: step {number} was answered {other.heard[number]}, then {other.heard[retry]}")

    # --- Z3 ---------------------------------------------------------------------------------------------------------
    def _check_scaled(self) -> None:
        """Ten times the amounts, thresholds and bonuses give ten times the points, the same tier and ten times the spend."""
        bought = [(number, replace(step, fact=_larger(step.fact, 1))) for number, step in self.tape if isinstance(step.fact, Buy)]
        more = [(number, replace(step, fact=_larger(step.fact, TIMES))) for number, step in bought if step.fact]
        one = Stage(replace(self.setting, history=_scaled(self.setting.history, 1))).play(bought)
        ten = Stage(replace(self.setting, history=_scaled(self.setting.history, TIMES))).play(more)
        self.counts["amounts scaled"] += 1
        if one.store.accounts.keys() != ten.store.accounts.keys():
            raise BrokenLawError("Z3: others have accounts")
        for member_id in one.store.accounts:
            small, large = _figures(one, member_id), _figures(ten, member_id)
            if small["tiers"] != large["tiers"] or TIMES * small["spend"] != large["spend"] or small["purchases"] != large["purchases"]:
                raise BrokenLawError(f"Z3: {small} became {large}")
            if abs(large["points"] - TIMES * small["points"]) > ROUNDING * small["purchases"]:
                raise BrokenLawError(f"Z3: {small} became {large}")


def _ready(steps: list[Step]) -> list[int]:
    """The places of steps that may come next: nothing before them has to do with them."""
    places, touched = list[int](), set[str]()
    for place, step in enumerate(steps):
        if step.is_night:
            return places or [place]
        if not step.touches & touched:
            places.append(place)
        touched |= step.touches
    return places


def _place(steps: list[Numbered], number: int) -> int:
    return next(place for place, (known, _step) in enumerate(steps) if known == number)


def _larger(fact: Fact, times: int) -> Buy:
    assert isinstance(fact, Buy)
    lines = tuple(replace(line, amount=line.amount * times) for line in fact.lines)
    return replace(fact, lines=lines, hold=None, vouchers=0)


def _figures(stage: Stage, member_id: str) -> dict[str, Any]:
    entries = stage.store.all_entries(member_id)
    bought = [entry.purchase for entry in entries if entry.kind is EntryKind.PURCHASE and entry.purchase]
    return {
        "tiers": [change.to_tier for entry in entries for change in entry.tier_changes],
        "spend": sum(purchase.eligible_amount for purchase in bought),
        "points": sum(purchase.points for purchase in bought),
        "purchases": len(bought),
    }


_PROGRAMMES: dict[tuple[int, int], Programme] = {}
"""Programmes with larger amounts, by the programme's identity (the simulation keeps its programmes) and how many times."""


def _scaled(history: ProgrammeHistory, times: int) -> ProgrammeHistory:
    versions = tuple(version.model_copy(update={"programme": _programme(version.programme, times)}) for version in history.versions)
    return ProgrammeHistory(versions)


def _programme(programme: Programme, times: int) -> Programme:
    """Thresholds and limits in amounts or points, and bonuses, so many times larger; no tier is reached by points, which are rounded."""
    known = _PROGRAMMES.get((id(programme), times))
    if known is None:
        parts = programme.model_dump()
        earning, tiers = parts["earning"], parts["tiers"]
        for tier in tiers:
            tier |= {"spend_from": tier["spend_from"] * times, "points_from": None}
        for limits in (earning["caps"], *(rule["caps"] for rule in earning["rules"])):
            limits |= {name: limit * times for name, limit in limits.items() if limit is not None}
        for rule in earning["rules"]:
            rule["when"]["amount_from"] *= times
            if rule["effect"]["kind"] == "bonus":
                rule["effect"]["points"] *= times
        known = _PROGRAMMES[id(programme), times] = changed(programme, earning=earning, tiers=tiers)
    return known
