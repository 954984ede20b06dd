"""The whole terms of a programme as anyone can read them from `GET /v1/program`: what the books of a full year are kept by."""

from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from regulars_local.demo.rules import RulesNotCoveredError, TierRule

type WindowName = Literal["rolling_months", "calendar_quarter", "calendar_year", "anniversary_year"]

WINDOWS: tuple[WindowName, ...] = ("rolling_months", "calendar_quarter", "calendar_year", "anniversary_year")

PENDING_DAYS = 14
GRACE_DAYS = 30
_WINDOW_MONTHS = {"calendar_quarter": 3, "calendar_year": 12, "anniversary_year": 12}
_CYCLE_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a full year is reckoned by; money in minor units, rates in thousandths of a point per currency unit.

    `window_months` is how long a calendar or anniversary window is, or how many months before the present one a rolling one has;
    `cycle_months` is how often a review comes.
    """

    zone: ZoneInfo
    currency: str
    tiers: tuple[TierRule, ...]
    window: WindowName
    window_months: int
    cycle_months: int
    grace_days: int
    expiry_months: int
    reminder_days: int
    pending_days: int
    points_per_unit: int
    order_share_percent: int
    hold_minutes: int
    return_grace_days: int


def changes_for(window: WindowName, preset: dict[str, Any]) -> dict[str, Any]:
    """The parts that make of a preset the programme of a full year: this window, demotion with grace, points that wait.

    A quarter is a fourth of a year, and so are its thresholds.
    """
    tiers = [dict(tier) for tier in preset["tiers"]]
    for tier in tiers:
        tier["spend_from"] //= 4 if window == "calendar_quarter" else 1
    qualification = {"window": window, "months": 12, "cycle": "quarterly", "demotion": "one_down", "grace_days": GRACE_DAYS}
    return {"tiers": tiers, "qualification": qualification, "earning": {"return_window_days": PENDING_DAYS}}


def read_terms(answer: dict[str, Any]) -> Terms:
    """The terms in an answer of `GET /v1/program`.

    Raises:
        RulesNotCoveredError: there is a rule that the books do not know.
    """
    programme = answer["programme"]
    expiry, earning, qualification = programme["expiry"], programme["earning"], programme["qualification"]
    refunds, redemption = programme["refunds"], programme["redemption"]
    known = {
        "expiry": expiry["policy"] == "fixed_months_end_of_month",
        "earning": not (earning["rules"] or earning["excluded_categories"] or earning["excluded_skus"]),
        "demotion": qualification["demotion"] == "one_down",
        "refunds": refunds["policy"] == "allow_debt",
        "redemption": (redemption["points_min"], redemption["step"]) == (1, 1),
    }
    if unknown := [name for name, is_known in known.items() if not is_known]:
        raise RulesNotCoveredError(", ".join(unknown))
    window = qualification["window"]
    return Terms(
        zone=ZoneInfo(programme["time_zone"]),
        currency=programme["currency"],
        tiers=tuple(
            TierRule(tier["code"], tier["name"], tier["spend_from"], tier["points_per_unit_thousandths"]) for tier in programme["tiers"]
        ),
        window=window,
        window_months=_WINDOW_MONTHS.get(window, qualification["months"]),
        cycle_months=_WINDOW_MONTHS.get(window) or _CYCLE_MONTHS[qualification["cycle"]],
        grace_days=qualification["grace_days"],
        expiry_months=expiry["months"],
        reminder_days=expiry["reminder_days"],
        pending_days=earning["return_window_days"],
        points_per_unit=redemption["points_per_unit"],
        order_share_percent=redemption["order_share_percent"],
        hold_minutes=redemption["hold_minutes"],
        return_grace_days=refunds["return_grace_days"],
    )
