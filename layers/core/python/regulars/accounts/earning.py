"""What a purchase earns: a rate by line, multipliers and bonuses on top, one rounding (program.earning; laws F2, L6)."""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import date, timedelta

from msgspec import Struct

from regulars.accounts.entries import EarnedLine, Line
from regulars.accounts.model import NEVER
from regulars.kernel.clock import add_months, month_end, month_of
from regulars.kernel.money import minor_units
from regulars.program.earning import BASE_RULE, BonusEffect, Caps, Conditions, EarningRule, MultiplierEffect, RateEffect
from regulars.program.model import Programme
from regulars.program.policies import ExpiryPolicy

type Room = Callable[[str, Caps], int | None]
"""Answers how many points a rule (or, without a name, the programme) may still give, by its caps per day and member."""


class Basket(Struct, frozen=True):
    """A purchase as the rules look at it; day, weekday and hour in the programme's zone, money in minor units."""

    lines: Sequence[Line]
    tier: str
    day: date
    hour: int
    channel: str
    store_id: str
    campaigns: tuple[str, ...] = ()
    segments: frozenset[str] = frozenset()
    birth_month: int | None = None
    is_first: bool = False
    paid_otherwise: int = 0


class Part(Struct, frozen=True):
    """What one rule gave, in all and line by line."""

    rule: str
    points: int
    line_points: tuple[int, ...]


class Earned(Struct, frozen=True):
    """The points of a purchase by rule and line, and on what sum at what base rate."""

    parts: tuple[Part, ...]
    lines: tuple[EarnedLine, ...]
    eligible_amount: int
    rate_thousandths: int

    @property
    def points(self) -> int:
        """Points in all."""
        return sum(part.points for part in self.parts)

    def without_points(self) -> "Earned":
        """The same sums, and no points for them."""
        return replace(self, parts=(), lines=tuple(replace(line, points=0) for line in self.lines))


def earn(programme: Programme, basket: Basket, room: Room = lambda _rule, _caps: None) -> Earned:
    """What a purchase earns, in the stated order of `program.earning`."""
    rate = programme.tiers[programme.tier_index(basket.tier)].points_per_unit_thousandths
    gross = [line.amount if _is_eligible(programme, line) else 0 for line in basket.lines]
    eligible = _unpaid(sum(gross), sum(line.amount for line in basket.lines), basket.paid_otherwise)
    weights = split(eligible, gross)
    holding = [rule for rule in programme.earning.rules if _holds(rule.when, basket, eligible)]
    parts = [*_by_rates(programme, basket, holding, weights, rate), *_bonuses(basket, holding, weights)]
    parts = _capped(programme, parts, room)
    line_points = [sum(part.line_points[place] for part in parts) for place in range(len(basket.lines))]
    lines = tuple(EarnedLine(*item) for item in zip(basket.lines, line_points, weights, strict=True))
    return Earned(tuple(part for part in parts if part.points), lines, eligible, rate)


def _unpaid(eligible: int, total: int, paid_otherwise: int) -> int:
    """The eligible sum less its share of what points and vouchers paid."""
    return eligible * (total - min(paid_otherwise, total)) // total if total else 0


def _is_eligible(programme: Programme, line: Line) -> bool:
    earning = programme.earning
    return not line.is_reward and line.category not in earning.excluded_categories and line.sku not in earning.excluded_skus


def _holds(when: Conditions, basket: Basket, eligible: int) -> bool:
    """Whether the conditions of a purchase hold; those of lines choose lines."""
    return all(
        (
            not when.tiers or basket.tier in when.tiers,
            not when.channels or basket.channel in when.channels,
            not when.stores or basket.store_id in when.stores,
            eligible >= when.amount_from,
            not when.weekdays or basket.day.isoweekday() in when.weekdays,
            when.hours is None or when.hours.holds(basket.hour),
            not when.birthday_month or basket.birth_month == basket.day.month,
            not when.first_purchase or basket.is_first,
            not when.segments or bool(basket.segments & set(when.segments)),
            when.campaign is None or when.campaign in basket.campaigns,
            when.starts_on is None or basket.day >= when.starts_on,
            when.ends_on is None or basket.day <= when.ends_on,
        )
    )


