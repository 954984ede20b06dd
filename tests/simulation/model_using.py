"""Points used, given and granted, and tiers set, in the model."""

from datetime import datetime, timedelta

from regulars.program.model import Programme, ProgrammeHistory
from tests.simulation.facts import (
    Correct,
    Do,
    EndHold,
    Exchange,
    Fact,
    Give,
    Judge,
    Leave,
    Promote,
    Reserve,
    SetTier,
    Starts,
    Stay,
    TakeOver,
    Undo,
    Use,
)  # fmt: skip
from tests.simulation.model_account import FOREVER, Given, Held, Leaving, Member, last_day_of, month_number
from tests.simulation.model_earning import MINOR, last_day
from tests.simulation.model_memory import Memory, RefusedError
from tests.simulation.model_tiers import place_of

EARNING = (Do, Exchange, TakeOver)
"""What is not taken any more of a member who is leaving."""


class Using(Memory):
    """Everything but purchases and their refunds."""

    def __init__(self, history: ProgrammeHistory, starts: Starts | None = None) -> None:
        super().__init__(history, starts)
        self.commands |= {
            Reserve: self._reserve, EndHold: self._endhold, Use: self._use, Undo: self._undo, Correct: self._correct, Give: self._give,
            Do: self._do, Exchange: self._exchange, TakeOver: self._takeover, Promote: self._promote, SetTier: self._settier,
            Judge: self._judge, Leave: self._leave, Stay: self._stay,
        }  # fmt: skip

    # --- using ------------------------------------------------------------------------------------------------------
    def _usable(self, rules: Programme, points: int, order_amount: int | None) -> dict[str, bool]:
        limits = rules.redemption
        share = order_amount is not None and points * MINOR * 100 > order_amount * limits.order_share_percent * limits.points_per_unit
        return {"points_step": points < limits.points_min or points % limits.step != 0, "order_share_exceeded": share}

    def _reserve(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Reserve)
        rules = self.tiers.at(as_of)
        reasons = self._usable(rules, fact.points, fact.order_amount)
        self._refuse(**reasons, insufficient_points=fact.points > member.available, too_many_holds=len(member.holds) >= 10)
        ends_at = as_of + timedelta(minutes=rules.redemption.hold_minutes)
        member.holds[fact.reference] = Held(ends_at, dict(member.draw(fact.points)))
        self.held[fact.reference] = fact.member
        self.moved = -fact.points

    def _endhold(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, EndHold)
        self._refuse(hold_ended=fact.hold not in member.holds)
        held = sum(member.holds[fact.hold].parts.values())
        used = held if fact.points is None else fact.points
        self._refuse(hold_exceeded=used > held)
        member.release(fact.hold, used)
        member.spent += used
        self.moved = held if fact.points == 0 else -used
        member.drop_ended(self.tiers.day(as_of))

    def _use(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Use)
        reasons = self._usable(self.tiers.at(as_of), fact.points, fact.order_amount)
        self._refuse(**reasons, insufficient_points=fact.points > member.available)
        self.redemptions[fact.reference] = (as_of, member.draw(fact.points))
        member.spent += fact.points
        self.moved = -fact.points

    def _undo(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Undo)
        rules = self.tiers.at(as_of)
        at, used = self.redemptions[fact.redemption]
        self._refuse(cancellation_too_late=as_of > at + timedelta(days=rules.redemption.cancellation_days))
        soonest = self.tiers.day(as_of) + timedelta(days=rules.refunds.return_grace_days)
        for ends_on, points in used:
            member.put(max(ends_on, soonest), points)
            member.spent -= points
        self.moved = sum(points for _ends_on, points in used)

    # --- otherwise --------------------------------------------------------------------------------------------------
    def _correct(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Correct)
        rules = self.tiers.at(as_of)
        request = self.requests.get(fact.reference)
        is_approved = request is not None and request.status == "deciding"
        self._refuse(
            reason_unknown=fact.reason not in rules.adjustments.reason_codes,
            approval_required=not is_approved and abs(fact.points) > rules.adjustments.approval_above_points,
            insufficient_points=-fact.points > member.available,
        )
        self.moved = fact.points
        if fact.points > 0:
            member.put(last_day(rules, self.tiers.day(as_of)), fact.points)
        else:
            member.draw(-fact.points)

    def _give(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Give)
        rules, month = self.tiers.at(as_of).transfers, self.tiers.day(as_of).isoformat()[:7]
        most = min(rules.points_max, rules.monthly_points_max - member.count_of("gift points", month))
        receiver = self.view(fact.to, as_of)
        self._refuse(
            transfers_off=not rules.enabled,
            transfer_limit=not rules.points_min <= fact.points <= most or member.count_of("gifts", month) >= rules.monthly_count_max,
            insufficient_points=fact.points > member.available,
            account_closed=receiver.is_closed,
            account_closing=receiver.leaving is not None,
        )
        self.gifts[fact.reference] = member.draw(fact.points)
        member.count("gift points", month, fact.points)
        member.count("gifts", month, 1)
        self.moved = -fact.points

    def receive(self, fact: Give, now: datetime) -> Member:
        """The other side of a gift: the same last days."""
        receiver = self.members.setdefault(fact.to, self._new(fact.to, now))
        self._bring(receiver, now)
        for ends_on, points in self.gifts[fact.reference]:
            receiver.put(ends_on, points)
        receiver.evaluated_at = max(receiver.evaluated_at, now)
        return receiver

    def _do(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Do)
        today = self.tiers.day(as_of)
        activity = next((item for item in self.tiers.at(as_of).activities if item.code == fact.activity), None)
        if activity is None:
            raise RefusedError("activity_unknown")
        period = {"day": today.isoformat(), "month": today.isoformat()[:7], "year": today.isoformat()[:4], "ever": ""}[activity.period]
        self._refuse(
            activity_not_self_service=fact.is_by_member and not activity.self_service,
            activity_limit=member.count_of(f"do {activity.code}", period) >= activity.times,
        )
        self.moved = activity.points
        self._reward(member, activity.points, as_of)
        member.count(f"do {activity.code}", period, 1)

    def _exchange(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Exchange)
        month = self.tiers.day(as_of).isoformat()[:7]
        partner = next((item for item in self.tiers.at(as_of).partners if item.code == fact.partner), None)
        if partner is None:
            raise RefusedError("partner_unknown")
        points, name = fact.points * partner.rate_thousandths // 1000, f"partner {partner.code}"
        self._refuse(partner_limit=member.count_of(name, month) + points > partner.monthly_points_max)
        self.moved = points
        if points:
            self._reward(member, points, as_of)
        member.count(name, month, points)

    def _reward(self, member: Member, points: int, as_of: datetime) -> None:
        today = self.tiers.day(as_of)
        self._be_active(member, as_of, today)
        member.put(last_day(self.tiers.at(as_of), today), points)
        member.earned += points

    def _takeover(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, TakeOver)
        ends_on = fact.ends_on or FOREVER
        self._refuse(expiry_in_past=ends_on < self.tiers.day(as_of))
        member.put(ends_on, fact.points)
        self.moved = fact.points

    # --- tiers ------------------------------------------------------------------------------------------------------
    def _promote(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Promote)
        rules = self.tiers.at(as_of)
        offer = next((item for item in rules.tier_offers if item.code == fact.offer), None)
        if offer is None:
            raise RefusedError("tier_offer_unknown")
        self._refuse(
            tier_not_higher=place_of(rules, offer.tier) <= place_of(rules, member.tier),
            insufficient_points=offer.points > member.available,
        )
        member.draw(offer.points)
        self.moved = -offer.points
        member.spent += offer.points
        ends_on = last_day_of(month_number(self.tiers.day(as_of)) + offer.months)
        member.given = Given(offer.tier, ends_on, "points", member.own_tier)
        self.tiers.wear(member, offer.tier, as_of)

    def _settier(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, SetTier)
        rules, today = self.tiers.at(as_of), self.tiers.day(as_of)
        self._refuse(
            tier_unknown=fact.tier not in [tier.code for tier in rules.tiers],
            override_ends_in_past=fact.ends_on is not None and fact.ends_on < today,
            tier_not_higher=fact.cause == "campaign" and place_of(rules, fact.tier) <= place_of(rules, member.tier),
        )
        self.moved = 0
        if fact.ends_on:
            member.given = Given(fact.tier, fact.ends_on, fact.cause, member.own_tier)
            self.tiers.wear(member, fact.tier, as_of)
            return
        member.given = member.grace = None
        self.tiers.wear(member, fact.tier, as_of)
        member.review = self.tiers.next_review(member, rules, today)

    def _judge(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Judge)
        self._refuse(case_ended=member.watched is None or member.watched.case != fact.reference)
        assert member.watched
        self.moved = sum(member.watched.parts.values())
        member.judged(self.tiers.day(as_of), is_released=fact.is_released)

    # --- the end ----------------------------------------------------------------------------------------------------
    def _leave(self, member: Member, fact: Fact, as_of: datetime) -> None:
        assert isinstance(fact, Leave)
        rules, today = self.tiers.at(as_of).closure, self.tiers.day(as_of)
        days = (fact.closes_on - today).days if fact.closes_on else rules.run_off_days
        self._refuse(
            account_closing=member.leaving is not None and not fact.at_once,
            closure_day=fact.closes_on is not None and not fact.at_once and not 0 <= days <= 366,
        )
        if fact.at_once or (fact.closes_on is None and not days):
            self.moved = -member.end(today, is_paid=rules.remaining == "compensate")
            return
        member.leaving, self.moved = Leaving(as_of, today + timedelta(days=days)), 0

    def _stay(self, member: Member, fact: Fact, _as_of: datetime) -> None:
        assert isinstance(fact, Stay)
        self._refuse(account_not_closing=member.leaving is None)
        member.leaving, self.moved = None, 0
