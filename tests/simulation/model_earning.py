"""What a purchase must earn, from the stated order of the rules alone: exact fractions first, one rounding, caps last."""

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulars.program.earning import Conditions, EarningRule
from regulars.program.model import Programme
from tests.simulation.facts import Buy, Sold
from tests.simulation.model_account import FOREVER, last_day_of, month_number

MINOR = 100
"""The simulation's programmes count in a currency of hundredths."""


@dataclass(frozen=True)
class Gain:
    """What one purchase gave: by rule and line (rules in order), and on what amounts."""

    by_rule: dict[str, list[int]]
    eligible: list[int]

    @property
    def points(self) -> int:
        """Points in all."""
        return sum(sum(lines) for lines in self.by_rule.values())

    def of_line(self, place: int) -> int:
        """Points of one line."""
        return sum(lines[place] for lines in self.by_rule.values())


def shared(whole: int, weights: Sequence[int]) -> list[int]:
    """A whole number in proportion to weights: floors, and the rest one by one to the largest remainders, earlier ones first."""
    total = sum(weights)
    if total == 0:
        return [0 for _ in weights]
    parts = [whole * weight // total for weight in weights]
    while sum(parts) < whole:
        missing = [whole * weight - part * total for weight, part in zip(weights, parts, strict=True)]
        parts[missing.index(max(missing))] += 1
    return parts


def gain(
    rules: Programme, buy: Buy, tier: str, at: datetime, paid_otherwise: int, *, is_first: bool, left: Callable[[str], int | None]
) -> Gain:
    """What the rules give; `at` is the purchase's local time, `left` what a rule's counters (or the programme's, "") still allow."""
    amounts = [0 if _is_excluded(rules, line) else line.amount for line in buy.lines]
    total = sum(line.amount for line in buy.lines)
    unpaid = total - min(paid_otherwise, total)
    eligible = shared(sum(amounts) * unpaid // total if total else 0, amounts)
    holding = [rule for rule in rules.earning.rules if _holds(rule.when, buy, tier, at, sum(eligible), is_first=is_first)]
    found = _by_rates(rules, buy, tier, holding, eligible)
    for rule in holding:
        meant = [_means(rule.when, line) for line in buy.lines]
        if rule.effect.kind == "bonus" and any(meant):
            weights = [part if is_meant else 0 for part, is_meant in zip(eligible, meant, strict=True)]
            found[rule.code] = shared(rule.effect.points, weights if any(weights) else [int(is_meant) for is_meant in meant])
    return Gain(_capped(rules, found, left), eligible)


def _is_excluded(rules: Programme, line: Sold) -> bool:
    return line.is_reward or line.category in rules.earning.excluded_categories or line.sku in rules.earning.excluded_skus


def _by_rates(rules: Programme, buy: Buy, tier: str, holding: list[EarningRule], eligible: list[int]) -> dict[str, list[int]]:
    base = next((item for item in rules.tiers if item.code == tier), rules.tiers[0]).points_per_unit_thousandths
    exact: dict[str, list[int]] = {"base": [0] * len(eligible)}
    for place, line in enumerate(buy.lines):
        name, rate, meant = "base", base, [rule for rule in holding if _means(rule.when, line)]
        for rule in reversed(meant):
            if rule.effect.kind == "rate":
                name, rate = rule.code, rule.effect.points_per_unit_thousandths
        exact.setdefault(name, [0] * len(eligible))[place] = eligible[place] * rate * 1000
        for rule in meant:
            if rule.effect.kind == "multiplier":
                exact.setdefault(rule.code, [0] * len(eligible))[place] = eligible[place] * rate * (rule.effect.thousandths - 1000)
    whole = sum(sum(lines) for lines in exact.values()) // (1000 * 1000 * MINOR)
    of_rules = shared(whole, [sum(lines) for lines in exact.values()])
    return {name: shared(points, exact[name]) for name, points in zip(exact, of_rules, strict=True)}


def _capped(rules: Programme, found: dict[str, list[int]], left: Callable[[str], int | None]) -> dict[str, list[int]]:
    caps = {rule.code: rule.caps.per_order for rule in rules.earning.rules}
    room = _least(rules.earning.caps.per_order, left(""))
    kept = {}
    for name, lines in found.items():
        most = _least(caps.get(name), left(name))
        points = sum(lines) if most is None else min(sum(lines), most)
        own = lines if points == sum(lines) else shared(points, lines)
        if room is not None:
            points = min(points, room)
            room -= points
        kept[name] = own if points == sum(own) else shared(points, own)
    return {name: lines for name, lines in kept.items() if sum(lines)}


def _least(*limits: int | None) -> int | None:
    known = [max(0, limit) for limit in limits if limit is not None]
    return min(known) if known else None


def _holds(when: Conditions, buy: Buy, tier: str, at: datetime, eligible: int, *, is_first: bool) -> bool:
    wanted = (
        (True, eligible >= when.amount_from),
        (when.tiers, tier in when.tiers),
        (when.channels, buy.channel in when.channels),
        (when.stores, buy.store in when.stores),
        (when.weekdays, at.weekday() + 1 in when.weekdays),
        (when.hours, when.hours and _is_within(at.hour, when.hours.from_hour, when.hours.to_hour)),
        (when.birthday_month, buy.birth_month == at.month),
        (when.first_purchase, is_first),
        (when.segments, any(segment in buy.segments for segment in when.segments)),
        (when.campaign, when.campaign in buy.campaigns),
        (when.starts_on, when.starts_on and when.starts_on <= at.date()),
        (when.ends_on, when.ends_on and at.date() <= when.ends_on),
    )
    return all(holds for is_asked, holds in wanted if is_asked)


def _is_within(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start <= end else hour >= start or hour < end


def _means(when: Conditions, line: Sold) -> bool:
    wanted = ((when.categories, line.category), (when.skus, line.sku), (when.brands, line.brand))
    return all(not allowed or value in allowed for allowed, value in wanted)


def last_day(rules: Programme, earned_on: date) -> date:
    """The last day on which points earned on a day can be used."""
    expiry = rules.expiry
    if expiry.policy == "never":
        return FOREVER
    if expiry.policy == "fixed_days":
        return earned_on + timedelta(days=expiry.days)
    month = month_number(earned_on) + expiry.months
    if expiry.policy == "calendar_year_end":
        return date(month // 12, 12, 31)
    assert last_day_of(month).day == calendar.monthrange(month // 12, month % 12 + 1)[1]
    return last_day_of(month)
