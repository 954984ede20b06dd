"""The stack's statement beside the calculation: what agrees, and that every wrong figure is seen."""

from copy import deepcopy
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from regulars_local.demo.expectation import expect
from regulars_local.demo.facts import Facts, differences, expected_facts, found_facts, overlook_superseded
from regulars_local.demo.replaying import Answer
from regulars_local.demo.rules import Rules, TierRule, read_rules
from regulars_local.demo.statements import Statement

SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = Rules(
    SHANGHAI, "CNY", (TierRule("ordinary", {}, 0, 1000), TierRule("silver", {}, 1_000_00, 1200)), window_months=12, expiry_months=12,
    reminder_days=30,
)  # fmt: skip
ANSWERS = {1: Answer(1000, 100_000, "ordinary", "silver", 1000), 2: Answer(6, 500, "silver", "silver", 1200),
           3: Answer(0, 0, "silver", "silver", None)}  # fmt: skip


def expected() -> Facts:
    """1,000.00 on 5 January reaches silver, 5.00 on the 6th earns 6, a basket of 0 on the 7th; all ends on 1 February next year."""
    at = pd.to_datetime(["2026-01-05T02:00:00Z", "2026-01-06T02:00:00Z", "2026-01-07T02:00:00Z"])
    purchases = pd.DataFrame({"household": 7, "basket": [1, 2, 3], "at": at, "recorded_at": at, "amount": [100_000, 500, 0],
                              "eligible": [100_000, 500, 0]})  # fmt: skip
    return expected_facts(expect(purchases, RULES, [date(2027, 1, 1), date(2027, 2, 1)]), RULES)


def entry(version: int, at: str, points: int, balance: int, **more: Any) -> dict[str, Any]:
    """An entry of the statement."""
    blank: dict[str, Any] = {"postings": [], "reference": None, "amount": None, "tier_changes": []}
    return {**blank, "version": version, "effective_at": at, "points": points, "balance_after": balance, **more}


def earned(points: int) -> list[dict[str, Any]]:
    return [{"kind": "earn", "points": points, "expires_on": "2027-01-31"}]


def statement() -> Statement:
    """What the stack says when all is right."""
    change = {"at": "2026-01-05T02:00:00.000Z", "from_tier": "ordinary", "to_tier": "silver"}
    told = ["verification_code", "welcome", "tier_changed", "points_expiring", "points_expired"]
    return Statement(
        points={"lifetime_points": 1006, "expired_total": 1006, "available": 0},
        tier={"tier": {"code": "silver"}},
        entries=(
            entry(1, "2026-01-05T02:00:00.000Z", 1000, 1000, postings=earned(1000), reference="1", amount=100_000, tier_changes=[change]),
            entry(2, "2026-01-06T02:00:00.000Z", 6, 1006, postings=earned(6), reference="2", amount=500),
            entry(3, "2026-01-07T02:00:00.000Z", 0, 1006, reference="3", amount=0),
            entry(4, "2026-12-31T16:00:00.000Z", 0, 1006),
            entry(5, "2027-01-31T16:00:00.000Z", -1006, 0, postings=[{"kind": "expire", "points": -1006, "expires_on": "2027-01-31"}]),
        ),
        messages=tuple({"template": template, "channel": "email"} for template in told),
    )


def test_a_right_statement_has_no_difference() -> None:
    """Purchases, upgrade, expiry, account and messages agree, each figure of them."""
    found = found_facts(statement(), ANSWERS, SHANGHAI)
    assert [] == differences(7, expected(), found)
    assert "2027-02-01" == found["expiry", "2027-01-31", "on"]


