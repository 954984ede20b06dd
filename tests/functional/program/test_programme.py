"""`GET /v1/program`: what everybody can read, and how it is cached."""

import pytest

from functions.program.handler import app
from regulars.program.presets import preset
from regulars.wiring import Wiring
from tests.functional.program.conftest import Versions
from tests.support.calls import Caller
from tests.support.clock import MovableClock
from tests.support.program import programme_json

pytestmark = pytest.mark.usefixtures("wiring")


@pytest.mark.requirement("REG-06", "TIER-03")
def test_a_visitor_reads_the_figures_of_every_tier() -> None:
    """Each tier says from which spend, over which window, at which rate, and everything its members enjoy."""
    answer = Caller(app).get("/v1/program")

    assert 200 == answer.status
    shown = [(tier["code"], tier["spend_from"]["amount"], tier["points_per_unit_thousandths"]) for tier in answer.json["criteria"]]
    assert [("ordinary", 0, 1000), ("silver", 100_000, 1200), ("gold", 250_000, 1500), ("platinum", 500_000, 2000)] == shown
    silver = answer.json["criteria"][1]
    assert {"amount": 250_000, "currency": "CNY"} == silver["spend_below"]
    assert ("rolling_months", 12) == (silver["window"], silver["window_months"])
    assert {"en": "Silver", "zh_cn": "银卡"} == silver["name"]
    assert ["points", "order_tracking", "discount", "priority_support"] == [benefit["code"] for benefit in silver["benefits"]]
    assert answer.json["criteria"][-1]["spend_below"] is None


@pytest.mark.requirement("TIER-02", "TIER-03")
def test_every_factor_of_a_tier_is_told_in_figures(versions: Versions, clock: MovableClock) -> None:
    """Spend, frequency, points, activity and loyalty as a version asks for them; what it does not ask for is null."""
    tiers = programme_json()["tiers"][:2]
    asked = {"spend_from": 0, "orders_from": 12, "points_from": 500, "active_months_from": 6, "loyalty_months_from": 24}
    changes = {"tiers": [tiers[0], {**tiers[1], **asked}], "qualification": {"window": "calendar_year", "match": "any"}}
    published = versions.publish(versions.approved(preset="four", changes=changes), "2025-06-01T04:05:00Z")
    assert 200 == published.status
    clock.move(minutes=5)
    ordinary, silver = Caller(app).get("/v1/program").json["criteria"]

    assert ("calendar_year", None) == (silver["window"], silver["window_months"])
    assert (12, 500, 6, 24, "any") == tuple(silver[name] for name in (*list(asked)[1:], "match"))
    assert [None] * 4 == [ordinary[name] for name in list(asked)[1:]]


@pytest.mark.requirement("TIER-11")
def test_a_visitor_reads_how_each_tier_is_served_and_no_name_of_staff(versions: Versions, clock: MovableClock) -> None:
    """Which tiers have a lane and an agent of their own; who the agents are is for staff, who read the version."""
    tiers = programme_json()["tiers"]
    agent = {"user": "li.na", "name": {"en": "Ms Li", "zh_cn": "李女士"}}
    tiers[3] = {**tiers[3], "service": {"priority": 3, "agents": [agent]}}
    published = versions.publish(versions.approved(preset="four", changes={"tiers": tiers}), "2025-06-01T04:05:00Z")
    assert [agent] == published.json["programme"]["tiers"][3]["service"]["agents"]
    clock.move(minutes=5)
    shown = Caller(app).get("/v1/program")

    assert 2 == shown.json["version"]
    assert [(False, False), (True, False), (True, False), (True, True)] == [
        (tier["priority_lane"], tier["own_agent"]) for tier in shown.json["criteria"]
    ]
    assert [{"priority": number, "agents": []} for number in range(4)] == [tier["service"] for tier in shown.json["programme"]["tiers"]]
    assert not any(name in shown.text for name in ("li.na", "Ms Li", "李女士"))


@pytest.mark.requirement("REG-06", "REG-12", "REG-13", "PRV-04")
def test_a_visitor_reads_how_to_join_and_what_each_field_is_for() -> None:
    """The steps, every form field with whether it is required and its purpose, terms and privacy policy by version, in both languages."""
    programme = Caller(app).get("/v1/program").json["programme"]

    assert 3 == len(programme["join_steps"])
    assert {"field": "name", "required": True} == {key: programme["join_form"][0][key] for key in ("field", "required")}
    assert all(item["purpose"]["en"] and item["purpose"]["zh_cn"] for item in programme["join_form"])
    assert "1" == programme["privacy"]["version"]
    assert "隐私政策" == programme["privacy"]["title"]["zh_cn"]
    assert programme["terms"]["text"]["en"] == preset("four").terms.text.en


def test_the_programme_is_cacheable_by_everybody() -> None:
    """It says for how long a copy may be kept, and names the copy by an ETag."""
    answer = Caller(app).get("/v1/program")

    assert "public, max-age=300" == answer.headers["cache-control"]
    assert '"1"' == answer.headers["etag"]


@pytest.mark.parametrize("seen", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_who_has_the_programme_is_told_that_it_has_not_changed(seen: str) -> None:
    """304 without a body when If-None-Match names the version in force (RFC 9110 13.1.2)."""
    answer = Caller(app).get("/v1/program", headers={"If-None-Match": seen})

    assert 304 == answer.status
    assert "" == answer.text
    assert '"1"' == answer.headers["etag"]
    assert "public, max-age=300" == answer.headers["cache-control"]


@pytest.mark.parametrize("seen", ['"2"', "1", ""])
def test_who_has_another_copy_gets_the_programme(seen: str) -> None:
    """200 with the content when the ETag is another one's, or none at all."""
    assert 200 == Caller(app).get("/v1/program", headers={"If-None-Match": seen}).status


def test_other_methods_do_not_exist(wiring: Wiring) -> None:
    """Writing to the programme itself is no operation."""
    answer = Caller(app).post("/v1/program", {})

    assert 404 == answer.status
    assert "not_found" == answer.code
