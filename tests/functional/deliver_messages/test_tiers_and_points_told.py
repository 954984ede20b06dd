"""What till, staff and nights do to an account and what its member is told of it: HTTP and schedule in, SMS or e-mail out."""

from typing import Any

import pytest

from tests.functional.accounts.conftest import AGENT, MANAGER, Shop, night_queue, nightly
from tests.support.chain import Chain
from tests.support.members import EMAIL


@pytest.fixture
def shop(way: Chain) -> Shop:
    """Till and nights on the tables of the chain, with its real members."""
    made = Shop(way.place.clock)
    way.wiring.__dict__["settlement"] = nightly(way.wiring, night_queue(made.queue))
    return made


def told(way: Chain, member_id: str, template: str) -> list[dict[str, Any]]:
    """Messages of a template that reached the member, oldest first, after everything was relayed and delivered twice."""
    for _ in range(2):
        way.run()
    return [item for item in reversed(way.messages(member_id)) if item["template"] == template]


@pytest.mark.requirement("TIER-08", "TIER-10")
@pytest.mark.parametrize(
    ("person", "up", "down"),
    [
        (
            {"phone": ..., "email": EMAIL, "language": "en"},
            ("from Ordinary to Silver", "You have reached what it asks for."),
            ("from Silver to Ordinary", "In the period that was reviewed, your figures did not reach your former tier."),
        ),
        (
            {"language": "zh-CN"},
            ("由普通变为银卡", "您已达到该等级的要求。"),
            ("由银卡变为普通", "在本次考核周期内，您的指标未达到原等级的要求。"),
        ),
    ],
    ids=["e-mail", "SMS"],
)
def test_a_rise_and_a_fall_are_told_with_both_tiers_and_the_reason(
    way: Chain, shop: Shop, person: dict[str, Any], up: tuple[str, ...], down: tuple[str, ...]
) -> None:
    """A purchase promotes and is told at once; the night after a quarter without purchases demotes and is told, each once."""
    way.place.publish(qualification={"window": "calendar_quarter", "demotion": "to_qualified", "grace_days": 0})
    member_id = way.place.join(**person)
    shop.buy(1_000_00, member_id=member_id)
    (risen,) = told(way, member_id, "tier_changed")
    shop.pass_days(30)
    shop.pass_days(92)
    shop.night()
    first, fallen = told(way, member_id, "tier_changed")

    assert risen == first
    assert [] == [words for words in up if words not in risen["text"]]
    assert [] == [words for words in down if words not in fallen["text"]]
    assert 3 == len(way.ses.emails if "email" in person else way.sns.texts) - 1, "the code, the welcome, the rise and the fall"


@pytest.mark.requirement("TIER-17")
def test_a_tier_set_by_two_persons_is_told(way: Chain, shop: Shop) -> None:
    """Asked for alone it is nobody's news; approved, the member hears of it once, with the reason."""
    member_id = way.place.join(phone=..., email=EMAIL, language="en")
    body = {"tier": "gold", "reason": "service failure", "ends_on": "2025-07-31"}
    asked = AGENT.post(f"/v1/members/{member_id}/tier-overrides", body, headers={"Idempotency-Key": "k1"})
    before = told(way, member_id, "tier_changed")
    decided = MANAGER.post(f"/v1/approvals/{asked.json['approval_id']}/decision", {"approved": True, "note": ""})
    (set_by_staff,) = told(way, member_id, "tier_changed")

    assert (202, 200, []) == (asked.status, decided.status, before)
    for words in ("from Ordinary to Gold", "Our staff have set it for you."):
        assert words in set_by_staff["text"]


@pytest.mark.requirement("PTS-12")
def test_points_that_end_soon_are_told_once_days_ahead(way: Chain, shop: Shop) -> None:
    """120 points end on 30 June 2026: nothing 31 days before, one message 30 days before, none in later nights or by running again."""
    member_id = way.place.join(phone=..., email=EMAIL, language="en")
    shop.buy(120_00, member_id=member_id)
    shop.pass_days(363)
    early = told(way, member_id, "points_expiring")
    shop.pass_days(1)
    (reminder,) = told(way, member_id, "points_expiring")
    for days in (0, 0, 1, 15, 14):
        shop.pass_days(days)

    assert [] == early
    assert "120 points end on 30 June 2026" == reminder["subject"]
    assert "120 of your points" in reminder["text"]
    assert [reminder] == told(way, member_id, "points_expiring")
    assert "2026-05-31T04:00:00.000Z" == reminder["at"]
