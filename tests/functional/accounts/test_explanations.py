"""Every entry in words and the tier's history with its evidence, by HTTP on the real store."""

from datetime import date

import pytest

from regulars.accounts.commands import OpenBalance
from regulars.accounts.operations import Fact
from regulars.accounts.service import Buyer
from regulars.program.qualifying import Factor
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import AGENT, CHECKOUT, CLERK, FRIEND_ID, MANAGER, ME, TILL, Shop, play_by
from tests.functional.accounts.test_corrections import adjust, decide, override
from tests.functional.accounts.test_own_points import ACTIVITIES, OFFERS, PARTNERS, own
from tests.support.calls import MEMBER_ID


def told(entry_id: str, language: str = "en") -> tuple[str, list[str]]:
    """An entry's title and sentences as the member reads them."""
    shown = ME.get(f"/v1/me/points/entries/{entry_id}/explanation", headers={"Accept-Language": language}).json
    return shown["title"], [part["explanation"]["text"] for part in shown["parts"]]


def latest(shop: Shop) -> str:
    """The id of the newest entry."""
    return str(shop.statement()[0]["entry_id"])


def test_a_purchase_is_explained_by_rule_rate_and_end(shop: Shop) -> None:
    """In English and Chinese; staff read the same."""
    entry_id = shop.buy(100_00).json["entry_id"]
    staffs = CLERK.get(f"/v1/members/{MEMBER_ID}/points/entries/{entry_id}/explanation").json

    assert told(entry_id) == (
        "A purchase",
        ["100 points at 1 per unit spent, the rate of Ordinary. They can be used through 2026-06-30."],
    )
    assert told(entry_id, "zh-CN") == ("消费", ["获得 100 积分：按普通等级每消费 1 个货币单位累计 1 积分。有效期至 2026-06-30。"])
    assert (staffs["program_version"], staffs["parts"][0]["explanation"]["params"]["rate"]) == (1, "1")
    assert CLERK.get(f"/v1/members/{MEMBER_ID}/points/entries/{entry_id}").json["entry_id"] == entry_id


def test_pending_points_are_explained_until_they_can_be_used(shop: Shop, wiring: Wiring) -> None:
    """From when on they can be used, that some were taken back while they waited, and that the rest can be used now."""
    play_by(wiring, earning={"return_window_days": 14}, expiry={"policy": "never"})
    entry_id = shop.buy(100_00).json["entry_id"]
    refunded = shop.refund(amount=40_00).json["entry_id"]
    shop.pass_days(14)

    (sentence,) = told(entry_id)[1]
    assert sentence == (
        "100 points at 1 per unit spent, the rate of Ordinary. They can be used from 2025-06-15 on, after the time for returns. "
        "They do not end."
    )
    assert told(refunded)[1] == ["40 pending points that the refunded part had earned were taken back."]
    assert told(latest(shop)) == ("What was due by the day", ["60 points can be used: the time for returns is over."])


def test_uses_refunds_and_debts_are_explained(shop: Shop) -> None:
    """Held, used, given back, taken back, owed and repaid."""
    shop.buy(100_00)
    hold = shop.hold(30).json
    shop.clock.move(minutes=1)
    paid = shop.buy(100_00, "paid", hold_id=hold["hold_id"])
    redeemed = shop.redeem(150, purpose="tea set").json
    refund = shop.refund(purchase="paid", amount=100_00).json["entry_id"]
    CHECKOUT.post(f"/v1/redemptions/{redeemed['redemption_id']}/cancel", {"reason": "broken"})

    assert told(hold["entry_id"])[1] == ["30 points are set aside for a payment."]
    assert "30 points that were set aside have paid." in told(paid.json["entry_id"])[1]
    assert told(redeemed["entry_id"])[1] == ["150 points were used: tea set."]
    sentences = " ".join(told(refund)[1])
    for expected in (
        "30 points that had paid for the refunded part were given back.",
        "points that the refunded part had earned were taken back, at the rates of the purchase.",
        "points of the refunded part were not there any more: they are owed, and the next points repay them.",
    ):
        assert expected in sentences
    cancelled = " ".join(told(latest(shop))[1])
    assert "150 points of the cancelled redemption were given back." in cancelled
    assert "points repaid what was owed." in cancelled


