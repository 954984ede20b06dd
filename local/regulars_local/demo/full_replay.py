"""A full year through the public interface, day by day on the moved clock, and into the households' own books beside it."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from regulars_local.demo.bookkeeping import Household
from regulars_local.demo.calling import Caller
from regulars_local.demo.happenings import Happenings, Payment, Refund, happenings_of
from regulars_local.demo.journey import MINOR_UNITS
from regulars_local.demo.nights import Nights, start_of
from regulars_local.demo.purchases import SOURCE, Purchase
from regulars_local.demo.telling import Telling
from regulars_local.demo.terms import Terms
from regulars_local.local_clock import LocalClock


@dataclass(slots=True)
class Counts:
    """How often each thing was done."""

    refunds: int = 0
    early: int = 0
    holds: int = 0
    redemptions: int = 0
    taken_back: int = 0


@dataclass(order=True, slots=True)
class _Later:
    """What is to be done at an instant."""

    at: datetime
    order: int
    do: Callable[[datetime], None] = field(compare=False)
    is_purchase: bool = field(default=False, compare=False)


class FullReplay:
    """Sends one thing after the other, with the clock at its instant; what was sent is booked by hand in the same order."""

    def __init__(
        self, till: Caller, clock: LocalClock, nights: Nights, telling: Telling, members: Mapping[int, str], *, terms: Terms, seed: int
    ) -> None:
        self._till = till
        self._clock = clock
        self.nights = nights
        self._telling = telling
        self.members = members
        self._terms = terms
        self._seed = seed
        self._later: list[_Later] = []
        self._order = 0
        self._early: dict[int, Refund] = {}
        self.books = {household: Household(terms) for household in members}
        self.counts = Counts()

    def run(self, days: Iterable[tuple[date, list[Purchase]]], on_purchases: Callable[[int], None]) -> None:
        """Every day: the night, then what happens, in order of time."""
        for day, purchases in days:
            self._night(day)
            for purchase in purchases:
                self._plan(purchase, day)
            self._work_off(day)
            on_purchases(len(purchases))

    def run_on(self, days: Iterable[date], on_day: Callable[[int], None]) -> None:
        """Days on which nobody buys: a night where the books say that something is due, and one a week."""
        for number, day in enumerate(days):
            is_busy = bool(self._later) and self._later[0].at < start_of(day + timedelta(days=1), self._terms.zone)
            self._night(day, is_needed=is_busy or number % 7 == 0)
            self._work_off(day)
            on_day(1)

    def _night(self, day: date, *, is_needed: bool = True) -> None:
        at = start_of(day, self._terms.zone)
        happened = [household for household, books in self.books.items() if books.night(at)]
        for household in happened:
            line = self.books[household].lines[-1]
            self._telling.expect(household, len(line.changes))
            if line.is_told:
                self.nights.due.add(day)
        if happened or is_needed:
            self.nights.run(day)

    def _plan(self, purchase: Purchase, day: date) -> None:
        happenings = happenings_of(purchase, start_of(day, self._terms.zone), self._seed)
        self._put(purchase.at, lambda at: self._buy(purchase, happenings, at))
        for refund in happenings.refunds:
            self._put(refund.at, lambda at, refund=refund: self._refund(refund, at))

    def _put(self, at: datetime, do: Callable[[datetime], None], *, is_purchase: bool = False) -> None:
        self._order += 1
        heapq.heappush(self._later, _Later(at, self._order, do, is_purchase))

    def _work_off(self, day: date) -> None:
        end = start_of(day + timedelta(days=1), self._terms.zone)
        while self._later and self._later[0].at < end:
            later = heapq.heappop(self._later)
            self._clock.start_at(later.at, frozen=True)
            later.do(later.at)

    # --- what happens -----------------------------------------------------------------------------------------------
    def _buy(self, purchase: Purchase, happenings: Happenings, at: datetime) -> None:
        books, basket = self.books[purchase.household], purchase.basket
        amounts = [int(line["amount"]) for line in purchase.body["lines"]]
        hold = self._hold(purchase, happenings.payment, sum(amounts), at) if happenings.payment else None
        answer = self._till.post("/v1/purchases", purchase.body | ({"hold_id": hold} if hold else {}))
        books.buy(str(basket), amounts, at, hold)
        if basket in self._early:
            self._book_refund(self._early.pop(basket), at)
        if answer["tier"] != answer["tier_before"]:
            self._tell_change(purchase.household)
        if happenings.redeemed_percent:
            self._redeem(purchase, happenings, at)

    def _tell_change(self, household: int) -> None:
        self._telling.await_tier_change(household)

    def _hold(self, purchase: Purchase, payment: Payment, total: int, at: datetime) -> str | None:
        """Sets points aside for an order; answers the hold that pays a part of the purchase, if one does."""
        household = purchase.household
        most = total * self._terms.order_share_percent * self._terms.points_per_unit // (100 * MINOR_UNITS)
        points = min(self._usable(household), most)
        if not points:
            return None
        self.counts.holds += 1
        body = {"source": SOURCE, "reference": f"hold-{purchase.basket}", "member_id": self.members[household], "points": points}
        hold = str(self._till.post("/v1/holds", body | {"order_amount": total})["hold_id"])
        books = self.books[household]
        books.hold(hold, points, at)
        if payment is Payment.COMMITTED:
            used = -(-points // 2)
            self._till.post(f"/v1/holds/{hold}/commit", {"points": used})
            books.commit(hold, used, at)
        elif payment is Payment.CANCELLED:
            self._till.post(f"/v1/holds/{hold}/cancel")
            books.cancel(hold, at)
        return hold if payment is Payment.WITH_PURCHASE else None

    def _redeem(self, purchase: Purchase, happenings: Happenings, at: datetime) -> None:
        household, books = purchase.household, self.books[purchase.household]
        points = self._usable(household) * happenings.redeemed_percent // 100
        if not points:
            return
        self.counts.redemptions += 1
        body = {"source": SOURCE, "reference": f"gift-{purchase.basket}", "member_id": self.members[household], "points": points}
        redemption = self._till.post("/v1/redemptions", body | {"purpose": "gift"})["redemption_id"]
        used = books.redeem(points, at)
        if happenings.is_taken_back:
            self._put(at + timedelta(days=2), lambda later: self._unredeem(household, redemption, used, later))

    def _unredeem(self, household: int, redemption: str, used: list[tuple[date, int]], at: datetime) -> None:
        self.counts.taken_back += 1
        self._till.post(f"/v1/redemptions/{redemption}/cancel", {"reason": "changed their mind"})
        self.books[household].unredeem(used, at)

    def _refund(self, refund: Refund, at: datetime) -> None:
        self.counts.refunds += 1
        self.counts.early += refund.is_early
        what: dict[str, Any] = {"amount": refund.amount} if refund.amount else {}
        if refund.by_line:
            what = {"lines": [{"line": number, "amount": amount} for number, amount in refund.by_line]}
        body = {"source": SOURCE, "reference": f"refund-{refund.basket}-{refund.number}", "occurred_at": at.isoformat()}
        purchase = {"purchase_source": SOURCE, "purchase_reference": str(refund.basket)}
        answer = self._till.post("/v1/refunds", body | purchase | what)
        if answer["status"] == "awaiting_purchase":
            self._early[refund.basket] = refund
        else:
            self._book_refund(refund, at)

    def _book_refund(self, refund: Refund, recorded: datetime) -> None:
        books = self.books[refund.household]
        books.refund(str(refund.basket), refund.at, by_line=dict(refund.by_line), amount=refund.amount, recorded=recorded)

    def _usable(self, household: int) -> int:
        return int(self._till.get(f"/v1/members/{self.members[household]}/points")["available"])
