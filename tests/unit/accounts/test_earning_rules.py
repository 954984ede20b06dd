"""Earning rules: which hold, in what order they work, how they are capped, and one rounding."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from regulars.accounts.earning import Earned, earn, expiry_of
from regulars.accounts.entries import Line, PostingKind
from regulars.accounts.ledger import apply
from regulars.accounts.model import NEVER, new_account
from regulars.accounts.progress import settled
from regulars.program.model import Programme
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, basket, changed, history, purchase
from tests.support.refunds import refund

START = datetime(2000, 1, 1, tzinfo=UTC)
TEA, CUP = Line("tea", "drinks", 1, 100_00, "leaf"), Line("cup", "household", 1, 50_00)


def rule(code: str, effect: dict[str, object], **more: object) -> dict[str, object]:
    """A rule as JSON."""
    return {"code": code, "name": {"en": code, "zh_cn": code}, "effect": effect, **more}


def double(code: str = "double", **more: object) -> dict[str, object]:
    return rule(code, {"kind": "multiplier", "thousandths": 2000}, **more)


def bonus(points: int, code: str = "bonus", **more: object) -> dict[str, object]:
    return rule(code, {"kind": "bonus", "points": points}, **more)


def programme(*rules: dict[str, object], **earning: object) -> Programme:
    return changed(preset("four"), earning={"rules": list(rules), **earning})


def by_rule(earned: Earned) -> dict[str, int]:
    return {part.rule: part.points for part in earned.parts}


@pytest.mark.parametrize(
    ("when", "facts", "holds"),
    [
        ({"tiers": ["gold"]}, {"tier": "gold"}, True),
        ({"tiers": ["gold"]}, {}, False),
        ({"channels": ["app"]}, {"channel": "app"}, True),
        ({"channels": ["app"]}, {}, False),
        ({"stores": ["s1"]}, {}, True),
        ({"stores": ["s2"]}, {}, False),
        ({"amount_from": 150_00}, {}, True),
        ({"amount_from": 150_01}, {}, False),
        ({"weekdays": [7]}, {}, True),
        ({"weekdays": [6]}, {}, False),
        ({"hours": {"from_hour": 12, "to_hour": 13}}, {}, True),
        ({"hours": {"from_hour": 13, "to_hour": 24}}, {}, False),
        ({"hours": {"from_hour": 22, "to_hour": 13}}, {}, True),
        ({"hours": {"from_hour": 22, "to_hour": 6}}, {}, False),
        ({"birthday_month": True}, {"birth_month": 3}, True),
        ({"birthday_month": True}, {"birth_month": 4}, False),
        ({"birthday_month": True}, {}, False),
        ({"first_purchase": True}, {"is_first": True}, True),
        ({"first_purchase": True}, {}, False),
        ({"segments": ["new", "lost"]}, {"segments": frozenset({"lost"})}, True),
        ({"segments": ["new"]}, {}, False),
        ({"campaign": "spring"}, {"campaigns": ("spring",)}, True),
        ({"campaign": "spring"}, {}, False),
        ({"starts_on": "2026-03-15", "ends_on": "2026-03-15"}, {}, True),
        ({"starts_on": "2026-03-16"}, {}, False),
        ({"ends_on": "2026-03-14"}, {}, False),
    ],
)
def test_a_rule_holds_when_all_its_conditions_do(when: dict[str, object], facts: dict[str, object], holds: bool) -> None:  # noqa: FBT001  # a table
    """On Sunday 15 March 2026, noon, store s1, 150.00: each condition by itself."""
    earned = earn(programme(bonus(7, when=when)), basket([TEA, CUP], **{"tier": "ordinary", **facts}))  # type: ignore[arg-type]

    assert holds == ("bonus" in by_rule(earned))


@pytest.mark.parametrize("when", [{"categories": ["drinks"]}, {"skus": ["tea"]}, {"brands": ["leaf"]}])
def test_conditions_of_a_line_choose_the_lines(when: dict[str, object]) -> None:
    """Double points on tea are 100 more, all on its line."""
    earned = earn(programme(double(when=when)), basket([TEA, CUP]))

    assert {"base": 150, "double": 100} == by_rule(earned)
    assert [200, 50] == [line.points for line in earned.lines]


def test_multipliers_work_on_the_base_alone_in_any_order() -> None:
    """Double and triple give 1 + 1 + 2 times the base, whichever stands first (law C3)."""
    triple = rule("triple", {"kind": "multiplier", "thousandths": 3000})
    one, other = (earn(programme(*rules), basket([TEA])) for rules in ((double(), triple), (triple, double())))

    assert {"base": 100, "double": 100, "triple": 200} == by_rule(one)
    assert by_rule(one) == by_rule(other)


def test_the_first_rate_rule_replaces_the_tiers_rate() -> None:
    """Fresh food at 3 points per unit, whatever comes after; other lines keep the tier's rate."""
    fresh = rule("fresh", {"kind": "rate", "points_per_unit_thousandths": 3000}, when={"categories": ["drinks"]})
    later = rule("later", {"kind": "rate", "points_per_unit_thousandths": 9000})

    assert {"fresh": 300, "later": 450} == by_rule(earn(programme(fresh, later), basket([TEA, CUP])))
    assert {"base": 50, "fresh": 300} == by_rule(earn(programme(fresh), basket([TEA, CUP])))


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12), st.sampled_from([1100, 1333, 2500]))
def test_one_rounding_and_the_parts_add_up(amounts: list[int], thousandths: int) -> None:
    """Points are the floor of the exact sum over all rules; rules and lines share exactly that (law L6)."""
    lines = [Line(f"s{number}", "c", 1, amount) for number, amount in enumerate(amounts)]
    earned = earn(programme(rule("more", {"kind": "multiplier", "thousandths": thousandths})), basket(lines, tier="silver"))

    assert sum(amounts) * 1200 * thousandths // (100 * 1000 * 1000) == earned.points
    assert earned.points == sum(line.points for line in earned.lines) == sum(sum(part.line_points) for part in earned.parts)


