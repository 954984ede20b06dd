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


@cache
def programme(tiers: str, expiry: int, earning: int, zone: str, window: int) -> Programme:
    """One of the programmes."""
    return changed(
        preset("four" if tiers == "four" else "five"),
        time_zone=zone,
        expiry=EXPIRIES[expiry],
        earning=EARNINGS[earning],
        qualification={"window": "rolling_months", "months": window},
    )


def random_history(rng: random.Random, now: datetime) -> ProgrammeHistory:
    """One or two versions; the second begins within the history's time."""
    zone, window = rng.choice(ZONES), rng.choice((2, 12))

    def some() -> Programme:
        return programme(rng.choice(("four", "five")), rng.randrange(len(EXPIRIES)), rng.randrange(len(EARNINGS)), zone, window)

    versions = [ProgrammeVersion(number=1, effective_from=datetime(2000, 1, 1, tzinfo=UTC), programme=some())]
    if rng.random() < 0.3:
        start = now + timedelta(days=rng.randint(1, 60))
        versions.append(ProgrammeVersion(number=2, effective_from=start, programme=some()))
    return ProgrammeHistory(tuple(versions))
