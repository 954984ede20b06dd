"""`/v1/program/versions/{version_id}/simulation`: a period's real facts under a draft, by HTTP on the real store."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from functions.accounts.handler import app as accounts_app
from functions.jobs.handler import app
from functions.program.handler import app as program_app
from functions.simulate_program.handler import lambda_handler as simulate_program
from regulars.accounts.jobs.service import message_of
from regulars.aws.queues import JsonQueue
from regulars.kernel.clock import instant_text
from regulars.kernel.principal import Role, Scope
from regulars.wiring import Wiring
from tests.support.accounts import FakeDirectory
from tests.support.calls import Answer, Caller, machine, staff
from tests.support.clock import MovableClock
from tests.support.program import programme_json
from tests.support.queues import QueueClient

TILL = Caller(accounts_app, machine(Scope.PURCHASES_WRITE))
ADMIN = Caller(program_app, staff(Role.ADMIN))
MARKETER = Caller(app, staff(Role.MARKETER))
ANNA, BO, CHEN = (f"mem_01JD000000000000000000000{number}" for number in "ABC")


class Market:
    """Three members who buy, a draft, and a marketer who tries it."""

    def __init__(self, wiring: Wiring, clock: MovableClock) -> None:
        self.wiring = wiring
        self.clock = clock
        self.queue: list[dict[str, Any]] = []
        self._numbers = count()
        wiring.__dict__["member_directory"] = FakeDirectory()
        wiring.__dict__["job_queue"] = JsonQueue(QueueClient(self.queue), "queue", message_of)

    def buy(self, member_id: str, amount: int) -> None:
        """A purchase now; a minute passes."""
        answer = TILL.post("/v1/purchases", {
            "source": "till-1", "reference": f"r{next(self._numbers)}", "member_id": member_id, "store_id": "s1", "currency": "CNY",
            "occurred_at": instant_text(self.clock()), "lines": [{"sku": "milk", "category": "food", "quantity": 1, "amount": amount}],
        })  # fmt: skip
        assert 201 == answer.status, answer.text
        self.clock.move(minutes=1)

    def draft(self, **changes: Any) -> str:
        """The id of a draft: the preset `four` with changes."""
        body = {"preset": "four", "changes": changes, "note": "More generous"}
        answer = ADMIN.post("/v1/program/versions", body, headers={"Idempotency-Key": f"k{next(self._numbers)}"})
        assert 201 == answer.status, answer.text
        return str(answer.json["version_id"])

    def simulate(self, version_id: str, key: str = "key-1", first: str = "2025-06-01", last: str = "2025-06-01", **fields: Any) -> Answer:
        """Asks for a simulation of today."""
        body = {"first_day": first, "last_day": last, **fields}
        return MARKETER.post(f"/v1/program/versions/{version_id}/simulation", body, headers={"Idempotency-Key": key})

    def work(self, message: dict[str, Any]) -> list[dict[str, str]]:
        """Hands a message to the worker; answers what failed."""
        record = {"messageId": "m1", "body": json.dumps(message)}
        return simulate_program({"Records": [record]}, None)["batchItemFailures"]

    def hurried(self, seconds: float) -> None:
        """Lets this much time pass at each look at the stopwatch."""
        ticks = count(0, seconds)
        self.wiring.simulations.__dict__["_stopwatch"] = lambda: next(ticks)


@pytest.fixture
def market(wiring: Wiring, clock: MovableClock) -> Market:
    """The market on tables in memory, with what each of the three has bought today."""
    made = Market(wiring, clock)
    made.buy(ANNA, 900_00)
    made.buy(BO, 1_200_00)
    made.buy(BO, 100_00)
    made.buy(CHEN, 50_50)
    return made


def doubled() -> list[dict[str, Any]]:
    """The preset's tiers with silver from 800.00 and everybody's points doubled."""
    tiers: list[dict[str, Any]] = programme_json("four")["tiers"]
    for tier in tiers:
        tier["points_per_unit_thousandths"] *= 2
    tiers[1]["spend_from"] = 800_00
    return tiers


def test_a_draft_is_compared_with_the_programme_in_force(market: Market) -> None:
    """Points, cost, tiers and moves of the period under both, with members named; nothing is changed by it."""
    before = market.wiring.ledger.load(ANNA)
    answer = market.simulate(market.draft(tiers=doubled()))
    result = answer.json

    assert (201, "finished", None) == (answer.status, result["status"], result["problem"])
    assert {"known": 3, "chosen": 3, "played": 3, "members": 3, "cut": 0} == result["sample"]
    assert {"points": 900 + 1_200 + 120 + 50, "amount": 22_70, "currency": "CNY"} == result["current"]["issued"]
    assert {"points": 1_800 + 2_400 + 240 + 101, "amount": 45_41, "currency": "CNY"} == result["draft"]["issued"]
    assert (2_271, 22_71, 22_71) == tuple(result["difference"][name] for name in ("points_issued", "cost_amount", "liability_amount"))
    assert [("ordinary", 2, 950), ("silver", 1, 1_320)] == [
        (tier["code"], tier["members"], tier["points_issued"]) for tier in result["current"]["tiers"][:2]
    ]
    assert [("ordinary", 1, 101), ("silver", 2, 4_440)] == [
        (tier["code"], tier["members"], tier["points_issued"]) for tier in result["draft"]["tiers"][:2]
    ]
    moves = result["moves"]
    assert (1, 0, [ANNA], []) == tuple(moves[name] for name in ("up", "down", "examples_up", "examples_down"))
    assert [{"from_tier": "ordinary", "to_tier": "silver", "members": 1}] == moves["by_tier"]
    assert before == market.wiring.ledger.load(ANNA)


def test_stricter_rules_show_who_would_fall_and_what_would_be_refused(market: Market) -> None:
    """A higher threshold leaves the member below; the members below are named."""
    tiers = programme_json("four")["tiers"]
    for number, threshold in enumerate((2_000_00, 3_000_00, 4_000_00), 1):
        tiers[number]["spend_from"] = threshold
    result = market.simulate(market.draft(tiers=tiers)).json

    assert (0, 1, [BO]) == tuple(result["moves"][name] for name in ("up", "down", "examples_down"))
    assert -20 == result["difference"]["points_issued"]


def test_the_same_request_answers_the_same_simulation(market: Market) -> None:
    """Sent again it is a replay; with other content it is refused; it is read by its id under its own version alone."""
    version_id, other = market.draft(), market.draft()
    first = market.simulate(version_id)
    again = market.simulate(version_id)
    path = first.headers["location"]

    assert (201, first.text, "true") == (again.status, again.text, again.headers["idempotent-replayed"])
    assert (422, "idempotency_mismatch") == ((refused := market.simulate(other)).status, refused.code)
    assert (200, first.text) == ((read := MARKETER.get(path)).status, read.text)
    assert 404 == MARKETER.get(path.replace(version_id, other)).status
    assert 404 == MARKETER.get(f"{path}X").status


def test_what_a_request_has_no_time_for_becomes_a_job(market: Market) -> None:
    """202 with what is done so far; the worker goes on slice by slice, and the result is that of one go."""
    version_id = market.draft(tiers=doubled())
    whole = market.simulate(version_id, "whole").json
    market.hurried(9.0)
    asked = market.simulate(version_id, "hurried")

    assert (202, "running", 0) == (asked.status, asked.json["status"], asked.json["sample"]["played"])
    market.hurried(26.0)
    market.queue.append({"detail": {"job_id": asked.json["simulation_id"], "kind": "simulation"}})
    slices = 0
    while market.queue:
        assert [] == market.work(market.queue.pop(0))
        slices += 1
    result = MARKETER.get(asked.headers["location"]).json
    assert slices > 3
    assert "finished" == result["status"]
    assert {name: whole[name] for name in ("current", "draft", "difference", "sample")} == {
        name: result[name] for name in ("current", "draft", "difference", "sample")
    }


def test_a_job_lets_out_its_event_once(market: Market) -> None:
    """The item that begins a job carries the event for the relay; what ended at once carries none."""
    version_id = market.draft()
    market.simulate(version_id, "whole")
    market.hurried(9.0)
    market.simulate(version_id, "hurried")

    table = market.wiring.client("dynamodb")
    items = [item for item in table.scan(TableName="accounts")["Items"] if item["pk"]["S"] == "JOBS#simulation"]
    assert [False, True] == ["events" in item for item in sorted(items, key=lambda item: item["sk"]["S"])]


def test_a_job_that_has_ended_is_left_alone(market: Market) -> None:
    """A message that comes twice changes nothing; one of no job is nothing; one that is no message is given back."""
    done = market.simulate(market.draft())
    assert [] == market.work({"detail": {"job_id": done.json["simulation_id"]}})
    assert done.text == MARKETER.get(done.headers["location"]).text
    assert [] == market.work({"detail": {"job_id": "sim_none"}})
    assert [{"itemIdentifier": "m1"}] == market.work({"detail": {}})


def test_a_draft_that_was_changed_meanwhile_ends_the_job(market: Market) -> None:
    """Half of one draft and half of another would be of neither."""
    version_id = market.draft()
    market.hurried(9.0)
    asked = market.simulate(version_id)
    changed = {"preset": "five", "note": "Others"}
    assert 200 == ADMIN.put(f"/v1/program/versions/{version_id}", changed, headers={"If-Match": '"1"'}).status
    assert [] == market.work({"detail": {"job_id": asked.json["simulation_id"]}})

    ended = MARKETER.get(asked.headers["location"]).json
    assert ("failed", "version_changed") == (ended["status"], ended["problem"])


@pytest.mark.parametrize(
    ("first", "last"), [("2025-06-02", "2025-06-01"), ("2025-06-01", "2025-06-02"), ("2024-05-31", "2025-06-01")], ids=str
)
def test_a_period_lies_in_the_past_and_is_a_year_at_most(market: Market, first: str, last: str) -> None:
    """Backwards, in the future, or longer: refused by its field; nothing is kept."""
    refused = market.simulate(market.draft(), first=first, last=last)
    assert (422, {"last_day": "period_unfit"}) == (refused.status, refused.fields)


def test_a_sample_is_drawn_by_chance_and_stays_the_same(market: Market) -> None:
    """Two of three members are played; who they are follows from the simulation's own id."""
    result = market.simulate(market.draft(), sample_size=2).json
    assert (3, 2, 2) == tuple(result["sample"][name] for name in ("known", "chosen", "played"))


def test_rules_that_ask_what_entries_do_not_keep_are_named(market: Market) -> None:
    """Campaigns, segments and birthdays are not in the ledger: their rules give nothing, and the answer says which."""
    rule = {"code": "birthday", "name": {"en": "Birthday", "zh_cn": "生日"}, "when": {"birthday_month": True},
            "effect": {"kind": "multiplier", "thousandths": 2000}}  # fmt: skip
    assert ["birthday"] == market.simulate(market.draft(earning={"rules": [rule]})).json["not_played"]


def test_a_version_that_is_not_there_is_not_simulated(market: Market) -> None:
    """404, as for everything that is missing."""
    assert 404 == market.simulate("ver_none").status


def test_a_version_begun_within_the_period_does_not_disturb_the_comparison(market: Market) -> None:
    """What is compared with is the programme in force now, over the whole period."""
    market.clock.now += timedelta(days=40)
    result = market.simulate(market.draft(), first="2025-05-20", last="2025-07-05").json
    assert (0, 0, 2_270) == (result["difference"]["points_issued"], result["moves"]["up"], result["current"]["issued"]["points"])
