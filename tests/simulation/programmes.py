"""Random programmes: small thresholds and short lives of points, so that upgrades and expiry happen within a history."""

import random
from datetime import UTC, datetime, timedelta
from functools import cache

from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.presets import preset
from tests.support.accounts import changed

EXPIRIES = (
    {"policy": "fixed_months_end_of_month", "months": 1, "reminder_days": 10},
    {"policy": "fixed_months_end_of_month", "months": 3, "reminder_days": 30},
    {"policy": "fixed_months_end_of_month", "months": 12, "reminder_days": 0},
    {"policy": "never", "months": 12, "reminder_days": 30},
)
EARNINGS: tuple[dict[str, object], ...] = (
    {},
    {"return_window_days": 7},
    {"excluded_categories": ("gift_card",), "excluded_skus": ("bread",)},
)
ZONES = ("Asia/Shanghai", "America/New_York", "UTC")


CRITERIA: tuple[tuple[str, dict[str, int]], ...] = (
    ("all", {}),
    ("all", {"orders_from": 2}),
    ("any", {"orders_from": 4, "points_from": 700}),
    ("any", {"active_months_from": 2, "loyalty_months_from": 3}),
)
"""How tiers are reached besides spend: the lowest one's thresholds, which are multiplied tier by tier."""


@cache
def programme(tiers: str, zone: str, window: int, parts: tuple[int, int, int]) -> Programme:
    """One of the programmes; `parts` are the places of its expiry, earning and criteria."""
    expiry, earning, criteria = parts
    base = preset("four" if tiers == "four" else "five")
    match, more = CRITERIA[criteria]
    steps = [{name: value * number for name, value in more.items()} if number else {} for number in range(len(base.tiers))]
    return changed(
        base,
        tiers=[{**tier.model_dump(), **step} for tier, step in zip(base.tiers, steps, strict=True)],
        time_zone=zone,
        expiry=EXPIRIES[expiry],
        earning=EARNINGS[earning],
        qualification={"window": "rolling_months", "months": window, "match": match},
    )


def random_history(rng: random.Random, now: datetime) -> ProgrammeHistory:
    """One or two versions; the second begins within the history's time."""
    zone, window = rng.choice(ZONES), rng.choice((2, 12))

    def some() -> Programme:
        parts = (rng.randrange(len(EXPIRIES)), rng.randrange(len(EARNINGS)), rng.choice((0, 0, *range(len(CRITERIA)))))
        return programme(rng.choice(("four", "five")), zone, window, parts)

    versions = [ProgrammeVersion(number=1, effective_from=datetime(2000, 1, 1, tzinfo=UTC), programme=some())]
    if rng.random() < 0.3:
        start = now + timedelta(days=rng.randint(1, 60))
        versions.append(ProgrammeVersion(number=2, effective_from=start, programme=some()))
    return ProgrammeHistory(tuple(versions))