def test_what_is_excluded_earns_nothing() -> None:
    """Gift cards, lines that are a reward, and the part that points or vouchers paid (peers.md: loops)."""
    rules = programme(excluded_categories=["gift_card"], excluded_skus=["bag"])
    lines = [TEA, Line("card", "gift_card", 1, 100_00), Line("bag", "x", 1, 5_00), Line("gift", "drinks", 1, 30_00, is_reward=True)]

    assert (100, 100_00) == (earn(rules, basket(lines)).points, earn(rules, basket(lines)).eligible_amount)
    assert 75 == earn(rules, basket([TEA], paid_otherwise=25_00)).points
    assert 0 == earn(rules, basket([TEA], paid_otherwise=500_00)).points


def test_a_bonus_is_shared_by_the_lines_it_is_for() -> None:
    """In proportion to what they cost; on free lines alone it goes to the first (refunds need it by line)."""
    shared = earn(programme(bonus(30)), basket([TEA, CUP]))
    free = earn(programme(bonus(30)), basket([replace(TEA, amount=0), replace(CUP, amount=0)]))

    assert [120, 60] == [line.points for line in shared.lines]
    assert [15, 15] == [line.points for line in free.lines]


def test_caps_by_order_cut_the_rule_then_the_whole() -> None:
    """A rule gives at most its cap; the programme's cap cuts the last rule's points first."""
    rules = programme(double(caps={"per_order": 40}), bonus(30), caps={"per_order": 180})

    assert {"base": 150, "double": 30} == by_rule(earn(rules, basket([TEA, CUP])))
    assert {"base": 150, "double": 40, "bonus": 30} == by_rule(
        earn(programme(double(caps={"per_order": 40}), bonus(30)), basket([TEA, CUP]))
    )


def test_caps_by_day_and_member_go_on_over_purchases() -> None:
    """50 a day and 80 in all: 50, then 0, the next day 30, then nothing more."""
    programmes = history((START, programme(bonus(50, caps={"per_day": 50, "per_member": 80}))))
    account = new_account(MEMBER, programmes.at(NOON), NOON)
    given = []
    for number, hours in enumerate((0, 1, 24, 48)):
        at = NOON + timedelta(hours=hours)
        outcome = apply(account, purchase(1_00, reference=f"r{number}", occurred_at=at), programmes, at)
        assert outcome.entry is not None
        given.append(sum(posting.points for posting in outcome.entry.postings if posting.kind is PostingKind.EARN_BONUS))
        account = outcome.account

    assert [50, 0, 30, 0] == given


