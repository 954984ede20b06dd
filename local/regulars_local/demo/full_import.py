"""A full year sent afterwards by the importer, at today's clock, and into the households' own books beside it."""

import heapq
from collections.abc import Callable, Iterable
from datetime import date, datetime

from regulars_local.demo.full_replay import FullReplay
from regulars_local.demo.happenings import Happenings, Refund, happenings_of
from regulars_local.demo.nights import start_of
from regulars_local.demo.purchases import Purchase


class FullImport(FullReplay):
    """Purchases and refunds in order of time, each taken as of its own moment; then every member's import is closed.

    Points are held and used when it happens, and no import does that afterwards: nothing is paid with them here. What would be refunded
    after today has not been.
    """

    def run(self, days: Iterable[tuple[date, list[Purchase]]], on_purchases: Callable[[int], None]) -> None:
        """The whole year at once."""
        now = self._clock.now()
        for day, purchases in days:
            for purchase in purchases:
                self._plan_import(purchase, day, now)
        while self._later:
            later = heapq.heappop(self._later)
            later.do(later.at)
            on_purchases(1 if later.is_purchase else 0)
        for household, member_id in self.members.items():
            self._till.post(f"/v1/members/{member_id}/settlement")
            self.books[household].night(now)

    def _plan_import(self, purchase: Purchase, day: date, now: datetime) -> None:
        def give_back(refund: Refund) -> Callable[[datetime], None]:
            return lambda at: self._refund(refund, at)

        for refund in happenings_of(purchase, start_of(day, self._terms.zone), self._seed).refunds:
            if refund.at < now:
                self._put(refund.at, give_back(refund))
        self._put(purchase.at, lambda at: self._buy(purchase, Happenings(), at), is_purchase=True)

    def _tell_change(self, household: int) -> None:
        """Of changes within seconds only the last need be told: they are counted in the end."""
        self._telling.expect(household, 1)
