"""Totals over all members, taken from what the stack says of each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from regulars_local.demo.statements import Statement


@dataclass(slots=True)
class Totals:
    """Members by tier code, and points."""

    tiers: Counter[str] = field(default_factory=Counter)
    earned: int = 0
    expired: int = 0
    outstanding: int = 0

    def add(self, points: dict[str, Any], tier: dict[str, Any]) -> None:
        """One more member by the answers of `…/points` and `…/tier`."""
        self.tiers[tier["tier"]["code"]] += 1
        self.earned += points["lifetime_points"]
        self.expired += points["expired_total"]
        self.outstanding += points["available"]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One change of tier: when (RFC 3339), whose, from what to what."""

    at: str
    household: int
    from_tier: str
    to_tier: str


@dataclass(slots=True)
class Figures:
    """What is printed of all members; messages by (template, channel)."""

    totals: Totals = field(default_factory=Totals)
    upgrades: list[Upgrade] = field(default_factory=list)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, household: int, statement: Statement) -> None:
        """One more member."""
        self.totals.add(statement.points, statement.tier)
        self.messages.update((message["template"], message["channel"]) for message in statement.messages)
        changes = [change for entry in statement.entries for change in entry["tier_changes"]]
        self.upgrades += [Upgrade(change["at"], household, change["from_tier"], change["to_tier"]) for change in changes]
