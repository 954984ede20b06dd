"""What making facts needs: chance, the model, and the facts that there are."""

import random
from collections.abc import Sequence

from tests.simulation.facts import Fact
from tests.simulation.model import Model
from tests.simulation.sending import STRANGERS


class Drawing:
    """Remembers the facts it has made, and chooses who they are about."""

    def __init__(self, rng: random.Random, model: Model, members: Sequence[str]) -> None:
        self.rng = rng
        self.model = model
        self.members = members
        self.facts: dict[str, Fact] = {}
        self.birth_months = {member: rng.randint(1, 12) for member in members if rng.random() < 0.7}
        self.segments = {member: frozenset({"fans", "old"}) for member in members if rng.random() < 0.5}
        self.step = max(version.programme.redemption.step for version in model.tiers.versions)

    def _new[Made: Fact](self, fact: Made) -> Made:
        self.facts[fact.reference] = fact
        return fact

    def _reference(self) -> str:
        return f"r{len(self.facts)}"

    def member(self) -> str:
        """One of the members; rarely somebody nobody knows."""
        return self.rng.choice(STRANGERS if self.rng.random() < 0.01 else self.members)

    def owner(self) -> str:
        """One who has points, if there is one."""
        known = self.model.members
        owners = [member for member in self.members if member in known and known[member].available]
        return self.rng.choice(owners) if owners and self.rng.random() < 0.95 else self.member()

    def _some[Kind: Fact](self, kind: type[Kind]) -> Kind | None:
        known = [fact for fact in self.facts.values() if isinstance(fact, kind)]
        return self.rng.choice(known[-6:]) if known else None

    def _points(self, member: str) -> int:
        """So many as can be used, or nearly."""
        known = self.model.members.get(member)
        available = known.available if known else 0
        step = self.step if self.rng.random() < 0.9 else 1
        points = self.rng.choice((10, available // 2, available // 3, available, available, available + 1))
        return max(1, points // step * step)

    def _is_poor(self, member: str) -> bool:
        """Whether there is nothing to use; now and then that does not keep them from trying."""
        known = self.model.members.get(member)
        return not (known and known.available >= 10) and self.rng.random() < 0.9
