"""Who serves whom: the same for ever, moved by nothing that does not concern it, and spread evenly."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.program.parts import Words
from regulars.program.presets import preset
from regulars.program.serving import ServiceAgent, TierService
from regulars.service.assignment import agent_for, service_of

_NAME = Words(en="Ms Li", zh_cn="李女士")
_USERS = st.from_regex(r"[a-z][a-z0-9._-]{0,62}", fullmatch=True)
_MEMBERS = st.text(min_size=1, max_size=40)


def agents_of(users: Sequence[str]) -> list[ServiceAgent]:
    """Agents by their log-ins."""
    return [ServiceAgent(user=user, name=_NAME) for user in users]


def teams(at_least: int = 1) -> st.SearchStrategy[list[ServiceAgent]]:
    """Up to eight agents."""
    return st.lists(_USERS, min_size=at_least, max_size=8, unique=True).map(agents_of)


@given(_MEMBERS, teams(), st.data())
def test_a_member_keeps_the_same_agent(member_id: str, agents: list[ServiceAgent], data: st.DataObject) -> None:
    """Whatever the order in which the tier lists its agents, and whatever they are called; one of them it is."""
    own = agent_for(member_id, agents)
    assert own in agents
    assert own == agent_for(member_id, data.draw(st.permutations(agents)))


@given(_MEMBERS, teams(at_least=2), st.data())
def test_who_leaves_moves_only_their_own_members(member_id: str, agents: list[ServiceAgent], data: st.DataObject) -> None:
    """Without another agent the member's is who it was; read the other way, a new one takes members over and moves no other."""
    own = agent_for(member_id, agents)
    leaving = data.draw(st.sampled_from([agent for agent in agents if agent != own]))
    assert own == agent_for(member_id, [agent for agent in agents if agent != leaving])


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_members_are_spread_evenly(count: int) -> None:
    """Of ten thousand members each agent has its share, a fifth more or less."""
    agents = agents_of([f"agent.{number}" for number in range(count)])
    served = Counter(agent_for(f"mem_{number:026d}", agents) for number in range(10_000))
    share = 10_000 / count
    assert set(agents) == set(served)
    assert all(0.8 * share < members < 1.2 * share for members in served.values())


def test_one_more_agent_takes_its_share_and_no_more() -> None:
    """From four to five agents about a fifth of the members move, all of them to the new one."""
    five = agents_of([f"agent.{number}" for number in range(5)])
    pairs = [(agent_for(f"mem_{number:026d}", five[:4]), agent_for(f"mem_{number:026d}", five)) for number in range(10_000)]
    moved = [after for before, after in pairs if before != after]
    assert {five[4]} == set(moved)
    assert 1_600 < len(moved) < 2_400


def test_an_agent_once_given_stays_from_release_to_release() -> None:
    """Members know their agent by name: another way of drawing would hand everybody to somebody else, so these stand fixed."""
    agents = agents_of(["chen", "li.na", "wu"])
    found = [agent_for(f"mem_01JD00000000000000000000{number:02d}", agents) for number in range(8)]
    assert ["wu", "li.na", "wu", "wu", "wu", "li.na", "li.na", "li.na"] == [agent.user for agent in found if agent]


def test_a_tier_without_agents_has_none() -> None:
    """Nobody in particular; the tier below lends none of its own."""
    silver, gold = preset("four").tiers[1:3]
    served = silver.model_copy(update={"service": TierService(priority=1, agents=tuple(agents_of(["wu"])))})
    found = service_of("mem_1", served).agent
    assert found
    assert ("wu", None) == (found.user, service_of("mem_1", gold).agent)
