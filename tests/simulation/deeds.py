"""What members, tills and staff think of: random facts, chosen so that limits, ends and thresholds are often met exactly."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.simulation import limits
from tests.simulation.facts import (
    Buy,
    Correct,
    Decide,
    Do,
    EndHold,
    Exchange,
    Fact,
    Give,
    Leave,
    Promote,
    Refund,
    Reserve,
    SetTier,
    Sold,
    TakeOver,
    Undo,
    Use,
)  # fmt: skip
from tests.simulation.model import Model
from tests.simulation.model_account import midnight
from tests.simulation.programmes import SKUS
from tests.simulation.sending import STRANGERS

STAFF = ("staff:ann", "staff:bo", "staff:cy")
AMOUNTS = (0, 1, 99, 1050, 33_333, 99_999, 100_000)


class Deeds:
    """Makes facts; each has a reference of its own, but for the ends of holds and redemptions, which are named after them."""

    def __init__(self, rng: random.Random, model: Model, members: Sequence[str]) -> None:
        self.rng = rng
        self.model = model
        self.members = members
        self.facts: dict[str, Fact] = {}
        self.birth_months = {member: rng.randint(1, 12) for member in members if rng.random() < 0.7}
        self.segments = {member: frozenset({"fans", "old"}) for member in members if rng.random() < 0.5}
        self.step = max(version.programme.redemption.step for version in model.tiers.versions)

    def _new[Made: Fact](self, fact: Made) -> Made:
        self.facts[fact.reference] = fact
        return fact

    def _reference(self) -> str:
        return f"r{len(self.facts)}"

    def member(self) -> str:
        """One of the members; rarely somebody nobody knows."""
        return self.rng.choice(STRANGERS if self.rng.random() < 0.01 else self.members)

    def owner(self) -> str:
        """One who has points, if there is one."""
        known = self.model.members
        owners = [member for member in self.members if member in known and known[member].available]
        return self.rng.choice(owners) if owners and self.rng.random() < 0.95 else self.member()

    def _some[Kind: Fact](self, kind: type[Kind]) -> Kind | None:
        known = [fact for fact in self.facts.values() if isinstance(fact, kind)]
        return self.rng.choice(known[-6:]) if known else None

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
    def _points(self, member: str) -> int:
        """So many as can be used, or nearly."""
        known = self.model.members.get(member)
        available = known.available if known else 0
        step = self.step if self.rng.random() < 0.9 else 1
        points = self.rng.choice((10, available // 2, available // 3, available, available, available + 1))
        return max(1, points // step * step)

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

    def _is_poor(self, member: str) -> bool:
        """Whether there is nothing to use; now and then that does not keep them from trying."""
        known = self.model.members.get(member)
        return not (known and known.available >= 10) and self.rng.random() < 0.9

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

    # --- staff and members ------------------------------------------------------------------------------------------
    def correct(self) -> Correct:
        """An adjustment."""
        points = self.rng.choice((1, 50, 150, 2000, -1, -40, -120))
        reason = self.rng.choice(("correction", "goodwill", "goodwill", "whim")) if self.rng.random() < 0.2 else "correction"
        return self._new(Correct(self._reference(), self.member(), points, reason, self.rng.choice(STAFF)))

    def set_tier(self, today: datetime) -> SetTier:
        """A tier set by staff or granted by a campaign."""
        rng = self.rng
        ends_on = rng.choice((None, -1, 0, 1, 10, 20, 30))
        day = None if ends_on is None else self.model.tiers.day(today + timedelta(days=ends_on))
        cause = rng.choice(("override", "override", "campaign"))
        tier = rng.choice(("ordinary", "silver", "gold", "gold", "platinum", "platinum", "purple"))
        return self._new(SetTier(self._reference(), self.member(), tier, day, cause, rng.choice(STAFF)))

    def decide(self) -> Decide | None:
        """A decision on a request."""
        asked = [fact for fact in self.facts.values() if isinstance(fact, Correct | SetTier)]
        if not asked:
            return None
        pending = [fact for fact in asked if self.model.status_of(fact.reference) == "pending"]
        request = self.rng.choice(pending if pending and self.rng.random() < 0.9 else asked)
        others = [name for name in STAFF if name != request.by] if self.rng.random() < 0.9 else [request.by]
        return self._new(Decide(self._reference(), request.member, request.reference, self.rng.choice(others), self.rng.random() < 0.75))

    def give(self, now: datetime) -> Give:
        """A gift, some of exactly what may be given or one point more."""
        member = self.owner()
        others = [other for other in self.members if other != member]
        to = self.rng.choice(others) if others and self.rng.random() < 0.95 else member
        most = limits.gift(self.model, member, now)
        points = self._points(member)
        known = self.model.members.get(member)
        if known and 0 < most <= known.available:
            points = self.rng.choice((points, most, most + 1))
        return self._new(Give(self._reference(), member, to, points))

    def do(self, member: str | None = None, activity: str | None = None) -> Do:
        """An activity."""
        some = activity or self.rng.choice(("by_day", "by_month", "by_year", "by_ever", "by_ever", "none"))
        is_by_member = activity is None and self.rng.random() < 0.3
        return self._new(Do(self._reference(), member or self.member(), some, is_by_member))

    def midnight_after(self, now: datetime) -> datetime:
        """The instant the next day begins."""
        return midnight(self.model.tiers.day(now) + timedelta(days=1), self.model.tiers.zone)

    def exchange(self, now: datetime) -> Exchange:
        """Points of a partner, some of exactly what is left of a small limit."""
        partner, member = "rail" if self.rng.random() < 0.1 else "air", self.member()
        points = self.rng.choice((1, 40, 100, 700, limits.exchange(self.model, member, partner, now)))
        return self._new(Exchange(self._reference(), member, partner, min(max(1, points), 700)))

    def take_over(self, now: datetime) -> TakeOver:
        """An opening balance."""
        days = self.rng.choice((None, -2, 0, 3, 31, 300))
        ends_on = None if days is None else self.model.tiers.day(now + timedelta(days=days))
        return self._new(TakeOver(self._reference(), self.member(), self.rng.choice((1, 80, 500)), ends_on))

    def promote(self) -> Promote:
        """A tier bought."""
        return self._new(Promote(self._reference(), self.owner(), self.rng.choice(("to_silver", "to_gold", "to_nowhere"))))

    def leave(self) -> Leave:
        """The end of an account."""
        member = self.rng.choice(self.members)
        return self._new(Leave(f"leave {member}", member))

    # --- time -------------------------------------------------------------------------------------------------------
    def moment_of_interest(self, now: datetime) -> datetime | None:
        """The instant at which something will become due for somebody, or just before or after it."""
        zone = self.model.tiers.zone
        moments = [version.effective_from for version in self.model.tiers.versions]
        for member in self.model.members.values():
            days = [*(day for day, _lot in member.pending), *(lot + timedelta(days=1) for lot in member.lots if lot.year < 9999)]
            days += [member.review] if member.review else []
            days += [member.grace[0] + timedelta(days=1)] if member.grace else []
            days += [member.given.last_day + timedelta(days=1)] if member.given else []
            moments += [midnight(day, zone) for day in days]
            moments += [held.ends_at for held in member.holds.values()]
        coming = [moment for moment in moments if moment > now]
        if not coming:
            return None
        soon = sorted(coming)[: self.rng.choice((2, 2, 9))]
        return self.rng.choice(soon) + timedelta(milliseconds=self.rng.choice((-1, -1, 0, 0, 1, 60_000)))