def wrong(path: tuple[str | int, ...], value: object) -> Statement:
    """The right statement with one figure changed."""
    right = statement()
    parts: dict[str, Any] = deepcopy(
        {"points": right.points, "tier": right.tier, "entries": list(right.entries), "messages": right.messages}
    )
    place: Any = parts
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return Statement(parts["points"], parts["tier"], tuple(parts["entries"]), tuple(parts["messages"]))


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("entries", 0, "postings", 0, "points"), 999, ("purchase", "1", "points")),
        (("entries", 0, "postings", 0, "expires_on"), "2027-02-28", ("purchase", "1", "expires_on")),
        (("entries", 1, "balance_after"), 1007, ("purchase", "2", "balance")),
        (("entries", 1, "amount"), 501, ("purchase", "2", "amount")),
        (("entries", 0, "tier_changes", 0, "at"), "2026-01-05T02:00:01Z", ("upgrade", "1", "at")),
        (("entries", 1, "reference"), None, ("purchase", "2", "points")),
        (("entries", 4, "postings", 0, "points"), -1005, ("expiry", "2027-01-31", "points")),
        (("entries", 4, "effective_at"), "2027-02-01T16:00:00Z", ("expiry", "2027-01-31", "on")),
        (("entries", 4, "version"), 6, ("account", "", "gaps")),
        (("entries", 4, "balance_after"), 1, ("account", "", "breaks")),
        (("points", "available"), 1, ("account", "", "balance")),
        (("tier", "tier", "code"), "ordinary", ("account", "", "tier")),
        (("messages",), (), ("message", "", "welcome")),
    ],
)
def test_a_wrong_figure_is_seen(path: tuple[str | int, ...], value: object, key: tuple[str, str, str]) -> None:
    """One changed figure of the statement is a difference under its own name."""
    found = differences(7, expected(), found_facts(wrong(path, value), ANSWERS, SHANGHAI))
    assert key in [difference.key for difference in found]


def test_a_wrong_rate_told_to_the_till_is_seen() -> None:
    """The tier and the rate that were used come from the till's answer."""
    answers = {**ANSWERS, 2: Answer(6, 500, "ordinary", "silver", 1000)}
    found = differences(7, expected(), found_facts(statement(), answers, SHANGHAI))
    assert [("purchase", "2", "rate"), ("purchase", "2", "tier_used")] == [difference.key for difference in found]


def test_an_entry_nobody_expected_is_seen() -> None:
    """A purchase that the data do not hold differs in every figure."""
    right = statement()
    more = Statement(
        right.points, right.tier, (*right.entries, entry(6, "2027-02-02T00:00:00Z", 0, 0, reference="9", amount=0)), right.messages
    )
    found = differences(7, expected(), found_facts(more, ANSWERS, SHANGHAI))
    assert {("purchase", "9")} == {difference.key[:2] for difference in found}


@pytest.mark.parametrize(("told", "is_difference"), [(1, False), (2, False), (0, True), (3, True)])
def test_of_two_rises_within_an_import_the_last_is_enough(told: int, is_difference: bool) -> None:  # noqa: FBT001
    """Of two expected messages one may have been superseded; none, or one too many, is a difference."""
    wanted: Facts = {("message", "", "tier_changed"): 2}
    found: Facts = {("message", "", "tier_changed"): told}
    overlook_superseded(wanted, found)
    assert is_difference == bool(differences(7, wanted, found))


def test_what_the_till_is_told_is_read_with_its_rate() -> None:
    """A rate of 1.2 is 1,200 thousandths; without points there is no rate."""
    answer = {"points_earned": 6, "eligible_amount": 500, "tier_before": "silver", "tier": "silver",
              "parts": [{"explanation": {"params": {"rate": "1.2"}}}]}  # fmt: skip
    assert Answer(6, 500, "silver", "silver", 1200) == Answer.of(answer)
    assert Answer.of({**answer, "parts": []}).rate_thousandths is None


def test_the_rules_are_read_from_the_public_programme() -> None:
    """The answer of `GET /v1/program` is all there is; a rule the calculation does not cover is refused."""
    programme = {
        "time_zone": "Asia/Shanghai", "currency": "CNY", "qualification": {"months": 12},
        "expiry": {"policy": "fixed_months_end_of_month", "months": 12, "reminder_days": 30},
        "earning": {"excluded_categories": [], "excluded_skus": [], "return_window_days": 0},
        "tiers": [{"code": "ordinary", "name": {}, "spend_from": 0, "points_per_unit_thousandths": 1000},
                  {"code": "silver", "name": {}, "spend_from": 100_000, "points_per_unit_thousandths": 1200}],
    }  # fmt: skip
    assert RULES == read_rules({"programme": programme})
    with pytest.raises(Exception, match="return window 7"):
        read_rules({"programme": {**programme, "earning": {**programme["earning"], "return_window_days": 7}}})  # type: ignore[dict-item]
