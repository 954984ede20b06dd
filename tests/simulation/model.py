"""What must come out, computed in the plainest way from the facts: no entries, no postings, no code of the product.

It learns of each commit in the order in which the store accepted it, and says what the account must be after it. Of a refusal it
says for which reasons the request could have been refused.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from regulars.program.model import Programme, ProgrammeHistory
from tests.simulation.facts import Buy, Correct, Decide, Fact, Judge, Refund, SetTier, Starts, case_of
from tests.simulation.model_account import BEGINNING, Bought, Member, Watched, add, month_number
from tests.simulation.model_earning import MINOR, Gain, gain, last_day
from tests.simulation.model_memory import RefusedError, Request
from tests.simulation.model_refunds import Part, cut, due_after, give_back, take_back, uncount
from tests.simulation.model_using import EARNING, Using

LATE = timedelta(minutes=5)


class Model(Using):
    """The reference: what one fact after the other makes of the members."""

    def __init__(self, history: ProgrammeHistory, starts: Starts | None = None) -> None:
        super().__init__(history, starts)
        self.asked_at = BEGINNING
        self.commands |= {Buy: self._buy, Refund: self._refund}

    # --- facts ------------------------------------------------------------------------------------------------------
    def commit(self, fact: Fact, now: datetime) -> Member:
        """A fact was accepted: the member after it. Raises: RefusedError, it should not have been."""
        if fact.reference in self.recorded:
            raise RefusedError("I1: it was recorded before")
        after = self._applied(fact, now, self.members.get(fact.member))
        self.members[fact.member] = after
        self.recorded.add(fact.reference)
        return after

    def would(self, fact: Fact, now: datetime) -> Member:
        """The member if a fact were accepted now; nothing is kept. Raises: RefusedError."""
        kept = {name: dict(getattr(self, name)) for name in ("purchases", "redemptions", "held", "gifts", "requests")}
        bought = self.purchases.get(fact.purchase) if isinstance(fact, Refund) else None
        before = (dict(bought[1].refunded), bought[1].due, bought[1].is_whole) if bought else None
        member = self.members.get(fact.member)
        try:
            return self._applied(fact, now, member.copy() if member else None)
        finally:
            self.__dict__ |= kept
            if bought and before:
                bought[1].refunded, bought[1].due, bought[1].is_whole = before

    def _applied(self, fact: Fact, now: datetime, member: Member | None) -> Member:
        as_of, self.asked_at = self._moment(fact, now, member), now
        member = member or self._new(fact.member, as_of)
        self._bring(member, as_of)
        self._refuse(account_closed=member.is_closed, account_closing=member.leaving is not None and isinstance(fact, EARNING))
        if isinstance(fact, Buy):
            self._check_buy(member, fact, now)
        self.commands[type(fact)](member, fact, as_of)
        member.evaluated_at = max(member.evaluated_at, as_of)
        return member

    def _moment(self, fact: Fact, now: datetime, member: Member | None) -> datetime:
        """When a fact counts: now, or for an import in order of time its own moment; a refund that waited comes with its purchase."""
        if not isinstance(fact, Buy | Refund) or not fact.is_import:
            return now
        latest = member.evaluated_at if member else fact.occurred_at
        has_waited = isinstance(fact, Refund) and fact.reference in self.waiting.get(fact.purchase, ())
        moment = max(fact.occurred_at, latest) if has_waited else fact.occurred_at
        return moment if latest <= moment < now else now

    def _check_buy(self, member: Member, fact: Buy, now: datetime) -> None:
        oldest = now - timedelta(days=self.tiers.at(now).late_window_days)
        self._refuse(
            occurred_in_future=fact.occurred_at > now + LATE,
            purchase_too_old=not fact.is_import and fact.occurred_at < oldest,
            hold_ended=fact.hold is not None and fact.hold not in member.holds,
        )

    # --- purchases --------------------------------------------------------------------------------------------------
    def _buy(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Buy)
        then, today, day = self.tiers.at(fact.occurred_at), self.tiers.day(as_of), self.tiers.day(fact.occurred_at)
        tier = member.tier_at(fact.occurred_at) if as_of - fact.occurred_at > LATE else member.tier
        self._be_active(member, as_of, day)
        used: list[tuple[date, int]] = []
        if fact.hold:
            used = member.release(fact.hold, sum(member.holds[fact.hold].parts.values()))
            member.drop_ended(today)
            member.spent += sum(points for _ends_on, points in used)
        paid = sum(points for _, points in used) * MINOR // then.redemption.points_per_unit + fact.vouchers
        local = fact.occurred_at.astimezone(self.tiers.zone)
        left, is_first = self._left(member, then, today), member.first_at is None
        got = gain(then, fact, tier, local, paid_otherwise=paid, is_first=is_first, left=left)
        if member.leaving and fact.occurred_at >= member.leaving.since:
            got = Gain({}, got.eligible)
        ends_on = last_day(then, day)
        if self.tiers.at(as_of).expiry.policy == "inactivity":
            ends_on = member.lasting(ends_on)
        usable = day + timedelta(days=then.earning.return_window_days)
        case = self._watch(member, fact, as_of, got.points, ends_on < today)
        if case:
            add(case.parts, (usable, ends_on), got.points)
            member.earned += got.points
        else:
            self._credit(member, ends_on, usable, today, got.points)
        lines = [(line.amount, got.of_line(place), got.eligible[place]) for place, line in enumerate(fact.lines)]
        by_rule = {name: sum(points) for name, points in got.by_rule.items()}
        bought = Bought(month_number(day), today, lines, by_rule, ends_on, usable if usable > today or case else None, used)
        bought.case = case.case if case else ""
        self.purchases[fact.reference] = (fact.member, bought)
        member.orders.append((bought.month, sum(got.eligible), 1, got.points))
        member.first_at = min(member.first_at or fact.occurred_at, fact.occurred_at)
        self._count_rules(member, then, bought, today)
        self.moved = got.points
        self.tiers.rise(member, self.tiers.followed(member, as_of), as_of)

    def _watch(self, member: Member, fact: Buy, as_of: datetime, points: int, has_ended: bool) -> Watched | None:  # noqa: FBT001
        """The case that holds what a purchase gave, if that is above a limit of the programme's; imports are not looked at."""
        limits, today = self.tiers.at(as_of).abuse_limits, self.tiers.day(as_of)
        if as_of != self.asked_at:
            return None
        day, month = today.isoformat(), today.isoformat()[:7]
        above = (
            (limits.points_per_order, points),
            (limits.points_per_day, member.count_of("watch points", day) + points),
            (limits.orders_per_day, member.count_of("watch orders", day) + 1),
            (limits.refunds_per_month, member.count_of("watch refunds", month)),
        )
        for name, limit, more in (("points", limits.points_per_day, points), ("orders", limits.orders_per_day, 1)):
            if limit is not None:
                member.count(f"watch {name}", day, more)
        if not points or has_ended or not any(limit is not None and figure > limit for limit, figure in above):
            return None
        if member.watched is None:
            judged = [known.fact for known in self.requests.values() if isinstance(known.fact, Judge)]
            name = case_of(fact.member, sum(known.member == fact.member for known in judged))
            member.watched = Watched(name, today + timedelta(days=limits.hold_days), {})
            self.requests[name] = Request(Judge(name, fact.member, "machine:till"))
        return member.watched

    @staticmethod
    def _left(member: Member, then: Programme, today: date) -> Callable[[str], int | None]:
        """What a rule's counters, or the programme's, still allow."""
        caps = {"": then.earning.caps, **{rule.code: rule.caps for rule in then.earning.rules}}

        def left(name: str) -> int | None:
            if name not in caps:
                return None
            limits = []
            if caps[name].per_day is not None:
                limits.append((caps[name].per_day or 0) - member.count_of(f"day {name}", today.isoformat()))
            if caps[name].per_member is not None:
                limits.append((caps[name].per_member or 0) - member.count_of(f"ever {name}", ""))
            return min(limits, default=None)

        return left

    @staticmethod
    def _count_rules(member: Member, then: Programme, bought: Bought, today: date) -> None:
        caps = {rule.code: rule.caps for rule in then.earning.rules}
        for name, points in (*bought.rules.items(), ("", bought.points)):
            limits = caps.get(name) if name else then.earning.caps
            if limits and limits.per_day is not None:
                member.count(f"day {name}", today.isoformat(), points)
            if limits and limits.per_member is not None:
                member.count(f"ever {name}", "", points)

    @staticmethod
    def _credit(member: Member, ends_on: date, usable: date, today: date, points: int) -> None:
        member.earned += points
        if points and usable > today:
            key = (usable, ends_on)
            member.pending[key] = member.pending.get(key, 0) + points
        elif ends_on < today:
            member.expired += points
        else:
            member.put(ends_on, points)

    # --- refunds ----------------------------------------------------------------------------------------------------
    def wait(self, fact: Refund) -> None:
        """A refund was kept for a purchase that has not come."""
        if fact.purchase in self.purchases:
            raise RefusedError("its purchase is there")
        self.waiting.setdefault(fact.purchase, []).append(fact.reference)

    def _refund(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Refund)
        bought = self.purchases[fact.purchase][1]
        rules, today = self.tiers.at(as_of), self.tiers.day(as_of)
        part = Part(dict(fact.by_line), fact.by_amount)
        if fact.reference in self.waiting.get(fact.purchase, ()):
            part = cut(bought, part)
        else:
            left = bought.amount - sum(bought.refunded.values())
            lines = range(1, len(bought.lines) + 1)
            per_line = [
                number in lines and amount > bought.lines[number - 1][0] - bought.refunded.get(number, 0)
                for number, amount in part.by_line.items()
            ]
            self._refuse(
                refund_line_unknown=any(number not in lines for number in part.by_line),
                refund_exceeds_purchase=part.by_amount + sum(part.by_line.values()) > left or any(per_line),
            )
        before, was_whole = bought.due, bought.is_whole
        due_after(bought, part)
        points, spend, returned = (new - old for new, old in zip(bought.due, before, strict=True))
        give_back(member, bought, before[2], bought.due[2], today + timedelta(days=rules.refunds.return_grace_days))
        is_gone = bought.case != "" and self.requests[bought.case].status == "rejected"
        self.moved = returned - take_back(member, bought, 0 if is_gone else points, today, rules.refunds.policy)
        if as_of == self.asked_at and rules.abuse_limits.refunds_per_month is not None:
            member.count("watch refunds", today.isoformat()[:7], 1)
        uncount(member, bought, before[0], bought.due[0])
        member.spent -= returned
        member.orders.append((bought.month, -spend, -int(bought.is_whole and not was_whole), -points))

    # --- second persons ---------------------------------------------------------------------------------------------
    def ask(self, fact: Correct | SetTier) -> None:
        """A request was kept for a second person."""
        if fact.reference in self.requests or fact.reference in self.recorded:
            raise RefusedError("it was asked for before")
        self.requests[fact.reference] = Request(fact)

    def status_of(self, reference: str) -> str:
        """How a request stands; nothing where there is none."""
        return self.requests[reference].status if reference in self.requests else ""

    def decide(self, fact: Decide) -> None:
        """A decision was kept; an approved request is recorded by `commit` with it."""
        request = self.requests[fact.request]
        self._refuse(already_decided=request.status != "pending", own_request=fact.by == request.fact.by)
        request.status = "deciding" if fact.is_approved else "rejected"
        if isinstance(request.fact, Judge):
            request.fact = replace(request.fact, is_released=fact.is_approved)
