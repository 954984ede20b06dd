"""Purchases under earning rules, by HTTP on the real store: what each rule gave and why, what earns nothing, who is asked."""

from typing import Any

import pytest

from functions.accounts.translate.purchases import purchase_content
from functions.accounts.wire.purchases import PurchaseRequest
from regulars.kernel.idempotency import input_hash
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import CLERK, MANAGER, ME, TILL, Shop, play_by
from tests.support.calls import MEMBER_ID


def rule(code: str, effect: dict[str, Any], **when: Any) -> dict[str, Any]:
    """An earning rule that is named after its code."""
    name = {"en": f"Rule {code}", "zh_cn": f"规则 {code}"}
    return {"code": code, "name": name, "when": when, "effect": effect}


RATE = {"kind": "rate", "points_per_unit_thousandths": 3000}
DOUBLE = {"kind": "multiplier", "thousandths": 2000}
BONUS = {"kind": "bonus", "points": 50}


def test_each_rule_tells_what_it_gave_in_both_languages(shop: Shop, wiring: Wiring) -> None:
    """Base, rate, multiplier and bonus add up to the purchase's points, each with a sentence by the rule's own name."""
    rules = [rule("tea", RATE, brands=["Longjing"]), rule("double", DOUBLE, categories=["food"]), rule("hello", BONUS, first_purchase=True)]
    play_by(wiring, earning={"rules": rules})
    lines = [
        {"sku": "a", "category": "food", "quantity": 1, "amount": 100_00},
        {"sku": "b", "category": "drink", "brand": "Longjing", "quantity": 1, "amount": 10_00},
    ]
    english = shop.buy(lines=lines).json
    chinese = TILL.post("/v1/purchases", shop.body(lines=lines), headers={"Accept-Language": "zh-CN"}).json

    assert {part["rule"]: (part["points"], part["explanation"]["code"]) for part in english["parts"]} == {
        "base": (100, "earned_base"),
        "tea": (30, "earned_rate"),
        "double": (100, "earned_multiplier"),
        "hello": (50, "earned_bonus"),
    }
    assert english["points_earned"] == 280
    assert [part["explanation"]["text"] for part in english["parts"][1:]] == [
        "100 points more: 2 times as many, by the rule “Rule double”.",
        "30 points at 3 per unit spent, by the rule “Rule tea”.",
        "50 points more, by the rule “Rule hello”.",
    ]
    assert [part["explanation"]["text"] for part in chinese["parts"][1:]] == [
        "另得 100 积分：按规则“规则 double”2 倍累计。",
        "获得 30 积分：按规则“规则 tea”每消费 1 个货币单位累计 3 积分。",
        "另得 50 积分：按规则“规则 hello”奖励。",
    ]


def test_what_is_excluded_or_paid_otherwise_earns_nothing(shop: Shop, wiring: Wiring) -> None:
    """Gift cards, reward lines and the part that vouchers paid give no points, so that no loop arises."""
    play_by(wiring, earning={"excluded_categories": ["gift_card"]})
    lines = [
        {"sku": "card", "category": "gift_card", "quantity": 1, "amount": 50_00},
        {"sku": "reward", "category": "food", "quantity": 1, "amount": 20_00, "is_reward": True},
        {"sku": "milk", "category": "food", "quantity": 1, "amount": 30_00},
    ]
    bought = shop.buy(lines=lines, vouchers_amount=50_00).json
    shown = TILL.get(f"/v1/purchases/{bought['purchase_id']}").json

    assert (bought["eligible_amount"], bought["points_earned"]) == (15_00, 15)
    assert [(line["is_reward"], line["points"], line["eligible_amount"]) for line in shown["lines"]] == [
        (False, 0, 0),
        (True, 0, 0),
        (False, 15, 15_00),
    ]
    assert shown["vouchers_amount"] == 50_00


def test_a_rule_for_a_campaign_holds_where_the_purchase_names_it(shop: Shop, wiring: Wiring) -> None:
    """Named it gives, unnamed it does not."""
    play_by(wiring, earning={"rules": [rule("spring", BONUS, campaign="spring_sale")]})

    assert shop.buy(reference="a", campaigns=["other", "spring_sale"]).json["points_earned"] == 60
    assert shop.buy(reference="b").json["points_earned"] == 10


def test_the_birthday_month_is_asked_for_only_where_a_rule_needs_it(shop: Shop, wiring: Wiring) -> None:
    """Under a birthday rule the members are asked for the month, and for nothing else; without one they are not."""
    shop.directory.birth_months[MEMBER_ID] = 6
    shop.buy(reference="a")
    before = shop.directory.asked_for_births
    play_by(wiring, earning={"rules": [rule("birthday", DOUBLE, birthday_month=True)]})
    june = shop.buy(reference="b").json["points_earned"]
    shop.clock.move(days=30)
    july = shop.buy(reference="c").json["points_earned"]

    assert (before, june, july) == (0, 20, 10)
    assert shop.directory.asked_for_births == 2


