"""What must come out, computed in the plainest way from the facts alone: no lots, no settling, no code of the product.

It learns of each commit in the order in which the store accepted it, and says what the answer, the balance and the tier must be.
"""

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars.program.model import Programme, ProgrammeHistory, Tier

BEGINNING, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """A purchase as it was sent."""

    reference: str
    member_id: str
    occurred_at: datetime
    lines: tuple[tuple[str, str, int], ...]
    is_import: bool = False


@dataclass(frozen=True)
class Earned:
    """What one recorded purchase gave: points, first and last usable day."""

    points: int
    usable_from: date
    ends_on: date | None

    def has_ended(self, today: date) -> bool:
        """Whether the points can no longer be used on a day."""
        return self.ends_on is not None and self.ends_on < today


@dataclass
class ModelAccount:
    """All that is known of one member."""

    tiers: list[tuple[datetime, str]]
    looked_at: datetime
    evaluated_at: datetime = BEGINNING
    earned: list[Earned] = field(default_factory=list)
    orders: list[tuple[str, int, int]] = field(default_factory=list)
    first_at: datetime = END
    recorded: set[str] = field(default_factory=set)

    @property
    def tier(self) -> str:
        """The tier now."""
        return self.tiers[-1][1]

    def tier_at(self, instant: datetime) -> str:
        """The tier in force at an instant."""
        return next(tier for at, tier in reversed(self.tiers) if at <= instant)


@dataclass(frozen=True)
class Expected:
    """What the answer to a purchase must say."""

    points: int
    balance: int
    pending: int
    tier: str


def day_of(instant: datetime, programme: Programme) -> date:
    """The business date of an instant."""
    return instant.astimezone(ZoneInfo(programme.time_zone)).date()


def months_later(day: date, months: int) -> tuple[int, int]:
    """Year and month that lie some months after a day's."""
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


def _date_after(day: date, months: int) -> tuple[int, int, int]:
    """The day some months later as a triple, which compares also where a month has no such day."""
    return (*months_later(day, months), day.day)


