"""What staff think of, and members who do something else than buying: corrections, tiers, gifts, activities, leaving."""

from datetime import datetime, timedelta

from tests.simulation import limits
from tests.simulation.deeds_drawing import Drawing
from tests.simulation.facts import (
    Correct,
    Decide,
    Do,
    Exchange,
    Give,
    Judge,
    Leave,
    Promote,
    SetTier,
    Stay,
    TakeOver,
)  # fmt: skip

STAFF = ("staff:ann", "staff:bo", "staff:cy")


class StaffDeeds(Drawing):
    """Makes the facts of staff, and those of members that are no purchases."""

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
        asked: list[Correct | SetTier | Judge] = [fact for fact in self.facts.values() if isinstance(fact, Correct | SetTier)]
        asked += [request.fact for request in self.model.requests.values() if isinstance(request.fact, Judge)]
        if not asked:
            return None
        pending = [fact for fact in asked if self.model.status_of(fact.reference) == "pending"]
        request = self.rng.choice(pending if pending and self.rng.random() < 0.9 else asked)
        others = [name for name in STAFF if name != request.by] if self.rng.random() < 0.9 else [request.by]
        return self._new(Decide(self._reference(), request.member, request.reference, self.rng.choice(others), self.rng.random() < 0.75))

    def judge(self, member: str) -> Decide | None:
        """A decision on the points of a member that are held for a look."""
        known = self.model.members.get(member)
        if known is None or known.watched is None:
            return None
        return self._new(Decide(self._reference(), member, known.watched.case, self.rng.choice(STAFF), self.rng.random() < 0.5))

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

    def leave(self, now: datetime, member: str | None = None) -> Leave:
        """The end of an account, at once or coming; now and then on a day on which none can end."""
        days = self.rng.choice((None, None, 0, 1, 20, 366, -1, 367))
        closes_on = None if days is None else self.model.tiers.day(now) + timedelta(days=days)
        at_once = member is None and self.rng.random() < 0.25
        return self._new(Leave(self._reference(), member or self.rng.choice(self.members), closes_on, at_once))

    def stay(self, member: str | None = None) -> Stay:
        """The end is called off, perhaps where none is coming."""
        return self._new(Stay(self._reference(), member or self.rng.choice(self.members)))
