"""Random programmes over all policies: small thresholds and short lives, so that everything happens within a history."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.presets import preset
from tests.simulation.facts import Starts
from tests.support.accounts import changed

ZONES = ("Asia/Shanghai", "America/New_York", "UTC")
PROGRAMMES = 120
"""How many programmes there are in each zone."""

SKUS = (("milk", "food", "a"), ("bread", "food", ""), ("voucher", "gift_card", ""), ("soap", "household", "b"))
CRITERIA: tuple[tuple[str, dict[str, int]], ...] = (
    ("all", {}),
    ("all", {"orders_from": 2}),
    ("any", {"orders_from": 4, "points_from": 700}),
    ("any", {"active_months_from": 2, "loyalty_months_from": 3}),
)
"""How tiers are reached besides spend: the lowest one's thresholds, which are multiplied tier by tier."""

_WORDS = {"en": "a", "zh_cn": "甲"}


def _conditions(rng: random.Random) -> dict[str, Any]:
    return rng.choice(
        (
            {},
            {"categories": ("food",)},
            {"skus": ("milk", "soap"), "channels": ("store",)},
            {"brands": ("a",)},
            {"tiers": ("silver", "gold")},
            {"stores": ("s",), "amount_from": 30_000},
            {"weekdays": (1, 2, 3, 6)},
            {"hours": {"from_hour": 20, "to_hour": 9}},
            {"hours": {"from_hour": 8, "to_hour": 18}},
            {"birthday_month": True},
            {"first_purchase": True},
            {"segments": ("fans",)},
            {"campaign": "spring"},
            {"starts_on": "2026-02-10", "ends_on": "2026-11-20"},
        )
    )


def _rule(rng: random.Random, number: int) -> dict[str, Any]:
    effect = rng.choice(
        (
            {"kind": "rate", "points_per_unit_thousandths": rng.choice((0, 333, 4000))},
            {"kind": "multiplier", "thousandths": rng.choice((1500, 2000, 3333))},
            {"kind": "bonus", "points": rng.choice((7, 50))},
        )
    )
    caps = {} if effect["kind"] == "rate" else _caps(rng)
    return {"code": f"rule_{number}", "name": _WORDS, "when": _conditions(rng), "effect": effect, "caps": caps}


def _caps(rng: random.Random) -> dict[str, int]:
    by_order, by_day = {"per_order": rng.choice((5, 400))}, {"per_day": rng.choice((60, 600))}
    by_member = {"per_member": rng.choice((90, 900))}
    return rng.choice(({}, {}, by_order, by_day, by_member, {**by_order, **by_day, **by_member}))


def _expiry(rng: random.Random) -> dict[str, Any]:
    policies: tuple[dict[str, Any], ...] = (
        {"policy": "fixed_months_end_of_month", "months": rng.choice((1, 3, 12))},
        {"policy": "fixed_days", "days": rng.choice((5, 40, 365))},
        {"policy": "calendar_year_end", "months": rng.choice((0, 12))},
        {"policy": "inactivity", "months": rng.choice((1, 2))},
        {"policy": "never"},
    )
    return {**rng.choice(policies), "reminder_days": rng.choice((0, 10, 30))}


def _using(rng: random.Random) -> dict[str, Any]:
    return {
        "redemption": {
            "points_per_unit": rng.choice((100, 3)),
            "order_share_percent": rng.choice((50, 100)),
            "points_min": rng.choice((1, 10)),
            "step": rng.choice((1, 1, 5)),
            "hold_minutes": rng.choice((30, 1440, 10_080)),
            "cancellation_days": rng.choice((1, 30)),
        },
        "refunds": {
            "policy": rng.choice(("only_pending", "within_balance", "allow_debt", "allow_debt")),
            "return_grace_days": rng.choice((0, 5, 30)),
        },
    }


def _abuse_limits(rng: random.Random) -> dict[str, int]:
    every = {
        "points_per_order": rng.choice((50, 900)),
        "points_per_day": rng.choice((300, 1200)),
        "orders_per_day": rng.choice((1, 2)),
        "refunds_per_month": rng.choice((0, 1)),
    }
    chosen = rng.choice(((),) * 7 + tuple((name,) for name in every) + (tuple(every),))
    return {"hold_days": rng.choice((1, 10, 30)), **{name: every[name] for name in chosen}}