def test_corrections_are_explained_with_reason_and_second_person(shop: Shop) -> None:
    """Up, down, and approved by another; a hold that was given back as well."""
    adjust(300)
    up = latest(shop)
    adjust(-100, "k2", reason_code="misuse")
    down = latest(shop)
    decide(adjust(5000, "k3").json["approval_id"])
    large = latest(shop)
    hold_id = shop.hold(5).json["hold_id"]
    CHECKOUT.post(f"/v1/holds/{hold_id}/cancel")

    assert told(up)[1] == ["300 points were added by staff for the reason goodwill. They can be used through 2026-06-30."]
    assert told(down)[1] == ["100 points were taken by staff for the reason misuse."]
    assert told(large)[1][0].endswith("Approved by a second person.")
    assert told(large, "zh-CN")[1] == ["工作人员增加 5000 积分，原因：goodwill。有效期至 2026-06-30。已由第二人审批。"]
    assert told(latest(shop))[1] == ["5 points that were set aside are free again."]


def test_gifts_activities_partners_and_tiers_are_explained(shop: Shop, wiring: Wiring) -> None:
    """Each by its own name in the programme, and the tier with why it changed."""
    play_by(wiring, transfers={"enabled": True}, activities=ACTIVITIES, partners=PARTNERS, tier_offers=OFFERS)
    shop.buy(600_00)
    activity = own("activities", {"activity": "sign_in"}).json["entry_id"]
    credit = {"source": "air", "reference": "e1", "member_id": MEMBER_ID, "partner": "air", "partner_points": 400}
    partner = TILL.post("/v1/partner-credits", credit).json["entry_id"]
    gift = own("transfers", {"member_id": FRIEND_ID, "points": 10}).json["entry_id"]
    tier = own("tier-purchases", {"offer": "silver_half_year"}).json["entry_id"]

    assert told(activity)[1][0].startswith("2 points for the activity “Sign-in”. They can be used through")
    assert told(partner)[1][0].startswith("100 points in exchange for 400 points of Air.")
    assert told(gift) == ("A gift given", ["10 points were given to another member."])
    assert told(tier)[1] == [
        "500 points bought the tier Silver through 2025-12-31.",
        "The tier changed from Ordinary to Silver: it was bought with points.",
    ]


def test_points_from_another_system_are_explained(shop: Shop, wiring: Wiring) -> None:
    """Taken over, with the day on which they end."""
    command = OpenBalance("opn_1", 80, date(2025, 12, 31), "old-system", "o1", "machine:importer")
    wiring.operations.record(Fact("opn_1", "hash"), Buyer(MEMBER_ID), command)

    assert told(latest(shop)) == (
        "An opening balance",
        ["80 points were taken over from another system. They can be used through 2025-12-31."],
    )


def test_ends_and_reminders_are_explained(shop: Shop, wiring: Wiring) -> None:
    """That points end soon, that they have ended, that activity carried them on, and that the account's end took them."""
    play_by(wiring, expiry={"policy": "inactivity", "months": 1, "reminder_days": 5})
    shop.buy(10_00)
    shop.clock.move(days=30)
    shop.buy(10_00, "later")
    extended = told(latest(shop))[1]
    shop.pass_days(56)
    reminded = told(latest(shop))[1]
    shop.pass_days(6)
    ended = told(latest(shop))[1]
    shop.buy(5_00, "last")
    MANAGER.post(f"/v1/members/{MEMBER_ID}/closure", {"reason": "left", "at_once": True}, headers={"Idempotency-Key": "c"})

    assert extended[:2] == ["10 points no longer end on 2025-07-31, as the member was active.", "10 points last through 2025-08-31 now."]
    assert reminded == ["20 points end soon: 2025-08-31 is the last day they can be used."]
    assert ended == ["20 points ended: 2025-08-31 was the last day they could be used."]
    assert told(latest(shop)) == ("The end of the account", ["5 points were forfeited with the end of the account."])


@pytest.mark.requirement("TIER-16")
def test_the_tiers_history_is_complete_with_cause_and_evidence(shop: Shop, wiring: Wiring) -> None:
    """Promotion, override with both names, its end, review and demotion: each with dates, cause, figures and who; in pages."""
    review = {"window": "calendar_quarter", "demotion": "to_qualified", "grace_days": 0}
    play_by(wiring, qualification=review)
    shop.buy(1_000_00)
    decide(override("gold", ends_on="2025-06-30").json["approval_id"])
    shop.pass_days(31)
    shop.pass_days(92)
    whole = ME.get("/v1/me/tier/history").json["items"]
    pages, query = [], {"limit": "1"}
    while True:
        page = AGENT.get(f"/v1/members/{MEMBER_ID}/tier/history", query=query).json
        pages += page["items"]
        if page["next_cursor"] is None:
            break
        query = {"limit": "1", "cursor": page["next_cursor"]}

    changes = [(change["cause"], change["from_tier"], change["to_tier"]) for item in reversed(whole) for change in item["changes"]]
    assert changes == [
        ("qualified", "ordinary", "silver"),
        ("override", "silver", "gold"),
        ("grant_ended", "gold", "silver"),
        ("review", "silver", "ordinary"),
    ]
    outcomes = [(evaluation["outcome"], evaluation["first_month"]) for item in reversed(whole) for evaluation in item["evaluations"]]
    assert outcomes == [("upgraded", "2025-04"), ("kept", "2025-04"), ("demoted", "2025-07")]
    assert whole[-1]["purchase_id"].startswith("pur_")
    assert (whole[-2]["actor"], whole[-2]["detail"]["approved_by"]) == ("staff:agent", "staff:manager")
    assert pages == whole