def test_the_programmes_cap_by_day_counts_everything() -> None:
    """120 points a day: 100 of the first purchase, 20 of the second."""
    programmes = history((START, programme(caps={"per_day": 120})))
    account = apply(new_account(MEMBER, programmes.at(NOON), NOON), purchase(100_00), programmes, NOON).account

    assert 120 == apply(account, purchase(100_00, reference="r2"), programmes, NOON).account.available


@pytest.mark.parametrize(
    ("earning", "field"),
    [
        ({"rules": [bonus(1), bonus(2)]}, ("earning", "rules", 1, "code")),
        ({"rules": [bonus(1, code="base")]}, ("earning", "rules", 0, "code")),
        ({"rules": [bonus(1, when={"tiers": ["diamond"]})]}, ("earning", "rules", 0, "when", "tiers", 0)),
        (
            {"rules": [rule("r", {"kind": "rate", "points_per_unit_thousandths": 1}, caps={"per_day": 1})]},
            ("earning", "rules", 0, "caps"),
        ),
    ],
)
def test_an_unfit_rule_is_refused_by_its_field(earning: dict[str, object], field: tuple[object, ...]) -> None:
    """A code twice or reserved, a tier there is not, caps on a rate."""
    with pytest.raises(ValidationError) as refused:
        changed(preset("four"), earning=earning)

    assert field in {error["loc"] for error in refused.value.errors()}


@pytest.mark.parametrize(
    ("expiry", "last_day"),
    [
        ({"policy": "fixed_months_end_of_month", "months": 12}, date(2027, 3, 31)),
        ({"policy": "fixed_days", "days": 90}, date(2026, 6, 13)),
        ({"policy": "calendar_year_end", "months": 12}, date(2027, 12, 31)),
        ({"policy": "calendar_year_end", "months": 0}, date(2026, 12, 31)),
        ({"policy": "inactivity", "months": 6}, date(2026, 9, 30)),
        ({"policy": "never"}, NEVER),
    ],
)
def test_each_expiry_policy_gives_its_last_day(expiry: dict[str, object], last_day: date) -> None:
    """Earned on 15 March 2026 (PTS-11)."""
    assert last_day == expiry_of(changed(preset("four"), expiry=expiry), date(2026, 3, 15))


def test_activity_carries_all_points_on() -> None:
    """Under `inactivity` a purchase moves the end of what is left; six months without one end everything."""
    programmes = history((START, changed(preset("four"), expiry={"policy": "inactivity", "months": 6})))
    account = apply(new_account(MEMBER, programmes.at(NOON), NOON), purchase(10_00), programmes, NOON).account
    later = NOON + timedelta(days=60)
    account = apply(account, purchase(5_00, reference="r2", occurred_at=later), programmes, later).account

    assert {date(2026, 11, 30): 15} == account.lots
    assert 0 == settled(account, programmes, NOON + timedelta(days=300)).available


def test_activity_carries_pending_points_on_too_and_a_refund_finds_them() -> None:
    """What waits for the return window moves with the rest; returning the first purchase takes its points where they are now."""
    expiry, earning = {"policy": "inactivity", "months": 6}, {"return_window_days": 90}
    programmes = history((START, changed(preset("four"), expiry=expiry, earning=earning)))
    bought = apply(new_account(MEMBER, programmes.at(NOON), NOON), purchase(10_00), programmes, NOON)
    later = NOON + timedelta(days=60)
    account = apply(bought.account, purchase(5_00, reference="r2", occurred_at=later), programmes, later).account
    assert {date(2026, 11, 30)} == {lot for lots in account.pending.values() for lot in lots}
    usable = NOON + timedelta(days=200)
    account = settled(account, programmes, usable)
    assert bought.entry is not None

    assert 15 == account.available
    assert 5 == apply(account, refund(bought.entry, 10_00), programmes, usable).account.available


def test_a_new_policy_shortens_no_lot() -> None:
    """Points earned under `never` stay for ever after the programme has changed (law X7)."""
    june = NOON + timedelta(days=90)
    programmes = history((START, changed(preset("four"), expiry={"policy": "never"})), (june, preset("four")))
    account = apply(new_account(MEMBER, programmes.at(NOON), NOON), purchase(10_00), programmes, NOON).account
    account = apply(account, purchase(5_00, reference="r2", occurred_at=june), programmes, june).account

    assert {date(2027, 6, 30): 5, NEVER: 10} == account.lots
