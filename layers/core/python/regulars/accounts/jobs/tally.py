"""What a simulation adds up: points and tiers under two programmes, who would move, and what was refused."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field

from regulars.accounts.jobs.what_if import Side
from regulars.program.model import Programme

EXAMPLES = 5
"""How many members are named for each direction."""

FLOWS = ("issued", "redeemed", "expired", "reversed", "outstanding")


class SideTally(Struct):
    """One programme's sums: points by flow, members and points issued by tier, refusals by code."""

    flows: Counter[str] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, side: Side) -> None:
        """One member's side."""
        self.flows.update({name: getattr(side, name) for name in FLOWS})
        self.members[side.tier] += 1
        self.issued[side.tier] += side.issued
        self.refused.update(side.refused)

    def to_json(self) -> dict[str, Any]:
        """The sums as plain values."""
        return {"flows": dict(self.flows), "members": dict(self.members), "issued": dict(self.issued), "refused": dict(self.refused)}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The sums of plain values."""
        return cls(*(Counter(values[name]) for name in ("flows", "members", "issued", "refused")))


class Tally(Struct):
    """Both sides, and the moves between their tiers (`from>to`); `cut` counts members of whom earlier entries were left out."""

    current: SideTally = field(default_factory=SideTally)
    draft: SideTally = field(default_factory=SideTally)
    moves: Counter[str] = field(default_factory=Counter)
    up: int = 0
    down: int = 0
    examples_up: list[str] = field(default_factory=list)
    examples_down: list[str] = field(default_factory=list)
    members: int = 0
    cut: int = 0

    def add(self, member_id: str, current: Side, draft: Side, programmes: tuple[Programme, Programme]) -> None:
        """One member."""
        self.members += 1
        self.current.add(current)
        self.draft.add(draft)
        places = place(programmes, current.tier), place(programmes, draft.tier)
        if current.tier != draft.tier:
            self.moves[f"{current.tier}>{draft.tier}"] += 1
        self.up += places[1] > places[0]
        self.down += places[1] < places[0]
        examples = self.examples_up if places[1] > places[0] else self.examples_down
        if places[0] != places[1] and len(examples) < EXAMPLES:
            examples.append(member_id)

    def to_json(self) -> dict[str, Any]:
        """The sums as plain values."""
        return {
            "current": self.current.to_json(),
            "draft": self.draft.to_json(),
            "moves": dict(self.moves),
            "counts": [self.up, self.down, self.members, self.cut],
            "examples": [self.examples_up, self.examples_down],
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The sums of plain values."""
        up, down, members, cut = values["counts"]
        sides = SideTally.of(values["current"]), SideTally.of(values["draft"])
        ups, downs = (list(names) for names in values["examples"])
        return cls(*sides, Counter(values["moves"]), up, down, ups, downs, members, cut)


def place(programmes: tuple[Programme, Programme], code: str) -> int:
    """A tier's place: in the draft's list, or in the current one's where the draft has no such tier."""
    current, draft = programmes
    return draft.tier_index(code) if code in {tier.code for tier in draft.tiers} else current.tier_index(code)
