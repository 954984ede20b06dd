"""Who serves a member: a pure function of the member and the tier (TIER-11); no I/O, no clock, no chance."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from regulars.program.model import Tier
from regulars.program.serving import ServiceAgent


@dataclass(frozen=True, slots=True)
class MemberService:
    """How a member is served: by the tier's rules, and by the one of its agents who is the member's own, if it has any."""

    tier: Tier
    agent: ServiceAgent | None


def service_of(member_id: str, tier: Tier) -> MemberService:
    """How a member of a tier is served."""
    return MemberService(tier, agent_for(member_id, tier.service.agents))


def agent_for(member_id: str, agents: Sequence[ServiceAgent]) -> ServiceAgent | None:
    """The member's own among some agents, the same in every process and whatever their order; `None` where there are none.

    Each agent draws a number for the member and the highest wins (rendezvous hashing). So nothing has to be stored, members spread
    evenly, one more agent takes only those members over that become theirs (one in n), and one who leaves moves nobody else's.
    """
    return max(agents, key=lambda agent: _draw(member_id, agent.user), default=None)


def _draw(member_id: str, user: str) -> bytes:
    return hashlib.sha256(f"{member_id}/{user}".encode()).digest()
