"""One household's account kept by hand: an independent calculation of a full year, event by event.

It knows what was asked of the stack, when, and the terms of `GET /v1/program`; it shares no code with the product. What it writes
are lines: each is what one entry of the stack's ledger must be.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from regulars_local.demo.book_lines import Line
from regulars_local.demo.journey import MINOR_UNITS
from regulars_local.demo.terms import Terms
from regulars_local.demo.tier_books import TierBooks


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase as it was recorded: what each line cost and gave, where its points went, which points paid for it."""

    day: date
    amounts: tuple[int, ...]
    eligible: tuple[int, ...]
    points: tuple[int, ...]
    lot: date
    usable_on: date
    paid: tuple[tuple[date, int], ...]


@dataclass(slots=True)
class Returned:
    """What was refunded of a purchase so far: by line, by amount, and what that came to."""

    by_line: Counter[int] = field(default_factory=Counter)
    by_amount: int = 0
    points: int = 0
    spend: int = 0
    given_back: int = 0


def shares(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """A whole in proportion to weights: rounded down, what is left to the largest remainders, the first among equals."""
    table = pd.DataFrame({"weight": list(weights)}, dtype="object")
    total = sum(weights)
    if not total:
        return (0,) * len(weights)
    table["part"] = [whole * weight // total for weight in weights]
    table["rest"] = [whole * weight % total for weight in weights]
    left = whole - sum(table["part"])
    table.loc[table["rest"].astype("float64").sort_values(ascending=False, kind="stable").index[:left], "part"] += 1
    return tuple(int(part) for part in table["part"])


class Household:
    """One account, taken through time; `lines` grows with each call."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.lines: list[Line] = []
        self.lots: Counter[date] = Counter()
        self.pending: Counter[tuple[date, date]] = Counter()
        self.holds: dict[str, tuple[datetime, Counter[date]]] = {}
        self.debt = 0
        self.tiers = TierBooks(terms)
        self.reminded_through: date | None = None
        self.bought: dict[str, Bought] = {}
        self.returned: dict[str, Returned] = {}

    # --- what happens -----------------------------------------------------------------------------------------------
    def night(self, at: datetime) -> bool:
        """The settlement of a night; answers whether anything was due."""
        line = Line("settlement", at)
        if not self.lines:
            return False
        self._settle(line, at)
        return self._write(line) if not line.is_empty else False

    def buy(self, reference: str, amounts: Sequence[int], at: datetime, hold: str | None = None) -> None:
        """A purchase, with a hold that pays a part."""
        line, day = self._begin("purchase", at), self._day(at)
        paid = self._use_hold(line, hold, None, at) if hold else []
        money = sum(points for _, points in paid) * MINOR_UNITS // self.terms.points_per_unit
        total = sum(amounts)
        eligible = total * (total - min(money, total)) // total if total else 0
        by_line = shares(eligible, amounts)
        points = eligible * self.tiers.tier.rate_thousandths // (1000 * MINOR_UNITS)
        lot = self._month_end(day, self.terms.expiry_months)
        usable_on = day + timedelta(days=self.terms.pending_days)
        if points and usable_on > day:
            self.pending[usable_on, lot] += points
            line.moves["earn pending", f"{lot}"] += points
        elif points:
            self._credit(line, "earn", lot, points)
        self.bought[reference] = Bought(day, tuple(amounts), by_line, shares(points, by_line), lot, usable_on, tuple(paid))
        self.returned[reference] = Returned()
        self.tiers.begin(day)
        self.tiers.add(day, eligible)
        self.tiers.rise(line, at)
        self._write(line)

    def refund(self, reference: str, at: datetime, *, by_line: dict[int, int] | None = None, amount: int = 0, recorded: datetime) -> None:
        """A part of a purchase goes back, by lines (from 1) or by an amount of the whole."""
        line, bought, back = self._begin("refund", recorded), self.bought[reference], self.returned[reference]
        line.at = at
        back.by_line.update(by_line or {})
        back.by_amount += amount
        points, spend, given_back = self._due(bought, back)
        for lot, part in self._given_back(bought, back.given_back, given_back):
            target = max(lot, self._day(recorded) + timedelta(days=self.terms.return_grace_days))
            self._credit(line, "redeem_return", target, part)
        self._take_back(line, bought, points - back.points, self._day(recorded))
        self.tiers.add(bought.day, back.spend - spend)
        back.points, back.spend, back.given_back = points, spend, given_back
        self._write(line)

    def hold(self, hold: str, points: int, at: datetime) -> None:
        """Points are set aside for a payment."""
        line = self._begin("hold", at)
        taken = Counter(dict(self._take(line, "hold", points)))
        self.holds[hold] = (at + timedelta(minutes=self.terms.hold_minutes), taken)
        self._write(line)

    def commit(self, hold: str, points: int, at: datetime) -> None:
        """Some points of a hold are used, the rest is free again."""
        line = self._begin("hold_commit", at)
        self._use_hold(line, hold, points, at)
        self._write(line)

    def cancel(self, hold: str, at: datetime) -> None:
        """A hold is given back."""
        line = self._begin("hold_cancellation", at)
        self._use_hold(line, hold, 0, at)
        self._write(line)

    def redeem(self, points: int, at: datetime) -> list[tuple[date, int]]:
        """Points are used; answers which, for a cancellation."""
        line = self._begin("redemption", at)
        used = self._take(line, "redeem", points)
        self._write(line)
        return used

    def unredeem(self, used: Iterable[tuple[date, int]], at: datetime) -> None:
        """A redemption is taken back."""
        line = self._begin("redemption_cancellation", at)
        for lot, points in used:
            self._credit(line, "redeem_return", max(lot, self._day(at) + timedelta(days=self.terms.return_grace_days)), points)
        self._write(line)

    # --- points -----------------------------------------------------------------------------------------------------
    @property
    def available(self) -> int:
        """Points that can be used, before anything that is due."""
        return sum(self.lots.values())

    def _begin(self, kind: str, at: datetime) -> Line:
        line = Line(kind, at)
        self._settle(line, at)
        return line

    def _write(self, line: Line) -> bool:
        self.lots = +self.lots
        self.pending = +self.pending
        held = sum(sum(lots.values()) for _, lots in self.holds.values())
        line.balance = (self.available, sum(self.pending.values()), held, self.debt)
        self.lines.append(line)
        return True

    def _credit(self, line: Line, kind: str, lot: date, points: int) -> None:
        """Points that can be used; what is owed is repaid out of them."""
        self.lots[lot] += points
        line.moves[kind, f"{lot}"] += points
        repaid = min(self.debt, points)
        if repaid:
            self.debt -= repaid
            self.lots[lot] -= repaid
            line.moves["debt_repay", f"{lot}"] -= repaid

    def _take(self, line: Line, kind: str, points: int, lots: Counter[date] | None = None) -> list[tuple[date, int]]:
        """Points out of lots, those that end soonest first."""
        source = self.lots if lots is None else lots
        series = pd.Series(dict(source), dtype="int64").sort_index()
        series = series[series > 0]
        before = series.cumsum().shift(fill_value=0)
        taken = [(lot, int(part)) for lot, part in (points - before).clip(lower=0).clip(upper=series).items() if part]
        for lot, part in taken:
            source[lot] -= part
            line.moves[kind, f"{lot}"] -= part
        return taken

    def _use_hold(self, line: Line, hold: str, points: int | None, at: datetime) -> list[tuple[date, int]]:
        _, lots = self.holds.pop(hold)
        used = self._take(line, "hold_commit", sum(lots.values()) if points is None else points, lots)
        self._release(line, lots)
        self._end(line, self._day(at))
        return used

    def _release(self, line: Line, lots: Counter[date]) -> None:
        for lot in sorted(+lots):
            self._credit(line, "hold_release", lot, lots[lot])

    def _end(self, line: Line, today: date) -> None:
        for lot in sorted(lot for lot, points in self.lots.items() if lot < today and points):
            line.moves["expire", f"{lot}"] -= self.lots.pop(lot)

    # --- time -------------------------------------------------------------------------------------------------------
    def _settle(self, line: Line, at: datetime) -> None:
        today = self._day(at)
        for usable_on, lot in sorted(key for key in self.pending if key[0] <= today):
            self._credit(line, "activate", lot, self.pending.pop((usable_on, lot)))
        for name, (ends_at, lots) in sorted(self.holds.items(), key=lambda item: (item[1][0], item[0])):
            if ends_at <= at:
                del self.holds[name]
                self._release(line, lots)
        self._end(line, today)
        self.tiers.review(line, today)
        self._remind(line, today)

    def _remind(self, line: Line, today: date) -> None:
        told = self.reminded_through if self.reminded_through and self.reminded_through >= today else None
        horizon = today + timedelta(days=self.terms.reminder_days)
        fresh = sorted(lot for lot, points in self.lots.items() if points and lot <= horizon and (told is None or lot > told))
        line.reminded += [f"{lot}: {self.lots[lot]}" for lot in fresh]
        self.reminded_through = fresh[-1] if fresh else told

    # --- refunds ----------------------------------------------------------------------------------------------------
    @staticmethod
    def _due(bought: Bought, back: Returned) -> tuple[int, int, int]:
        """Points, spend and used points that all refunds so far come to."""
        named = [(number - 1, part) for number, part in back.by_line.items() if part]
        points = sum(bought.points[place] * part // bought.amounts[place] for place, part in named)
        spend = sum(bought.eligible[place] * part // bought.amounts[place] for place, part in named)
        refunded = sum(part for _, part in named)
        rest = sum(bought.amounts) - refunded
        if back.by_amount and rest:
            points += (sum(bought.points) - points) * back.by_amount // rest
            spend += (sum(bought.eligible) - spend) * back.by_amount // rest
        used = sum(part for _, part in bought.paid)
        return points, spend, used * (refunded + back.by_amount) // sum(bought.amounts)

    @staticmethod
    def _given_back(bought: Bought, before: int, after: int) -> list[tuple[date, int]]:
        """Which used points return: the longest-lasting first."""
        found, passed = [], 0
        for lot, points in reversed(bought.paid):
            part = min(passed + points, after) - max(passed, before)
            passed += points
            if part > 0:
                found.append((lot, part))
        return found

    def _take_back(self, line: Line, bought: Bought, points: int, today: date) -> None:
        """Out of what still waits, then out of its lot, then out of others, and the rest is owed; of a lot that has ended, nothing."""
        waiting = min(points, self.pending[bought.usable_on, bought.lot])
        if waiting:
            self.pending[bought.usable_on, bought.lot] -= waiting
            line.moves["refund_reversal pending", f"{bought.lot}"] -= waiting
        points -= waiting
        if points <= 0 or bought.lot < today:
            return
        own = min(points, self.lots[bought.lot])
        if own:
            self.lots[bought.lot] -= own
            line.moves["refund_reversal", f"{bought.lot}"] -= own
        others = Counter({lot: left for lot, left in self.lots.items() if lot != bought.lot})
        for lot, part in self._take(line, "refund_reversal", points - own, others):
            self.lots[lot] -= part
            own += part
        if owed := points - own:
            self.debt += owed
            line.moves["refund_reversal debt", f"{bought.lot}"] -= owed

    # --- days -------------------------------------------------------------------------------------------------------
    def _day(self, at: datetime) -> date:
        return at.astimezone(self.terms.zone).date()

    @staticmethod
    def _month_end(day: date, months: int) -> date:
        return (pd.Period(day, "M") + months).end_time.date()  # type: ignore[no-any-return]  # pandas has no types here
