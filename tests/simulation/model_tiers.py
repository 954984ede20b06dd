"""Tiers in the model: what counts, what time and reviews do to a tier; written from the rules, without the product's code."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars.program.model import Programme, ProgrammeHistory, Tier
from tests.simulation.model_account import Given, Member, midnight, month_number

LENGTHS = {"calendar_quarter": 3, "calendar_year": 12, "anniversary_year": 12}
CYCLES = {"monthly": 1, "quarterly": 3, "yearly": 12}

type FigureList = tuple[int, int, int, int, int]


class TierRules:
    """The programme's versions as they treat one member's tier."""

    def __init__(self, history: ProgrammeHistory) -> None:
        self.versions = history.versions
        self.zone = ZoneInfo(self.versions[0].programme.time_zone)

    def number_at(self, instant: datetime) -> int:
        """The place of the version in force."""
        return max([place for place, version in enumerate(self.versions) if version.effective_from <= instant], default=0)

    def followed(self, member: Member, instant: datetime) -> Programme:
        """The rules in force, or later ones that the member has followed already: a clock may step back over their beginning.

        Who has left follows none that come later.
        """
        return self.versions[member.version if member.is_closed else max(member.version, self.number_at(instant))].programme

    def at(self, instant: datetime) -> Programme:
        """The rules in force."""
        return self.versions[self.number_at(instant)].programme

    def day(self, instant: datetime) -> date:
        """The business date."""
        return instant.astimezone(self.zone).date()

    # --- figures ----------------------------------------------------------------------------------------------------
    def figures(self, member: Member, first: int, last: int, instant: datetime) -> FigureList:
        """Spend, orders, points, months with an order, and whole months since the first purchase."""
        counted = [order for order in member.orders if first <= order[0] <= last]
        by_month: dict[int, int] = {}
        for month, _spend, orders, _points in counted:
            by_month[month] = by_month.get(month, 0) + orders
        return (
            sum(order[1] for order in counted),
            sum(order[2] for order in counted),
            sum(order[3] for order in counted),
            sum(orders > 0 for orders in by_month.values()),
            self._loyalty(member, instant),
        )

    def _loyalty(self, member: Member, instant: datetime) -> int:
        if member.first_at is None:
            return 0
        first, today = self.day(member.first_at), self.day(instant)
        return month_number(today) - month_number(first) - (1 if today.day < first.day else 0)

    def reached(self, rules: Programme, figures: FigureList) -> int:
        """The place of the highest tier whose thresholds are met."""
        return max(place for place, tier in enumerate(rules.tiers) if _meets(rules, tier, figures))

    def window_from(self, member: Member, rules: Programme, month: int) -> int:
        """The first month of the window that a month lies in."""
        if rules.qualification.window == "rolling_months":
            return month - rules.qualification.months
        return self._period_from(member, rules, month, LENGTHS[rules.qualification.window])

    def _period_from(self, member: Member, rules: Programme, month: int, length: int) -> int:
        anchor = 0
        if rules.qualification.window == "anniversary_year" and member.first_at:
            anchor = month_number(self.day(member.first_at))
        return month - (month - anchor) % length

    def boundary(self, member: Member, rules: Programme, day: date) -> date:
        """The day the next window begins, or the next cycle of a rolling one."""
        length = LENGTHS.get(rules.qualification.window) or CYCLES[rules.qualification.cycle]
        month = self._period_from(member, rules, month_number(day), length) + length
        return date(month // 12, month % 12 + 1, 1)

    def next_review(self, member: Member, rules: Programme, day: date) -> date | None:
        """When a tier is looked at next; never where nothing can be lost."""
        if rules.qualification.demotion == "off" or not place_of(rules, member.own_tier):
            return None
        return self.boundary(member, rules, day)

    # --- changes ----------------------------------------------------------------------------------------------------
    def wear(self, member: Member, code: str, at: datetime) -> None:
        """The tier in force becomes `code`."""
        if code != member.tier:
            member.changes.append((at, member.tier, code))
            member.tier = code

    def earn(self, member: Member, rules: Programme, code: str, at: datetime) -> None:
        """The earned tier becomes `code`; a given one stands while it is higher, one set by staff in any case."""
        given = member.given
        if given is None:
            self.wear(member, code, at)
        elif given.cause == "override" or place_of(rules, code) < place_of(rules, given.tier):
            member.given = Given(given.tier, given.last_day, given.cause, code)
        else:
            member.given = None
            self.wear(member, code, at)

    def rise(self, member: Member, rules: Programme, at: datetime) -> None:
        """A purchase was made or rules began: up at once, and a grace ends that was made good."""
        month = month_number(self.day(at))
        place = self.reached(rules, self.figures(member, self.window_from(member, rules, month), month, at))
        if place > place_of(rules, member.own_tier):
            self.earn(member, rules, rules.tiers[place].code, at)
            member.grace = None
            member.review = member.review or self.next_review(member, rules, self.day(at))
        elif member.grace and self._is_made_good(member, rules, month, at):
            member.grace = None
            member.review = self.next_review(member, rules, self.day(at))

    def _is_made_good(self, member: Member, rules: Programme, month: int, at: datetime) -> bool:
        assert member.grace
        return self.reached(rules, self.figures(member, member.grace[1], month, at)) >= place_of(rules, member.own_tier)

    def pass_time(self, member: Member, instant: datetime) -> None:
        """All that becomes due by an instant, in order of time; on one instant a gift's end, a grace's end, a review, new rules."""
        while not member.is_closed:
            dates = [
                (member.given.last_day + timedelta(days=1) if member.given else None),
                (member.grace[0] + timedelta(days=1) if member.grace else None),
                member.review,
            ]
            due = [(midnight(day, self.zone), rank) for rank, day in enumerate(dates) if day]
            if member.version + 1 < len(self.versions):
                due.append((self.versions[member.version + 1].effective_from, 3))
            if not due or min(due)[0] > instant:
                return
            at, rank = min(due)
            (self._end_given, self._end_grace, self._review, self._new_rules)[rank](member, self.versions[member.version].programme, at)

    def _end_given(self, member: Member, _rules: Programme, at: datetime) -> None:
        assert member.given
        base, member.given = member.given.base, None
        self.wear(member, base, at)

    def _end_grace(self, member: Member, rules: Programme, at: datetime) -> None:
        assert member.grace
        last_day, first = member.grace
        last_instant = at - timedelta(seconds=1)
        if self._is_made_good(member, rules, month_number(last_day), last_instant):
            member.grace = None
            member.review = self.next_review(member, rules, self.day(last_instant))
            return
        member.grace = None
        self._fall(member, rules, at, self.reached(rules, self.figures(member, first, month_number(last_day), last_instant)))

    def _review(self, member: Member, rules: Programme, at: datetime) -> None:
        day = self.day(at)
        month = month_number(day)
        first = month - rules.qualification.months
        if rules.qualification.window != "rolling_months":
            first = self.window_from(member, rules, month - 1)
        reached, place = self.reached(rules, self.figures(member, first, month - 1, at)), place_of(rules, member.own_tier)
        member.review = self.boundary(member, rules, day)
        if reached > place:
            self.earn(member, rules, rules.tiers[reached].code, at)
        elif reached < place and rules.qualification.demotion != "review":
            if rules.qualification.grace_days:
                member.review, member.grace = None, (day + timedelta(days=rules.qualification.grace_days - 1), first)
            else:
                self._fall(member, rules, at, reached)

    def _fall(self, member: Member, rules: Programme, at: datetime, reached: int) -> None:
        place = place_of(rules, member.own_tier)
        if rules.qualification.demotion == "one_down":
            reached = max(reached, place - 1)
        self.earn(member, rules, rules.tiers[min(reached, place)].code, at)
        member.review = self.next_review(member, rules, self.day(at))

    def _new_rules(self, member: Member, _old: Programme, at: datetime) -> None:
        member.version += 1
        rules = self.versions[member.version].programme
        codes = [tier.code for tier in rules.tiers]
        if member.own_tier not in codes:
            self.earn(member, rules, codes[-1], at)
        if member.given and member.given.tier not in codes:
            self._end_given(member, rules, at)
        member.review = None if member.grace else self.next_review(member, rules, self.day(at))
        if rules.qualification.demotion == "off":
            member.grace = None
        self.rise(member, rules, at)


def place_of(rules: Programme, code: str) -> int:
    """The place of a tier; the lowest for one that the rules do not have."""
    codes = [tier.code for tier in rules.tiers]
    return codes.index(code) if code in codes else 0


def _meets(rules: Programme, tier: Tier, figures: FigureList) -> bool:
    asked = (tier.spend_from, tier.orders_from, tier.points_from, tier.active_months_from, tier.loyalty_months_from)
    held = [figure >= threshold for figure, threshold in zip(figures, asked, strict=True) if threshold]
    return not held or (all(held) if rules.qualification.match == "all" else any(held))
