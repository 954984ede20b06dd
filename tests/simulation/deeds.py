"""What members, tills and staff think of: random facts, chosen so that limits, ends and thresholds are often met exactly."""

from datetime import datetime, timedelta

from tests.simulation.deeds_of_staff import StaffDeeds
from tests.simulation.facts import Buy, EndHold, Fact, Refund, Reserve, Sold, Undo, Use
from tests.simulation.model_account import midnight
from tests.simulation.programmes import SKUS
from tests.simulation.sending import STRANGERS

AMOUNTS = (0, 1, 99, 1050, 33_333, 99_999, 100_000)


class Deeds(StaffDeeds):
    """Makes facts; each has a reference of its own, but for the ends of holds and redemptions, which are named after them."""

    # --- purchases and refunds --------------------------------------------------------------------------------------
    def buy(self, occurred_at: datetime, member: str | None = None, *, is_import: bool = False) -> Buy:
        """A purchase."""
        rng = self.rng
        lines = tuple(Sold(*rng.choice(SKUS), rng.choice(AMOUNTS), is_reward=rng.random() < 0.05) for _ in range(rng.choice((1, 1, 2, 3))))
        hold = self._open_hold() if rng.random() < 0.25 and not is_import else None
        if hold and rng.random() < 0.9:
            member = hold.member
        buyer = member or self.member()
        return self._new(
            Buy(
                reference=self._reference(),
                member=buyer,
                occurred_at=occurred_at.replace(microsecond=0),
                lines=lines,
                is_import=is_import,
                hold=hold.reference if hold else None,
                vouchers=rng.choice((0, 0, 0, 500, 40_000)),
                channel=rng.choice(("store", "web")),
                store=rng.choice(("s", "t")),
                campaigns=rng.choice(((), ("spring",))),
                segments=self.segments.get(buyer, frozenset()),
                birth_month=self.birth_months.get(buyer),
            )
        )

    def refund(self, now: datetime, *, of_nothing: bool = False) -> Refund | None:
        """A returned part of a purchase: whole, by lines or by amount, sometimes too much; rarely of a purchase nobody sent."""
        rng = self.rng
        bought = self._some(Buy)
        if bought is None or bought.member in STRANGERS:
            return None
        amount = sum(line.amount for line in bought.lines)
        by_line, by_amount = self._part(bought, amount)
        purchase = "never sent" if of_nothing else bought.reference
        moment = min(now, bought.occurred_at + timedelta(minutes=rng.choice((0, 1, 2000))))
        if rng.random() < 0.02:
            moment = now + timedelta(minutes=rng.choice((5, 6)))
        return self._new(Refund(self._reference(), bought.member, purchase, moment, bought.is_import, by_line, by_amount))

    def refund_ahead(self, bought: Buy, moment: datetime) -> Refund:
        """A part of an imported purchase, at a moment that may lie before it."""
        by_line, by_amount = self._part(bought, sum(line.amount for line in bought.lines))
        return self._new(Refund(self._reference(), bought.member, bought.reference, moment, bought.is_import, by_line, by_amount))

    def return_of(self, fact: Fact, now: datetime) -> Refund | None:
        """The whole of a purchase returned."""
        amount = sum(line.amount for line in fact.lines) if isinstance(fact, Buy) else 0
        return self._new(Refund(self._reference(), fact.member, fact.reference, now, by_amount=amount)) if amount else None

    def _part(self, bought: Buy, amount: int) -> tuple[dict[int, int], int]:
        """Amounts by line, or one over the whole."""
        rng, what = self.rng, self.rng.random()
        if what < 0.3:
            return {}, amount or 1
        if what < 0.6:
            return {}, rng.choice((1, max(1, amount // 2), max(1, amount // 3), amount + 1))
        by_line = {
            number: rng.choice((line.amount, line.amount, max(1, line.amount // 3), 1))
            for number, line in enumerate(bought.lines, 1)
            if line.amount and rng.random() < 0.7
        }
        if rng.random() < 0.05:
            by_line[9] = 1
        return by_line, 0 if by_line else 1

    # --- using ------------------------------------------------------------------------------------------------------
    def reserve(self) -> Reserve | None:
        """A hold."""
        member = self.owner()
        if self._is_poor(member):
            return None
        order = self.rng.choice((None, None, 100, 200_000))
        return self._new(Reserve(self._reference(), member, self._points(member), order))

    def all_but(self, member: str, kept: int) -> Use | None:
        """A redemption of all that can be used but a little."""
        known = self.model.members.get(member)
        points = (known.available - kept) // self.step * self.step if known else 0
        return self._new(Use(self._reference(), member, points, None)) if points > 0 else None

    def small_hold(self, member: str) -> Reserve:
        """One of many holds."""
        return self._new(Reserve(self._reference(), member, 10, None))

    def end_hold(self) -> EndHold | None:
        """The end of a hold, in full, in part or not at all; sometimes of more than it has, or of none."""
        hold = self._open_hold() or (self._some(Reserve) if self.rng.random() < 0.1 else None)
        if hold is None:
            return None
        points = self.rng.choice((None, 0, 0, 1, max(1, hold.points // 2), hold.points, hold.points + 1))
        reference = f"{hold.reference}{'x' if points == 0 else 'c'}"
        known = self.facts.get(reference)
        return known if isinstance(known, EndHold) else self._new(EndHold(reference, hold.member, hold.reference, points))

    def _open_hold(self) -> Reserve | None:
        held = [self.facts[name] for member in self.model.members.values() for name in member.holds]
        found = [fact for fact in held if isinstance(fact, Reserve)]
        return self.rng.choice(found) if found and self.rng.random() < 0.9 else None

    def use(self) -> Use | None:
        """A redemption."""
        member = self.owner()
        if self._is_poor(member):
            return None
        order = self.rng.choice((None, None, 100, 200_000))
        return self._new(Use(self._reference(), member, self._points(member), order))

    def race(self) -> tuple[Use, Use] | None:
        """Two redemptions of a whole balance (law I5)."""
        member = self.rng.choice(self.members)
        known = self.model.members.get(member)
        if known is None or not known.available:
            return None
        return (
            self._new(Use(self._reference(), member, known.available, None)),
            self._new(Use(self._reference(), member, known.available, None)),
        )

    def undo(self) -> Undo | None:
        """The cancellation of a redemption."""
        done = [fact for fact in self.facts.values() if isinstance(fact, Use) and fact.reference in self.model.redemptions]
        used = self.rng.choice(done) if done else (self._some(Use) if self.rng.random() < 0.1 else None)
        if used is None:
            return None
        known = self.facts.get(f"{used.reference}u")
        return known if isinstance(known, Undo) else self._new(Undo(f"{used.reference}u", used.member, used.reference))

    # --- time -------------------------------------------------------------------------------------------------------
    def midnight_after(self, now: datetime) -> datetime:
        """The instant the next day begins."""
        return midnight(self.model.tiers.day(now) + timedelta(days=1), self.model.tiers.zone)

    def moment_of_interest(self, now: datetime) -> datetime | None:
        """The instant at which something will become due for somebody, or just before or after it."""
        zone = self.model.tiers.zone
        moments = [version.effective_from for version in self.model.tiers.versions]
        for member in self.model.members.values():
            days = [*(day for day, _lot in member.pending), *(lot + timedelta(days=1) for lot in member.lots if lot.year < 9999)]
            days += [member.review] if member.review else []
            days += [member.grace[0] + timedelta(days=1)] if member.grace else []
            days += [member.given.last_day + timedelta(days=1)] if member.given else []
            days += [member.watched.until] if member.watched else []
            days += [member.leaving.last_day + timedelta(days=1)] if member.leaving else []
            moments += [midnight(day, zone) for day in days]
            moments += [held.ends_at for held in member.holds.values()]
        coming = [moment for moment in moments if moment > now]
        if not coming:
            return None
        soon = sorted(coming)[: self.rng.choice((2, 2, 9))]
        return self.rng.choice(soon) + timedelta(milliseconds=self.rng.choice((-1, -1, 0, 0, 1, 60_000)))