@pytest.mark.requirement("TIER-04")
def test_an_evaluation_can_be_done_again_from_what_it_kept(shop: Shop, wiring: Wiring) -> None:
    """Its figures under its version give the tier it says, for an upgrade by a purchase as for a review."""
    play_by(wiring, qualification={"window": "calendar_quarter", "demotion": "one_down", "grace_days": 0})
    shop.buy(2_500_00)
    shop.pass_days(31)
    shop.buy(300_00, "less")
    shop.pass_days(92)
    evaluations = [evaluation for item in ME.get("/v1/me/tier/history").json["items"] for evaluation in item["evaluations"]]

    assert [(evaluation["outcome"], evaluation["tier"], evaluation["qualified"]) for evaluation in evaluations] == [
        ("demoted", "gold", "ordinary"),
        ("kept", "gold", "gold"),
        ("upgraded", "ordinary", "gold"),
    ]
    for evaluation in evaluations:
        programme = wiring.program.history().number(evaluation["program_version"]).programme
        figures = {Factor(figure["factor"]): figure["value"] for figure in evaluation["figures"]}
        assert programme.tier_for(figures).code == evaluation["qualified"]


@pytest.mark.requirement("TIER-12")
def test_a_member_in_grace_sees_what_is_missing_and_until_when(shop: Shop, wiring: Wiring) -> None:
    """The tier stays with a deadline and the shortfall; making it up ends the grace, and the night after the deadline takes nothing."""
    play_by(wiring, qualification={"window": "calendar_quarter", "demotion": "to_qualified", "grace_days": 30})
    shop.buy(1_000_00)
    shop.pass_days(30)
    shop.pass_days(92)
    tier = ME.get("/v1/me/tier").json
    grace_told = told(latest(shop))[1]
    shop.buy(1_000_00, "made-up")
    after = ME.get("/v1/me/tier").json
    shop.pass_days(32)
    beyond = ME.get("/v1/me/tier").json

    assert (tier["tier"]["code"], tier["grace"]) == (
        "silver",
        {"until": "2025-10-30", "shortfall": [{"factor": "spend", "value": 1_000_00}]},
    )
    assert grace_told[-1] == (
        "The figures from 2025-07 through 2025-09 qualify for Ordinary: the tier stays for a time in which what is missing can be made up."
    )
    assert (after["tier"]["code"], after["grace"]) == ("silver", None)
    assert (beyond["tier"]["code"], beyond["review_on"]) == ("silver", "2026-01-01")
    assert ME.get("/v1/me/tier/history").json["items"][0]["evaluations"][-1]["outcome"] == "made_up"


@pytest.mark.requirement("PTS-14", "PTS-16")
def test_the_pages_of_a_statement_add_up_to_the_balance(shop: Shop, wiring: Wiring) -> None:
    """After purchases, holds, uses, refunds, gifts and corrections the entries of all pages sum to what is available."""
    play_by(wiring, transfers={"enabled": True}, earning={"return_window_days": 3})
    for number in range(6):
        shop.buy(100_00, f"r{number}")
        shop.pass_days(4)
        shop.refund(f"f{number}", f"r{number}", amount=number * 10_00 + 1)
    hold_id = shop.hold(100).json["hold_id"]
    CHECKOUT.post(f"/v1/holds/{hold_id}/commit", {"points": 60})
    shop.hold(20, "open")
    shop.redeem(30)
    adjust(7)
    own("transfers", {"member_id": FRIEND_ID, "points": 5})
    shop.buy(50_00, "pending")
    total, query = 0, {"limit": "3"}
    while True:
        page = ME.get("/v1/me/points/entries", query=query).json
        total += sum(entry["points"] for entry in page["items"])
        if page["next_cursor"] is None:
            break
        query = {"limit": "3", "cursor": page["next_cursor"]}

    points = shop.points()
    assert total == points["available"] > 0
    assert (points["held"], points["pending"], points["spent_total"]) == (20, 50, 90)
