"""The programme's rules as anyone can read them from `GET /v1/program`: all that the independent calculation knows."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo


class RulesNotCoveredError(Exception):
    """The programme uses a rule that the demo's calculation does not know; the message names it."""


@dataclass(frozen=True, slots=True)
class TierRule:
    """From which spend in the window (minor units) a tier is reached, and thousandths of a point it gives per currency unit."""

    code: str
    name: dict[str, str]
    spend_from: int
    rate_thousandths: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Tiers from the lowest up; spend counts in the current month and `window_months` before it.

    Points end with the month that lies `expiry_months` after the day they were earned; `reminder_days` before, the member is told.
    """

    zone: ZoneInfo
    currency: str
    tiers: tuple[TierRule, ...]
    window_months: int
    expiry_months: int
    reminder_days: int
    excluded_categories: tuple[str, ...] = ()
    excluded_skus: tuple[str, ...] = ()


def read_rules(answer: dict[str, Any]) -> Rules:
    """The rules in an answer of `GET /v1/program`.

    Raises:
        RulesNotCoveredError: points wait before they can be used, or never end.
    """
    programme = answer["programme"]
    expiry, earning = programme["expiry"], programme["earning"]
    if earning["return_window_days"] or expiry["policy"] != "fixed_months_end_of_month":
        raise RulesNotCoveredError(f"return window {earning['return_window_days']}, expiry {expiry['policy']}")
    return rules_of(answer)


def rules_of(answer: dict[str, Any]) -> Rules:
    """The same, whatever else the programme has: for who reckons by its whole terms."""
    programme = answer["programme"]
    expiry, earning = programme["expiry"], programme["earning"]
    return Rules(
        zone=ZoneInfo(programme["time_zone"]),
        currency=programme["currency"],
        tiers=tuple(
            TierRule(tier["code"], tier["name"], tier["spend_from"], tier["points_per_unit_thousandths"]) for tier in programme["tiers"]
        ),
        window_months=programme["qualification"]["months"],
        expiry_months=expiry["months"],
        reminder_days=expiry["reminder_days"],
        excluded_categories=tuple(earning["excluded_categories"]),
        excluded_skus=tuple(earning["excluded_skus"]),
    )
