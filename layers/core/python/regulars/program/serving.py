"""How the members of a tier are served: their lane in the queue, and the agents who are there for them (TIER-11)."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from regulars.kernel.language import Text
from regulars.kernel.wire import Finding
from regulars.program.parts import Rules, Words

type StaffName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,62}$")]
"""The name by which somebody of the staff logs in, as it stands in the actor `staff:<name>`."""


class ServiceAgent(Rules):
    """One of the staff who serves a tier: the name of the log-in, which no member sees, and the name that members are told."""

    user: StaffName
    name: Words


class TierService(Rules):
    """What a tier's members can expect of the service.

    A higher `priority` is served first; 0 waits its turn. With `agents` each member has one of them as their own. Neither is inherited
    from the tier below: the priority is asked not to fall, and a tier without agents of its own has none.
    """

    priority: int = Field(0, ge=0, le=9, description="A higher one is served first, the same one in order of receipt; 0 is no lane.")
    agents: tuple[ServiceAgent, ...] = Field((), max_length=50, description="The tier's dedicated agents; each member has one of them.")

    @property
    def has_lane(self) -> bool:
        """Whether its members are served before those who wait their turn (BEN-04)."""
        return self.priority > 0

    @property
    def has_agent(self) -> bool:
        """Whether each of its members has an agent of their own (BEN-15)."""
        return bool(self.agents)

    @property
    def for_everybody(self) -> "TierService":
        """What everybody may read of it: nobody of the staff is named in public."""
        return self.model_copy(update={"agents": ()})


_ORDER = Text("A higher tier is served no later than the one before it.", "较高等级的服务优先级不得低于前一等级。")
_TWICE = Text("This agent stands twice.", "该客服重复。")


def service_findings(services: Sequence[TierService]) -> Iterator[Finding]:
    """What is wrong between the services of tiers, the lowest tier first."""
    for number, service in enumerate(services):
        if number and service.priority < services[number - 1].priority:
            yield ("tiers", number, "service", "priority"), "priority_order", _ORDER
        users = [agent.user for agent in service.agents]
        for place, user in enumerate(users):
            if user in users[:place]:
                yield ("tiers", number, "service", "agents", place, "user"), "duplicate", _TWICE
