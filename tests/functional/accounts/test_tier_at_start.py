"""A member who joined at a tier above the lowest: what the first purchases earn, and how the tier is kept or lost (TIER-14)."""

from datetime import timedelta

import pytest

from regulars.wiring import Wiring
from tests.functional.accounts.conftest import ME, Shop, play_by
from tests.support.calls import MEMBER_ID


@pytest.fixture
def gold(shop: Shop, wiring: Wiring) -> Shop:
    """The member joined at Gold just now; tiers are reviewed each quarter and fall one step, without grace."""
    play_by(wiring, qualification={"demotion": "one_down", "window": "calendar_quarter", "grace_days": 0})
    shop.directory.starts[MEMBER_ID] = "gold", shop.clock()
    return shop


@pytest.mark.requirement("TIER-14")
def test_the_first_purchase_at_gold_earns_at_golds_rate(gold: Shop) -> None:
    """Gold is shown before anything was bought; 100.00 earns 150 points at 1.5."""
    assert "gold" == ME.get("/v1/me/tier").json["tier"]["code"]
    bought = gold.buy(100_00)
    assert (201, 150, "gold") == (bought.status, bought.json["points_earned"], bought.json["tier"])
    assert ("gold", 150) == (ME.get("/v1/me/tier").json["tier"]["code"], gold.points()["available"])


@pytest.mark.requirement("TIER-14", "TIER-08")
def test_the_review_takes_the_tier_of_joining_away_again(gold: Shop) -> None:
    """100.00 in a quarter does not keep Gold: the night after the quarter's end finds the account due and writes the fall."""
    gold.buy(100_00)
    gold.pass_days(92)
    assert "silver" == ME.get("/v1/me/tier").json["tier"]["code"]
    (entry,) = [item for item in ME.get("/v1/me/tier/history").json["items"] if item["changes"]]
    assert [("gold", "silver")] == [(change["from_tier"], change["to_tier"]) for change in entry["changes"]]
    assert 120 == gold.buy(100_00, "r2").json["points_earned"]


@pytest.mark.requirement("TIER-14")
def test_who_buys_nothing_loses_it_too(gold: Shop) -> None:
    """Without any purchase the tier falls quarter by quarter, in what is shown and in what the first purchase earns."""
    gold.clock.now += timedelta(days=400)
    assert "ordinary" == ME.get("/v1/me/tier").json["tier"]["code"]
    assert (100, "ordinary") == tuple(gold.buy(100_00).json[name] for name in ("points_earned", "tier"))