class Model:
    """The reference: members by id."""

    def __init__(self, history: ProgrammeHistory) -> None:
        self.history = history
        self.accounts: dict[str, ModelAccount] = {}

    def programme(self, instant: datetime) -> Programme:
        """The rules in force at an instant."""
        return self.history.at(instant).programme

    def commit(self, fact: Fact, now: datetime) -> Expected:
        """A purchase was accepted at `now`: what must it have come to?"""
        if fact.member_id not in self.accounts:
            as_of = min(fact.occurred_at, now) if fact.is_import else now
            self.accounts[fact.member_id] = ModelAccount([(BEGINNING, self.programme(as_of).tiers[0].code)], as_of)
        account = self.accounts[fact.member_id]
        as_of = fact.occurred_at if fact.is_import and account.evaluated_at <= fact.occurred_at < now else now
        self._follow_versions(account, as_of)
        rules = self.programme(fact.occurred_at)
        amount = self._eligible(rules, fact)
        is_late = fact.occurred_at < as_of - timedelta(minutes=5)
        rate = self._rate(rules, account.tier_at(fact.occurred_at) if is_late else account.tier)
        account.earned.append(self._earned(rules, fact, amount * rate // 100_000))
        day = day_of(fact.occurred_at, rules)
        account.orders.append((f"{day.year:04d}-{day.month:02d}", amount, account.earned[-1].points))
        account.first_at = min(account.first_at, fact.occurred_at)
        account.recorded.add(fact.reference)
        self._raise_tier(account, as_of)
        account.evaluated_at = max(account.evaluated_at, as_of)
        member_id = fact.member_id
        return Expected(account.earned[-1].points, self.available(member_id, as_of), self.pending(member_id, as_of), account.tier)

    def settled(self, member_id: str, now: datetime) -> None:
        """A settlement was recorded: imports cannot go back before it."""
        account = self.accounts[member_id]
        self._follow_versions(account, now)
        account.evaluated_at = max(account.evaluated_at, now)

    def tier(self, member_id: str, now: datetime) -> str:
        """The tier at an instant, whether or not a job ran."""
        account = self.accounts[member_id]
        self._follow_versions(account, now)
        return account.tier

    def _follow_versions(self, account: ModelAccount, instant: datetime) -> None:
        """A tier may rise when new rules begin; one that they do not have becomes their highest."""
        for version in self.history.versions:
            start = version.effective_from
            if account.looked_at < start <= instant:
                account.looked_at = start
                codes = [tier.code for tier in version.programme.tiers]
                if account.tier not in codes:
                    account.tiers.append((start, codes[-1]))
                if account.orders:
                    self._raise_tier(account, start)

    def _eligible(self, rules: Programme, fact: Fact) -> int:
        excluded = rules.earning
        return sum(
            amount
            for sku, category, amount in fact.lines
            if sku not in excluded.excluded_skus and category not in excluded.excluded_categories
        )

    def _rate(self, rules: Programme, tier: str) -> int:
        return next(
            (item.points_per_unit_thousandths for item in rules.tiers if item.code == tier), rules.tiers[0].points_per_unit_thousandths
        )

    def _earned(self, rules: Programme, fact: Fact, points: int) -> Earned:
        day = day_of(fact.occurred_at, rules)
        usable = day + timedelta(days=rules.earning.return_window_days)
        if rules.expiry.policy == "never":
            return Earned(points, usable, None)
        year, month = months_later(day, rules.expiry.months)
        return Earned(points, usable, date(year, month, calendar.monthrange(year, month)[1]))

    def _raise_tier(self, account: ModelAccount, as_of: datetime) -> None:
        rules = self.programme(as_of)
        today = day_of(as_of, rules)
        year, month = months_later(today, -rules.qualification.months)
        low, high = f"{year:04d}-{month:02d}", f"{today.year:04d}-{today.month:02d}"
        counted = [(amount, points) for name, amount, points in account.orders if low <= name <= high]
        months = {name for name, _amount, _points in account.orders if low <= name <= high}
        first = day_of(account.first_at, rules)
        loyalty = 0
        while _date_after(first, loyalty + 1) <= (today.year, today.month, today.day):
            loyalty += 1
        figures = (sum(amount for amount, _ in counted), len(counted), sum(points for _, points in counted), len(months), loyalty)
        codes = [tier.code for tier in rules.tiers]
        reached = max(place for place, tier in enumerate(rules.tiers) if self._reaches(rules, tier, figures))
        if reached > (codes.index(account.tier) if account.tier in codes else 0):
            account.tiers.append((as_of, codes[reached]))

    @staticmethod
    def _reaches(rules: Programme, tier: Tier, figures: tuple[int, ...]) -> bool:
        asked = (tier.spend_from, tier.orders_from, tier.points_from, tier.active_months_from, tier.loyalty_months_from)
        held = [figure >= threshold for figure, threshold in zip(figures, asked, strict=True) if threshold]
        return not held or (all(held) if rules.qualification.match == "all" else any(held))

    def available(self, member_id: str, now: datetime) -> int:
        """Points that can be used at an instant, whether or not a job ran."""
        today = self._today(member_id, now)
        return sum(item.points for item in self._earned_of(member_id) if item.usable_from <= today and not item.has_ended(today))

    def pending(self, member_id: str, now: datetime) -> int:
        """Points that wait at an instant."""
        today = self._today(member_id, now)
        return sum(item.points for item in self._earned_of(member_id) if item.usable_from > today)

    def expired(self, member_id: str, now: datetime) -> int:
        """Points that have ended by an instant."""
        today = self._today(member_id, now)
        return sum(item.points for item in self._earned_of(member_id) if item.usable_from <= today and item.has_ended(today))

    def earned(self, member_id: str) -> int:
        """Points earned in all."""
        return sum(item.points for item in self._earned_of(member_id))

    def _today(self, member_id: str, now: datetime) -> date:
        """The business date, which a clock that steps back does not turn back for what was recorded (law X6)."""
        account = self.accounts.get(member_id)
        latest = max(now, account.evaluated_at) if account else now
        return day_of(latest, self.programme(latest))

    def _earned_of(self, member_id: str) -> list[Earned]:
        account = self.accounts.get(member_id)
        return account.earned if account else []