def _means(when: Conditions, line: Line) -> bool:
    return (
        (not when.categories or line.category in when.categories)
        and (not when.skus or line.sku in when.skus)
        and (not when.brands or line.brand in when.brands)
    )


def _by_rates(programme: Programme, basket: Basket, holding: list[EarningRule], weights: Sequence[int], tier_rate: int) -> list[Part]:
    """Rates and multipliers: exact shares, summed, rounded down once, split by largest remainder."""
    shares: dict[str, list[int]] = {BASE_RULE: [0] * len(weights)}
    for place, (line, weight) in enumerate(zip(basket.lines, weights, strict=True)):
        meant = [rule for rule in holding if _means(rule.when, line)]
        replacing = next(((rule.code, rule.effect) for rule in meant if isinstance(rule.effect, RateEffect)), None)
        code, rate = (replacing[0], replacing[1].points_per_unit_thousandths) if replacing else (BASE_RULE, tier_rate)
        shares.setdefault(code, [0] * len(weights))[place] = weight * rate * 1000
        for rule in meant:
            if isinstance(rule.effect, MultiplierEffect):
                shares.setdefault(rule.code, [0] * len(weights))[place] = weight * rate * (rule.effect.thousandths - 1000)
    exact = [sum(of_lines) for of_lines in shares.values()]
    points = sum(exact) // (1_000_000 * minor_units(programme.currency))
    return [
        Part(code, part, split(part, of_lines))
        for (code, of_lines), part in zip(shares.items(), split(points, exact), strict=True)
    ]  # fmt: skip


def _bonuses(basket: Basket, holding: list[EarningRule], weights: Sequence[int]) -> list[Part]:
    parts = []
    for rule in holding:
        meant = [_means(rule.when, line) for line in basket.lines]
        if isinstance(rule.effect, BonusEffect) and any(meant):
            of_lines = [weight if is_meant else 0 for weight, is_meant in zip(weights, meant, strict=True)]
            shares = of_lines if sum(of_lines) else [int(is_meant) for is_meant in meant]
            parts.append(Part(rule.code, rule.effect.points, split(rule.effect.points, shares)))
    return parts


def _capped(programme: Programme, parts: list[Part], room: Room) -> list[Part]:
    """First each rule's own caps, then the programme's, the last rule's points first."""
    caps = {rule.code: rule.caps for rule in programme.earning.rules}
    limits = {rule: _lowest(of_rule.per_order, room(rule, of_rule)) for rule, of_rule in caps.items()}
    cut = [_limited(part, limits.get(part.rule)) for part in parts]
    left = _lowest(programme.earning.caps.per_order, room("", programme.earning.caps))
    if left is None:
        return cut
    kept = []
    for part in cut:
        kept.append(_limited(part, left))
        left -= kept[-1].points
    return kept


def _lowest(*limits: int | None) -> int | None:
    return min((max(0, limit) for limit in limits if limit is not None), default=None)


def _limited(part: Part, limit: int | None) -> Part:
    return part if limit is None or part.points <= limit else replace(part, points=limit, line_points=split(limit, part.line_points))


def split(points: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Points in proportion to weights, by largest remainder (first line first among equals); the parts add up to the whole."""
    total = sum(weights)
    if not total:
        return (0,) * len(weights)
    shares = [points * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(points * weights[place] % total))
    for place in by_remainder[: points - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def expiry_of(programme: Programme, earned_on: date) -> date:
    """The last day on which points earned on a day can be used (PTS-11)."""
    expiry = programme.expiry
    if expiry.policy is ExpiryPolicy.NEVER:
        return NEVER
    if expiry.policy is ExpiryPolicy.FIXED_DAYS:
        return earned_on + timedelta(days=expiry.days)
    last = month_end(add_months(month_of(earned_on), expiry.months))
    return date(last.year, 12, 31) if expiry.policy is ExpiryPolicy.CALENDAR_YEAR_END else last


def available_from(programme: Programme, earned_on: date) -> date:
    """The first day on which points earned on a day can be used."""
    return earned_on + timedelta(days=programme.earning.return_window_days)