def _policies(rng: random.Random) -> dict[str, Any]:
    rules = [_rule(rng, number) for number in range(rng.choice((0, 0, 1, 2, 3)))]
    return {
        "qualification": {
            "window": rng.choice(("rolling_months", "calendar_quarter", "calendar_year", "anniversary_year")),
            "months": rng.choice((1, 3, 12)),
            "cycle": rng.choice(("monthly", "quarterly", "yearly")),
            "demotion": rng.choice(("off", "review", "one_down", "one_down", "to_qualified", "to_qualified")),
            "grace_days": rng.choice((0, 7, 30, 90)),
        },
        "expiry": _expiry(rng),
        "earning": {
            "return_window_days": rng.choice((0, 0, 7, 40)),
            "rules": rules,
            "caps": _caps(rng),
            **rng.choice(({}, {}, {"excluded_categories": ("gift_card",), "excluded_skus": ("bread",)})),
        },
        "adjustments": {"reason_codes": ("correction", "goodwill"), "approval_above_points": rng.choice((0, 100, 1000))},
        "transfers": {
            "enabled": rng.random() < 0.7,
            "points_max": rng.choice((50, 5000)),
            "monthly_points_max": rng.choice((80, 10_000)),
            "monthly_count_max": rng.choice((1, 10)),
        },
        "partners": [
            {"code": "air", "name": _WORDS, "rate_thousandths": rng.choice((333, 2500)), "monthly_points_max": rng.choice((60, 10_000))}
        ],
        "activities": [
            {"code": f"by_{period}", "name": _WORDS, "points": rng.choice((1, 20)), "period": period, "times": rng.choice((1, 2))}
            | {"self_service": rng.random() < 0.5}
            for period in ("day", "month", "year", "ever")
        ],
        "tier_offers": [
            {"code": f"to_{tier}", "tier": tier, "points": rng.choice((10, 90)), "months": rng.choice((1, 3))}
            for tier in ("silver", "gold")
        ],
        "abuse_limits": _abuse_limits(rng),
        "closure": {"run_off_days": rng.choice((0, 10, 30)), "remaining": rng.choice(("forfeit", "compensate"))},
        "late_window_days": rng.choice((3, 30, 30)),
    }  # fmt: skip


@cache
def programme(zone: str, number: int) -> Programme:
    """Programme `number` of a zone."""
    rng = random.Random(number)
    base = preset(rng.choice(("four", "five")))
    match, more = rng.choice((CRITERIA[0], *CRITERIA))
    cheaper = rng.choice((1, 4))
    steps = [{name: value * place for name, value in more.items()} if place else {} for place in range(len(base.tiers))]
    tiers = [{**tier.model_dump(), "spend_from": tier.spend_from // cheaper, **step} for tier, step in zip(base.tiers, steps, strict=True)]
    parts = {**_policies(rng), **_using(rng)}
    parts["qualification"]["match"] = match
    return changed(base, tiers=tiers, time_zone=zone, **parts)


def random_history(rng: random.Random, now: datetime) -> ProgrammeHistory:
    """One to three versions; the later ones begin within the history's time, some of them with a month."""
    zone = rng.choice(ZONES)
    starts = [datetime(2000, 1, 1, tzinfo=UTC)]
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
        starts.append(max(starts[-1], now) + timedelta(days=rng.randint(1, 60), minutes=rng.randrange(1440)))
    if len(starts) > 1 and rng.random() < 0.4:
        starts[1] = _month_after(starts[1], zone)
    numbers = [rng.randrange(PROGRAMMES) for _ in starts]
    versions = [
        ProgrammeVersion(number=place, effective_from=start, programme=programme(zone, number))
        for place, (start, number) in enumerate(zip(sorted(starts), numbers, strict=True), 1)
    ]
    return ProgrammeHistory(tuple(versions))


def random_starts(rng: random.Random, history: ProgrammeHistory, members: Sequence[str], now: datetime) -> Starts:
    """Some members joined at a tier above the lowest, at once or up to two years ago (TIER-14)."""
    starts = dict[str, tuple[str, datetime]]()
    for member in members:
        since = now - rng.choice((timedelta(), timedelta(minutes=rng.randrange(60 * 1440)), timedelta(minutes=rng.randrange(730 * 1440))))
        if rng.random() < 0.4:
            starts[member] = rng.choice(history.at(since).programme.tiers[1:]).code, since
    return starts


def _month_after(instant: datetime, zone: str) -> datetime:

    local = instant.astimezone(ZoneInfo(zone))
    return datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
