"""An account as plain facts, from the calculation and from the stack, so that the two can be laid side by side.

A fact is (what it is about, which one, which figure) and its value: `("purchase", "31198437603", "points")` is `12`. Days are
`YYYY-MM-DD` in the programme's zone, instants whole seconds in UTC, tiers codes, amounts minor units.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from regulars_local.demo.expectation import Expectation
from regulars_local.demo.replaying import Answer
from regulars_local.demo.rules import Rules
from regulars_local.demo.statements import Statement

type Key = tuple[str, str, str]
type Facts = dict[Key, object]

_TIER_TOLD: Key = ("message", "", "tier_changed")


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that is not the same on both sides; `None` where a side does not have it."""

    household: int
    key: Key
    expected: object
    found: object


def differences(household: int, expected: Facts, found: Facts) -> list[Difference]:
    """Every fact that one side lacks or has otherwise."""
    return [
        Difference(household, key, expected.get(key), found.get(key))
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]


def overlook_superseded(expected: Facts, found: Facts) -> None:
    """An import raises a tier twice within seconds: of such changes a member need only be told the last one."""
    told, wanted = found[_TIER_TOLD], expected[_TIER_TOLD]
    if isinstance(told, int) and isinstance(wanted, int) and 0 < told < wanted:
        expected[_TIER_TOLD] = told


def expected_facts(expectation: Expectation, rules: Rules) -> Facts:
    """One household's facts by the calculation (its frames hold this household alone)."""
    codes = [tier.code for tier in rules.tiers]
    facts: Facts = {}
    for row in expectation.purchases.itertuples():
        facts |= _about("purchase", row.basket, {
            "at": _second(row.at), "amount": row.amount, "eligible": row.eligible, "points": row.points, "answered": row.points,
            "expires_on": _day(row.expires_on) if row.points else None, "rate": row.rate_thousandths if row.points else None,
            "tier_used": codes[row.tier_before], "tier": codes[row.tier], "balance": row.balance,
        })  # fmt: skip
    for number, row in enumerate(expectation.upgrades.itertuples(), 1):
        facts |= _about("upgrade", number, {"at": _second(row.at), "from": codes[row.from_tier], "to": codes[row.to_tier]})
    for row in expectation.expiries.itertuples():
        facts |= _about("expiry", _day(row.expires_on), {"points": row.points, "on": _day(row.on)})
    return facts | _expected_account(expectation, codes)


def _expected_account(expectation: Expectation, codes: list[str]) -> Facts:
    earned, expired = int(expectation.purchases["points"].sum()), int(expectation.expiries["points"].sum())
    tier = codes[expectation.purchases["tier"].max()] if len(expectation.purchases) else codes[0]
    told = {
        "welcome": 1,
        "tier_changed": len(expectation.upgrades),
        "points_expiring": len(expectation.reminders),
        "points_expired": len(expectation.expiries),
    }
    account = {"earned": earned, "expired": expired, "balance": earned - expired, "tier": tier, "gaps": 0, "breaks": 0}
    return _about("account", "", account) | _about("message", "", told)


def found_facts(statement: Statement, answers: Mapping[int, Answer], zone: ZoneInfo) -> Facts:
    """One household's facts by the stack: what the till was answered and what the statement, tier and messages say."""
    facts: Facts = {}
    upgrades = 0
    for entry in statement.entries:
        if entry["reference"] is not None:
            facts |= _of_purchase(entry, answers.get(int(entry["reference"])))
        for change in entry["tier_changes"]:
            upgrades += 1
            facts |= _about("upgrade", upgrades, {"at": _instant(change["at"]), "from": change["from_tier"], "to": change["to_tier"]})
    return facts | _expiries_of(statement.entries, zone) | _found_account(statement)


def _of_purchase(entry: dict[str, Any], answer: Answer | None) -> Facts:
    earned = [posting for posting in entry["postings"] if posting["kind"] == "earn"]
    figures = {
        "at": _instant(entry["effective_at"]), "amount": entry["amount"], "points": sum(posting["points"] for posting in earned),
        "expires_on": earned[0]["expires_on"] if earned else None, "balance": entry["balance_after"],
    }  # fmt: skip
    if answer:
        figures |= {"eligible": answer.eligible, "answered": answer.points, "rate": answer.rate_thousandths,
                    "tier_used": answer.tier_before, "tier": answer.tier}  # fmt: skip
    return _about("purchase", entry["reference"], figures)


def _expiries_of(entries: Iterable[dict[str, Any]], zone: ZoneInfo) -> Facts:
    """What ended of each lot and on which day; several days of one lot are told as one text, which nothing expects."""
    points: Counter[str] = Counter()
    days: dict[str, list[str]] = {}
    for entry in entries:
        for posting in entry["postings"]:
            if posting["kind"] == "expire":
                points[posting["expires_on"]] -= posting["points"]
                days.setdefault(posting["expires_on"], []).append(_day(datetime.fromisoformat(entry["effective_at"]).astimezone(zone)))
    facts: Facts = {}
    for lot, on in days.items():
        facts |= _about("expiry", lot, {"points": points[lot], "on": ", ".join(on)})
    return facts


def _found_account(statement: Statement) -> Facts:
    points, entries = statement.points, statement.entries
    told = Counter(message["template"] for message in statement.messages)
    return _about("account", "", {
        "earned": points["lifetime_points"], "expired": points["expired_total"], "balance": points["available"],
        "tier": statement.tier["tier"]["code"], "gaps": _gaps(entries), "breaks": _breaks(entries),
    }) | _about("message", "", {name: told[name] for name in ("welcome", "tier_changed", "points_expiring", "points_expired")})  # fmt: skip


def _gaps(entries: tuple[dict[str, Any], ...]) -> int:
    """How many entries are not one version after the one before."""
    return sum(entry["version"] != number for number, entry in enumerate(entries, 1))


def _breaks(entries: tuple[dict[str, Any], ...]) -> int:
    """How many entries' balance is not the one before plus their points."""
    before = {"balance_after": 0}
    return sum(after["balance_after"] - last["balance_after"] != after["points"] for last, after in pairwise((before, *entries)))


def _about(subject: str, which: object, figures: Mapping[str, object]) -> Facts:
    return {(subject, str(which), name): value for name, value in figures.items()}


def _second(instant: Any) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _instant(text: str) -> str:
    return _second(datetime.fromisoformat(text).astimezone(UTC))


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"
