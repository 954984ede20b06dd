"""How members are served, on the wire."""

from pydantic import Field

from regulars.kernel.language import Language
from regulars.kernel.wire import ResponseModel
from regulars.service.assignment import MemberService


class MyServiceResponse(ResponseModel):
    """How a member is served: whether before those who wait their turn, and by whom; names in the caller's language."""

    tier: str
    tier_name: str
    priority_lane: bool
    agent_name: str | None = Field(description="The member's own agent, where the tier has agents.")


class AgentResponse(ResponseModel):
    """One of the staff, as staff see it."""

    user: str = Field(description="The name of the log-in.")
    name: str = Field(description="The name that members are told.")


class MemberServiceResponse(ResponseModel):
    """How a member is served, as staff see it; names in the caller's language."""

    tier: str
    tier_name: str
    priority: int
    priority_lane: bool
    agent: AgentResponse | None


def my_service_of(served: MemberService, language: Language) -> MyServiceResponse:
    """How a member is served, without what is the desk's own business (law M2)."""
    return MyServiceResponse(
        tier=served.tier.code,
        tier_name=served.tier.name.in_language(language),
        priority_lane=served.tier.service.has_lane,
        agent_name=served.agent.name.in_language(language) if served.agent else None,
    )


def member_service_of(served: MemberService, language: Language) -> MemberServiceResponse:
    """How a member is served, for staff."""
    agent = served.agent
    return MemberServiceResponse(
        tier=served.tier.code,
        tier_name=served.tier.name.in_language(language),
        priority=served.tier.service.priority,
        priority_lane=served.tier.service.has_lane,
        agent=AgentResponse(user=agent.user, name=agent.name.in_language(language)) if agent else None,
    )