def test_segments_that_staff_set_decide_from_the_next_purchase_on(shop: Shop, wiring: Wiring) -> None:
    """Set as a whole by a manager, read back with who and when; a rule for the segment holds while the member is in it."""
    play_by(wiring, earning={"rules": [rule("parents", BONUS, segments=["young_parents"])]})
    path = f"/v1/members/{MEMBER_ID}/segments"
    unset = MANAGER.get(path).json
    before = shop.buy(reference="a").json["points_earned"]
    put = MANAGER.put(path, {"segments": ["vip", "young_parents", "vip"]})
    inside = shop.buy(reference="b").json["points_earned"]
    MANAGER.put(path, {"segments": []})

    assert (unset["segments"], unset["set_by"], unset["set_at"]) == ([], None, None)
    assert (put.status, put.json["segments"], put.json["set_by"]) == (200, ["vip", "young_parents"], "staff:manager")
    assert put.json["set_at"] == "2025-06-01T04:00:00.000Z"
    assert (before, inside, shop.buy(reference="c").json["points_earned"]) == (10, 60, 10)
    assert CLERK.put(path, {"segments": []}).status == 403
    assert MANAGER.put(path, {"segments": ["x"] * 51}).fields == {"segments": "too_long"}


def test_a_purchase_can_be_tried_first(shop: Shop) -> None:
    """`dry_run` answers 200 with the body that the purchase will be answered with, or the refusal; nothing is written."""
    body = shop.body(1_000_00)
    tried = TILL.post("/v1/purchases", body, query={"dry_run": "true"})
    refused = TILL.post("/v1/purchases", {**body, "currency": "USD"}, query={"dry_run": "true"})
    before = shop.statement()
    made = TILL.post("/v1/purchases", body)

    assert (tried.status, refused.fields, before) == (200, {"currency": "currency_not_accepted"}, [])
    assert (made.status, made.json) == (201, tried.json)
    assert TILL.post("/v1/purchases", body, query={"dry_run": "true"}).json == made.json
    assert TILL.post("/v1/purchases", body, query={"dry_run": "maybe"}).status == 422


def test_a_request_without_the_later_fields_hashes_as_it_did() -> None:
    """An older client's request that is sent again today meets the guard it made: this hash is pinned for ever."""
    old: dict[str, Any] = {
        "source": "till-1", "reference": "r1", "member_id": MEMBER_ID, "store_id": "s1", "occurred_at": "2025-06-01T04:00:00.000Z",
        "currency": "CNY", "lines": [{"sku": "milk", "category": "food", "quantity": 1, "amount": 1000}],
    }  # fmt: skip
    usual: dict[str, Any] = {"hold_id": None, "vouchers_amount": 0, "campaigns": []}
    line = {**old["lines"][0], "brand": "", "is_reward": False}
    requests = [old, {**old, **usual, "lines": [line]}, {**old, "vouchers_amount": 1}, {**old, "lines": [{**line, "brand": "x"}]}]
    hashes = [input_hash(purchase_content(PurchaseRequest.model_validate(request, strict=False))) for request in requests]

    assert hashes[:2] == ["db5ddcd7ffaea00b394eb2613b4c94458744a7f5e82ee1ab0b8b35cbd6a94e5e"] * 2
    assert len(set(hashes)) == 3


def test_many_purchases_are_recorded_each_as_if_sent_alone(shop: Shop) -> None:
    """In order and once each: what is wrong with one is told in its place and stops no other; the batch can be sent again."""
    good, same, more = shop.body(10_00, "a"), shop.body(10_00, "a"), shop.body(20_00, "b")
    batch = {"purchases": [good, {**more, "currency": "USD", "reference": "c"}, {"source": 5}, "no object", same, more]}
    answer = TILL.post("/v1/purchases/batch", batch, headers={"Accept-Language": "zh-CN"})
    items = answer.json["items"]
    again = TILL.post("/v1/purchases/batch", batch).json["items"]

    assert (answer.status, [item["status"] for item in items]) == (200, [201, 422, 422, 422, 201, 201])
    assert [item["is_replay"] for item in items] == [False, False, False, False, True, False]
    assert items[1]["problem"]["errors"][0] == {"field": "currency", "code": "currency_not_accepted", "message": "本会员计划仅接受 CNY。"}
    assert {error["field"] for error in items[2]["problem"]["errors"]} >= {"source", "reference", "lines"}
    assert items[4]["purchase"] == items[0]["purchase"]
    assert [item["is_replay"] for item in again] == [True, False, False, False, True, True]
    assert (shop.points()["available"], len(shop.statement())) == (30, 2)


def test_a_batch_has_one_to_a_hundred_purchases(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """None and a hundred and one are refused as a whole; of a hundred each has its answer."""
    monkeypatch.setattr("functions.accounts.routes.purchases.BATCH_SECONDS", 1e9)
    small = [{**shop.body(1_00, f"r{number}"), "lines": [{"sku": "a", "quantity": 1, "amount": 1_00}]} for number in range(8)]

    assert TILL.post("/v1/purchases/batch", {"purchases": []}).fields == {"purchases": "too_short"}
    assert TILL.post("/v1/purchases/batch", {"purchases": [{}] * 101}).fields == {"purchases": "too_long"}
    items = TILL.post("/v1/purchases/batch", {"purchases": [*[{}] * 92, *small]}).json["items"]
    assert [item["status"] for item in items] == [422] * 92 + [201] * 8
    assert shop.points()["available"] == sum(entry["points"] for entry in shop.statement()) == 8


def test_a_batch_that_takes_too_long_names_what_to_send_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is over, the rest is told as retryable and nothing of it is recorded."""
    monkeypatch.setattr("functions.accounts.routes.purchases.BATCH_SECONDS", 0.0)
    items = TILL.post("/v1/purchases/batch", {"purchases": [shop.body()]}).json["items"]

    assert (items[0]["status"], items[0]["problem"]["code"]) == (409, "conflict")
    assert ME.get("/v1/me/points/entries").json["items"] == []
