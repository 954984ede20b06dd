"""The tier's service by HTTP, from the programme's version through purchases to the work list, on the real adapters."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from functions.accounts.handler import app as accounts_app
from functions.program.handler import app as program_app
from functions.service.handler import app as service_app
from regulars.kernel.clock import instant_text
from regulars.kernel.principal import Role, Scope
from regulars.wiring import Wiring
from tests.support.accounts import FakeDirectory
from tests.support.calls import Caller, machine, member, staff
from tests.support.clock import MovableClock
from tests.support.feedback import STRANGER, feedback
from tests.support.program import programme_json

ORDINARY, SILVER, PLATINUM = (f"mem_01JD00000000000000000000{number:02d}" for number in range(3))
LI: dict[str, Any] = {"user": "li.na", "name": {"en": "Ms Li", "zh_cn": "李女士"}}
WU: dict[str, Any] = {"user": "wu", "name": {"en": "Mr Wu", "zh_cn": "吴先生"}}
TEAM = {"priority": 7, "agents": [LI, WU]}


@dataclass
class Town:
    """A programme, a till, members who buy and speak, and the desk."""

    clock: MovableClock
    till: Caller = field(default_factory=lambda: Caller(accounts_app, machine(Scope.PURCHASES_WRITE)))
    desk: Caller = field(default_factory=lambda: Caller(service_app, staff(Role.AGENT, "li.na")))
    numbers: Any = field(default_factory=count)

    def play_by(self, *services: dict[str, Any] | None, spend_from: tuple[int, ...] = ()) -> None:
        """Publishes a version in which the tiers are served so, from the lowest on, and waits until it is in force."""
        tiers = programme_json()["tiers"]
        tiers = [{**tier, "service": service or {}} for tier, service in zip(tiers, services, strict=True)]
        tiers = [{**tier, "spend_from": spend} for tier, spend in zip(tiers, spend_from, strict=True)] if spend_from else tiers
        admin, manager = (Caller(program_app, staff(role)) for role in (Role.ADMIN, Role.MANAGER))
        content = {"preset": "four", "changes": {"tiers": tiers}, "note": "How tiers are served"}
        version = admin.post("/v1/program/versions", content, headers={"Idempotency-Key": f"v-{next(self.numbers)}"})
        assert version.status == 201, version.text
        path = f"/v1/program/versions/{version.json['version_id']}"
        effective_from = instant_text(self.clock() + timedelta(minutes=5))
        for caller, step, body in (
            (admin, "submission", None),
            (manager, "approval", {}),
            (admin, "publication", {"effective_from": effective_from}),
        ):
            version = caller.post(f"{path}/{step}", body, headers={"If-Match": version.headers["etag"]})
            assert version.status == 200, version.text
        self.clock.move(minutes=5)

    def buy(self, member_id: str, amount: int) -> None:
        """A purchase, in minor units."""
        lines = [{"sku": "tea", "category": "food", "quantity": 1, "amount": amount}]
        fact = {"source": "till-1", "reference": f"r-{next(self.numbers)}", "member_id": member_id, "store_id": "s1", "currency": "CNY"}
        bought = self.till.post("/v1/purchases", {**fact, "occurred_at": instant_text(self.clock()), "lines": lines})
        assert bought.status == 201, bought.text

    def give(self, member_id: str, key: str | None = None) -> str:
        """The id of feedback a member gives, a minute after whatever came before."""
        self.clock.move(minutes=1)
        headers = {"Idempotency-Key": key or f"g-{next(self.numbers)}"}
        given = Caller(service_app, member(member_id)).post("/v1/me/feedback", feedback(), headers=headers)
        assert given.status == 201, given.text
        return str(given.json["feedback_id"])

    def key_in(self, **parts: Any) -> str:
        """The id of feedback that staff key in."""
        self.clock.move(minutes=1)
        given = self.desk.post("/v1/feedback", feedback(**parts), headers={"Idempotency-Key": f"k-{next(self.numbers)}"})
        assert given.status == 201, given.text
        return str(given.json["feedback_id"])

    def listed(self, **query: str) -> list[str]:
        """A work list, in order."""
        return [item["feedback_id"] for item in self.desk.get("/v1/feedback", query={"limit": "100", **query}).json["items"]]

    def handling(self, feedback_id: str) -> tuple[str | None, int, str | None]:
        """Tier, priority and agent of a piece of feedback."""
        found = self.desk.get(f"/v1/feedback/{feedback_id}").json
        return found["tier"], found["priority"], found["agent"]

    def served(self, member_id: str, language: str = "en") -> dict[str, Any]:
        """How a member is served, as the member reads it."""
        answer = Caller(service_app, member(member_id)).get("/v1/me/service", headers={"Accept-Language": language})
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found


@pytest.fixture
def town(wiring: Wiring, clock: MovableClock) -> Town:
    """A town where everybody but the stranger is a member."""
    wiring.__dict__["member_directory"] = FakeDirectory(unknown=(STRANGER,))
    return Town(clock)


@pytest.mark.requirement("TIER-11", "BEN-04")
def test_a_silver_members_ticket_comes_before_an_older_ordinary_one(town: Town) -> None:
    """The version gives silver a lane: the newer ticket is served first; within a lane, and without one, age decides."""
    town.play_by({"priority": 0}, {"priority": 4}, {"priority": 4}, {"priority": 9})
    town.buy(SILVER, 1_000_00)
    older, newer = town.give(ORDINARY), town.give(ORDINARY)
    lane = [town.give(SILVER), town.give(SILVER)]

    assert [*lane, older, newer] == town.listed()
    assert [("silver", 4, None), ("ordinary", 0, None)] == [town.handling(found) for found in (lane[0], older)]
    town.buy(PLATINUM, 5_000_00)
    assert [town.give(PLATINUM), *lane, older, newer] == town.listed()


@pytest.mark.requirement("TIER-11")
def test_without_a_lane_in_the_version_the_oldest_comes_first(town: Town) -> None:
    """The same members and tickets under a version without priorities: nothing but the version makes the difference."""
    town.play_by(None, None, None, None)
    town.buy(SILVER, 1_000_00)
    tickets = [town.give(ORDINARY), town.give(SILVER), town.give(ORDINARY)]

    assert tickets == town.listed()


@pytest.mark.requirement("TIER-11", "BEN-15")
def test_a_platinum_member_has_a_named_agent_to_whom_tickets_go(town: Town) -> None:
    """The member reads the name in either language; the tickets stand in that agent's own list, and in no other's."""
    town.play_by({"priority": 0}, {"priority": 4}, {"priority": 4}, TEAM)
    town.buy(PLATINUM, 5_000_00)
    others, own = town.give(ORDINARY), [town.give(PLATINUM), town.give(PLATINUM)]
    agent, other = (LI, WU) if town.handling(own[0])[2] == "li.na" else (WU, LI)

    assert [("platinum", 7, agent["user"])] * 2 == [town.handling(found) for found in own]
    assert (own, []) == (town.listed(agent=agent["user"]), town.listed(agent=other["user"]))
    assert [*own, others] == town.listed()
    expected = {"tier": "platinum", "priority_lane": True}
    assert {**expected, "tier_name": "Platinum", "agent_name": agent["name"]["en"]} == town.served(PLATINUM)
    assert {**expected, "tier_name": "白金", "agent_name": agent["name"]["zh_cn"]} == town.served(PLATINUM, "zh-CN")
    shown = town.desk.get(f"/v1/members/{PLATINUM}/service").json
    assert {"user": agent["user"], "name": agent["name"]["en"]} == shown["agent"]
    assert ("platinum", "Platinum", 7, True) == tuple(shown[name] for name in ("tier", "tier_name", "priority", "priority_lane"))


@pytest.mark.requirement("TIER-11", "BEN-15")
def test_a_new_ticket_goes_by_the_tier_of_its_moment(town: Town) -> None:
    """After an upgrade the new ticket has lane and agent; the old one keeps the place it was received in."""
    town.play_by(None, {"priority": 4}, {"priority": 4}, TEAM)
    before = town.give(ORDINARY)
    assert {"tier": "ordinary", "tier_name": "Ordinary", "priority_lane": False, "agent_name": None} == town.served(ORDINARY)
    town.buy(ORDINARY, 5_000_00)
    after = town.give(ORDINARY)

    assert [after, before] == town.listed()
    assert ("ordinary", 0, None) == town.handling(before)
    assert ("platinum", 7) == town.handling(after)[:2]
    assert [after] == town.listed(agent=str(town.handling(after)[2]))


@pytest.mark.requirement("TIER-11")
def test_the_tier_is_right_whether_or_not_a_job_ran(town: Town) -> None:
    """A version lowers the threshold: the next ticket has its lane although nothing has touched the account since."""
    town.play_by(None, {"priority": 4}, {"priority": 4}, {"priority": 4})
    town.buy(SILVER, 600_00)
    before = town.give(SILVER)
    town.clock.move(days=1)
    town.play_by(None, {"priority": 4}, {"priority": 4}, {"priority": 4}, spend_from=(0, 500_00, 2_500_00, 5_000_00))

    assert [("ordinary", 0, None), ("silver", 4, None)] == [town.handling(found) for found in (before, town.give(SILVER))]


@pytest.mark.requirement("TIER-11")
def test_feedback_keyed_in_for_a_member_has_the_members_lane(town: Town) -> None:
    """A call by a platinum member is served as if it had come by the app; an unsigned note waits its turn and is nobody's."""
    town.play_by(None, None, None, TEAM)
    town.buy(PLATINUM, 5_000_00)
    note, call = town.key_in(channel="suggestion_box"), town.key_in(channel="phone", member_id=PLATINUM)

    assert [call, note] == town.listed()
    assert (None, 0, None) == town.handling(note)
    assert town.handling(town.give(PLATINUM)) == town.handling(call)


