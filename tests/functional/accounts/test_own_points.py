"""Gifts, activities, partners' points and tiers for points, by HTTP on the real store."""

from typing import Any

import pytest

from regulars.wiring import Wiring
from tests.functional.accounts.conftest import CHECKOUT, CLERK, FRIEND, FRIEND_ID, ME, TILL, Shop, play_by
from tests.support.calls import MEMBER_ID, Answer, Caller


def words(text: str) -> dict[str, str]:
    """The same text in both languages."""
    return {"en": text, "zh_cn": text}


ACTIVITIES = [
    {"code": "sign_in", "name": words("Sign-in"), "points": 2, "period": "day", "times": 1, "self_service": True},
    {"code": "profile", "name": words("Complete profile"), "points": 50, "period": "ever", "times": 1},
]
PARTNERS = [{"code": "air", "name": words("Air"), "rate_thousandths": 250, "monthly_points_max": 1000}]
OFFERS = [{"code": "silver_half_year", "tier": "silver", "points": 500, "months": 6}]


def own(path: str, body: dict[str, Any], key: str = "k1", caller: Caller = ME) -> Answer:
    """A member's request with an idempotency key."""
    return caller.post(f"/v1/me/{path}", body, headers={"Idempotency-Key": key})


def test_points_are_given_to_another_member(shop: Shop, wiring: Wiring) -> None:
    """Once per key they leave one account and reach the other, ending on the same day; both statements name the gift."""
    play_by(wiring, transfers={"enabled": True})
    shop.buy(100_00)
    gift = own("transfers", {"member_id": FRIEND_ID, "points": 40})
    again = own("transfers", {"member_id": FRIEND_ID, "points": 40})

    assert (gift.status, gift.json["points"], gift.json["balance"]) == (201, -40, 60)
    assert (again.text, again.headers["idempotent-replayed"]) == (gift.text, "true")
    assert shop.points(FRIEND)["expiring"] == [{"points": 40, "expires_on": shop.points()["expiring"][0]["expires_on"]}]
    assert [(entry["kind"], entry["detail"]["transfer_id"]) for caller in (ME, FRIEND) for entry in shop.statement(caller)[:1]] == [
        ("transfer_out", gift.json["transfer_id"]),
        ("transfer_in", gift.json["transfer_id"]),
    ]


def test_a_gift_keeps_to_the_programmes_limits(shop: Shop, wiring: Wiring) -> None:
    """Off unless the programme has gifts; not to oneself, not above the limits, not more than there is, and not to nobody."""
    shop.buy(100_00)
    off = own("transfers", {"member_id": FRIEND_ID, "points": 1})
    play_by(wiring, transfers={"enabled": True, "points_max": 50, "monthly_count_max": 1})
    shop.directory.unknown.add("mem_01JD9999999999999999999999")
    refusals = [
        own("transfers", {"member_id": MEMBER_ID, "points": 1}),
        own("transfers", {"member_id": FRIEND_ID, "points": 51}),
        own("transfers", {"member_id": "mem_01JD9999999999999999999999", "points": 1}),
        own("transfers", {"member_id": FRIEND_ID, "card_number": "62000000001", "points": 1}),
        ME.post("/v1/me/transfers", {"member_id": FRIEND_ID, "points": 1}),
    ]
    by_card = own("transfers", {"card_number": "62000000001", "points": 1})
    second = own("transfers", {"member_id": FRIEND_ID, "points": 1}, "k2")

    assert off.fields == {"points": "transfers_off"}
    assert [refusal.fields for refusal in refusals] == [
        {"member_id": "transfer_to_self"},
        {"points": "transfer_limit"},
        {"member_id": "member_not_found"},
        {"body": "one_receiver"},
        {"Idempotency-Key": "idempotency_key_invalid"},
    ]
    assert (by_card.status, second.fields) == (201, {"points": "transfer_limit"})
    assert shop.points()["available"] == 99


@pytest.mark.requirement("PTS-04")
def test_a_member_signs_in_once_a_day(shop: Shop, wiring: Wiring) -> None:
    """The daily sign-in gives its points; a second one the same day is refused, the next day's counts."""
    play_by(wiring, activities=ACTIVITIES)
    first = own("activities", {"activity": "sign_in"})
    replay = own("activities", {"activity": "sign_in"})
    second = own("activities", {"activity": "sign_in"}, "k2")
    shop.clock.move(days=1)
    tomorrow = own("activities", {"activity": "sign_in"}, "k3")

    assert (first.status, first.json["points"], replay.text) == (201, 2, first.text)
    assert (second.status, second.fields) == (422, {"activity": "activity_limit"})
    assert (tomorrow.status, tomorrow.json["balance"]) == (201, 4)


