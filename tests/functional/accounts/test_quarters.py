"""A programme that looks at tiers by the quarter: once after each, with the evidence kept, by the scheduled job."""

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.kernel.clock import instant_text
from regulars.program.qualifying import Factor
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import CLERK, ME, Shop, play_by
from tests.functional.program.conftest import Versions
from tests.support.calls import MEMBER_ID
from tests.support.program import programme_json

_RULES = {"window": "calendar_quarter", "cycle": "quarterly", "demotion": "one_down", "grace_days": 0}


@pytest.fixture
def quarterly(shop: Shop) -> Shop:
    """The member is silver in the second quarter; from 2 June 2025 on the programme looks at quarters."""
    versions = Versions()
    draft = versions.approved(programme=programme_json("four", qualification={**programme_json("four")["qualification"], **_RULES}))
    answer = versions.publish(draft, instant_text(datetime(2025, 6, 2, tzinfo=UTC)))
    assert answer.status < 300, answer.text
    shop.clock.now = datetime(2025, 6, 3, 4, tzinfo=UTC)
    assert "silver" == shop.buy(1_500_00).json["tier"]
    return shop


def _night(shop: Shop, *day: int) -> list[Any]:
    """The night of a day; answers the reviews that the member reads, newest first (the purchase's own upgrade is none)."""
    shop.clock.now = datetime(*day, 4, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day
    shop.night()
    items = ME.get("/v1/me/tier/history").json["items"]
    return [evaluation for item in items for evaluation in reversed(item["evaluations"]) if evaluation["outcome"] != "upgraded"]


@pytest.mark.requirement("TIER-05", "TIER-08")
def test_the_job_evaluates_once_a_quarter_and_rerun_does_nothing_twice(quarterly: Shop) -> None:
    """Nights between quarters look at nothing; each quarter's end does, once, however often the job runs."""
    nights = ((2025, 6, 20), (2025, 7, 1), (2025, 7, 1), (2025, 8, 15), (2025, 10, 2), (2025, 10, 2))
    counts = [len(_night(quarterly, *day)) for day in nights]
    assert [0, 1, 1, 1, 2, 2] == counts
    assert "ordinary" == ME.get("/v1/me/tier").json["tier"]["code"]


@pytest.mark.requirement("TIER-04")
def test_an_evaluation_keeps_what_it_looked_at_and_comes_out_the_same_again(quarterly: Shop, wiring: Wiring) -> None:
    """Months, figures, version and outcome are told; the same figures under that version qualify for the same tier."""
    _night(quarterly, 2025, 7, 1)
    ended, kept = _night(quarterly, 2025, 10, 2)
    assert ("2025-04", "2025-06", "silver", "kept") == (kept["first_month"], kept["last_month"], kept["qualified"], kept["outcome"])
    assert ("2025-07", "2025-09", "silver", "ordinary", "demoted") == (
        ended["first_month"], ended["last_month"], ended["tier"], ended["qualified"], ended["outcome"],
    )  # fmt: skip
    for evaluation in (kept, ended):
        rules = wiring.program.history().number(evaluation["program_version"]).programme
        figures = {Factor(figure["factor"]): figure["value"] for figure in evaluation["figures"]}
        assert evaluation["qualified"] == rules.tier_for(figures).code


@pytest.mark.requirement("TIER-01")
def test_a_fifth_tier_is_reached_as_soon_as_the_programme_has_it(shop: Shop) -> None:
    """The same spend makes platinum of four tiers; once a version with five is in force, the evaluation uses its list: diamond."""
    assert "platinum" == shop.buy(10_000_00).json["tier"]
    versions = Versions()
    answer = versions.publish(versions.approved(preset="five"), instant_text(datetime(2025, 6, 2, tzinfo=UTC)))
    assert answer.status < 300, answer.text
    shop.clock.now = datetime(2025, 6, 3, 4, tzinfo=UTC)
    tier = ME.get("/v1/me/tier").json
    assert ("diamond", None) == (tier["tier"]["code"], tier["next_tier"])


@pytest.mark.requirement("TIER-08")
def test_who_no_longer_qualifies_is_held_for_review_where_the_programme_says_so(shop: Shop, wiring: Wiring) -> None:
    """The quarter's end keeps the tier and leaves the look at it to staff, whose clerk reads it in the history with its figures."""
    play_by(wiring, qualification={"window": "calendar_quarter", "demotion": "review"})
    shop.buy(1_500_00)
    outcomes = [(item["outcome"], item["qualified"]) for item in _night(shop, 2025, 7, 1) + _night(shop, 2025, 10, 1)[:1]]
    assert [("kept", "silver"), ("to_review", "ordinary")] == outcomes
    assert "silver" == ME.get("/v1/me/tier").json["tier"]["code"]
    assert CLERK.get(f"/v1/members/{MEMBER_ID}/tier/history").json == ME.get("/v1/me/tier/history").json


def test_after_a_fall_the_lower_tiers_benefits_and_rate_apply(quarterly: Shop) -> None:
    """Silver's own benefits are gone from the list, and the next purchase earns at the rate of Ordinary."""
    before = {benefit["code"] for benefit in ME.get("/v1/me/tier").json["benefits"]}
    _night(quarterly, 2025, 10, 2)
    after = {benefit["code"] for benefit in ME.get("/v1/me/tier").json["benefits"]}
    assert {"discount", "priority_support"} == before - after
    assert 100 == quarterly.buy(100_00, "next").json["points_earned"]