def test_a_receipt_that_is_sent_again_answers_as_the_first_time(town: Town) -> None:
    """Also after the member has risen: one ticket, in the lane of its own moment."""
    town.play_by(None, {"priority": 4}, {"priority": 4}, {"priority": 4})
    first = town.give(ORDINARY, key="same")
    town.buy(ORDINARY, 5_000_00)

    assert first == town.give(ORDINARY, key="same")
    assert ([first], ("ordinary", 0, None)) == (town.listed(), town.handling(first))


def test_a_new_team_moves_the_member_and_no_ticket(town: Town) -> None:
    """A version without the member's agent gives another one; what was assigned stays where it is until somebody moves it."""
    town.play_by(None, None, None, TEAM)
    town.buy(PLATINUM, 5_000_00)
    ticket = town.give(PLATINUM)
    agent, other = (LI, WU) if town.handling(ticket)[2] == "li.na" else (WU, LI)
    town.play_by(None, None, None, {**TEAM, "agents": [other]})

    assert other["name"]["en"] == town.served(PLATINUM)["agent_name"]
    assert [ticket] == town.listed(agent=agent["user"])


def test_a_member_never_reads_who_of_the_staff_it_is(town: Town) -> None:
    """The name for members, never the log-in: neither in how they are served nor in the feedback itself (law M2)."""
    town.play_by(None, None, None, {**TEAM, "agents": [LI]})
    town.buy(PLATINUM, 5_000_00)
    ticket = town.give(PLATINUM)
    caller = Caller(service_app, member(PLATINUM))
    texts = [caller.get(path).text for path in ("/v1/me/service", "/v1/me/feedback", f"/v1/me/feedback/{ticket}")]

    assert "li.na" == town.handling(ticket)[2]
    assert "Ms Li" in texts[0]
    assert [False] * 3 == ["li.na" in text for text in texts]


def test_how_a_member_there_is_not_is_served_is_not_found(town: Town) -> None:
    """404 for staff."""
    assert 404 == town.desk.get(f"/v1/members/{STRANGER}/service").status