@pytest.mark.requirement("PTS-04")
def test_a_completed_task_is_credited_once(shop: Shop, wiring: Wiring) -> None:
    """Members cannot report it themselves; another system or staff do, once for ever however often and under whatever reference."""
    play_by(wiring, activities=ACTIVITIES)
    body = {"source": "app", "reference": "p1", "member_id": MEMBER_ID, "activity": "profile"}
    refused = own("activities", {"activity": "profile"})
    done = [TILL.post("/v1/activities", body) for _ in range(10)]
    other = CLERK.post("/v1/activities", {**body, "reference": "p2"})
    unknown = TILL.post("/v1/activities", {**body, "reference": "p3", "activity": "dance"})

    assert refused.fields == {"activity": "activity_not_self_service"}
    assert {(answer.status, answer.text) for answer in done} == {(201, done[0].text)}
    assert (other.fields, unknown.fields) == ({"activity": "activity_limit"}, {"activity": "activity_unknown"})
    assert shop.points()["available"] == 50


@pytest.mark.requirement("PTS-03")
def test_taking_part_in_a_company_activity_is_credited_once_per_member(shop: Shop, wiring: Wiring) -> None:
    """Staff record attendance: two members get the points, one who is recorded twice gets them once."""
    fair = {"code": "tea_fair", "name": words("Tea fair"), "points": 30, "period": "ever", "times": 1}
    play_by(wiring, activities=[fair])
    guests = [("g1", MEMBER_ID), ("g2", FRIEND_ID), ("g3", MEMBER_ID)]
    bodies = [{"source": "fair", "reference": reference, "member_id": guest, "activity": "tea_fair"} for reference, guest in guests]

    assert [CLERK.post("/v1/activities", body).status for body in bodies] == [201, 201, 422]
    assert (shop.points()["available"], shop.points(FRIEND)["available"]) == (30, 30)
    assert shop.statement()[0]["detail"]["activity"] == "tea_fair"


@pytest.mark.requirement("PTS-05")
def test_a_partners_points_arrive_at_its_rate(shop: Shop, wiring: Wiring) -> None:
    """4,001 partner points at 0.25 are 1,000 points with the partner's name in the ledger; the month's limit holds."""
    play_by(wiring, partners=PARTNERS)
    body = {"source": "air-system", "reference": "e1", "member_id": MEMBER_ID, "partner": "air", "partner_points": 4001}
    credited = TILL.post("/v1/partner-credits", body)
    again = TILL.post("/v1/partner-credits", body)
    more = TILL.post("/v1/partner-credits", {**body, "reference": "e2", "partner_points": 4})
    unknown = TILL.post("/v1/partner-credits", {**body, "reference": "e3", "partner": "rail"})
    entry = shop.statement()[0]

    assert (credited.status, credited.json["points"], again.text) == (201, 1000, credited.text)
    assert (more.fields, unknown.fields) == ({"partner_points": "partner_limit"}, {"partner": "partner_unknown"})
    assert (entry["kind"], entry["detail"]["partner"], entry["postings"][0]["rule"]) == ("partner_credit", "air", "partner:air")
    assert CHECKOUT.post("/v1/partner-credits", body).status == 403


@pytest.mark.requirement("TIER-13", "PTS-09")
def test_points_buy_a_tier_for_a_time(shop: Shop, wiring: Wiring) -> None:
    """The points fall, the tier rises at once with its cause, and after the offer's months it ends by itself."""
    play_by(wiring, tier_offers=OFFERS)
    shop.buy(600_00)
    bought = own("tier-purchases", {"offer": "silver_half_year"})
    tier = ME.get("/v1/me/tier").json
    shop.clock.move(minutes=10)
    earned = shop.buy(10_00, "silver").json["points_earned"]
    higher = own("tier-purchases", {"offer": "silver_half_year"}, "k2")
    shop.pass_days(250)
    after = ME.get("/v1/me/tier").json

    assert (bought.status, bought.json["points"], bought.json["balance"]) == (201, -500, 100)
    assert (bought.json["tier"], bought.json["tier_before"], bought.json["ends_on"]) == ("silver", "ordinary", "2025-12-31")
    assert tier["granted"] == {"tier": "silver", "ends_on": "2025-12-31", "cause": "points", "earned_tier": "ordinary"}
    assert (earned, higher.fields) == (12, {"tier": "tier_not_higher"})
    assert (after["tier"]["code"], after["granted"]) == ("ordinary", None)
    assert [change["cause"] for change in after["history"]] == ["grant_ended", "points"]


def test_a_tier_for_points_needs_an_offer_and_the_points(shop: Shop, wiring: Wiring) -> None:
    """Refused by field; the tier stays."""
    play_by(wiring, tier_offers=OFFERS)
    shop.buy(100_00)

    assert own("tier-purchases", {"offer": "silver_half_year"}).fields == {"points": "insufficient_points"}
    assert own("tier-purchases", {"offer": "diamond"}).fields == {"offer": "tier_offer_unknown"}
    assert ME.get("/v1/me/tier").json["tier"]["code"] == "ordinary"
