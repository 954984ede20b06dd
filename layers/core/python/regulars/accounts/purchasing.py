"""Recording a purchase: what it earns, where the points go, what it counts towards tiers."""

from copy import replace
from datetime import date, datetime, timedelta

from regulars.accounts.commands import Command, RecordPurchase, RecordRefund
from regulars.accounts.earning import Basket, Earned, Part, Room, available_from, earn, expiry_of
from regulars.accounts.entries import Bucket, EntryKind, Posting, PostingKind, Purchase
from regulars.accounts.errors import CurrencyNotAcceptedError, OccurredInFutureError, PurchaseTooOldError
from regulars.accounts.model import Account
from regulars.accounts.movement import count, credit, post, used
from regulars.accounts.moving import extend
from regulars.accounts.redeeming import end_hold, expire_ended, value_of
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement
from regulars.accounts.tiers import raise_tier
from regulars.accounts.watching import count_order, limit_exceeded, with_case
from regulars.kernel.clock import add_months, business_date, month_of, zone
from regulars.program.earning import BASE_RULE, Caps
from regulars.program.model import Programme, ProgrammeVersion
from regulars.program.policies import ExpiryPolicy

type _Credited = tuple[Settlement, dict[str, str]]
"""A settlement with the points of a purchase, and the facts of the case that holds them, if one does."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a till's clock may be off: ahead of ours, or behind without the purchase being a late one."""


def evaluation_time(account: Account, command: Command, now: datetime) -> datetime:
    """Now; for an import in time order, the moment of the purchase or refund, as if it had been recorded then.

    A refund that waited for its purchase is taken with it, and not before it (law F4).
    """
    if not isinstance(command, RecordPurchase | RecordRefund) or not command.may_import:
        return now
    has_waited = isinstance(command, RecordRefund) and command.is_waiting
    moment = max(command.occurred_at, account.evaluated_at) if has_waited else command.occurred_at
    return moment if account.evaluated_at <= moment < now else now


def record_purchase(settlement: Settlement, command: RecordPurchase, scene: Scene) -> Step:
    """Points into their lots, the purchase into its month, the tier up at the threshold; a hold that paid a part is used."""
    then = scene.history.at(command.occurred_at)
    _check(command, then, scene)
    tier = _earning_tier(settlement.account, command.occurred_at, scene.as_of)
    paid, settlement = 0, extend(settlement, scene, business_date(command.occurred_at, then.programme.time_zone))
    detail: dict[str, str | int] = {}
    if command.hold_id:
        settlement, points = end_hold(settlement, command.hold_id, None)
        settlement = expire_ended(settlement, scene.today)
        paid = value_of(then.programme, points)
        detail |= {"hold_id": command.hold_id, "paid_with_points": paid}
    if scene.as_of != scene.now:
        detail["counted_on"] = scene.today.isoformat()
    if command.vouchers_amount:
        detail["vouchers_amount"] = command.vouchers_amount
    basket = _basket(command, then, tier, settlement.account, paid + command.vouchers_amount)
    earned = earn(then.programme, basket, _room(settlement.account, scene.today))
    closing = settlement.account.closing
    if closing and command.occurred_at >= closing.since:
        earned, detail = earned.without_points(), {**detail, "closes_on": closing.closes_on.isoformat()}
    settlement, held = _credit(settlement, then, command, scene, earned)
    account = _count(settlement.account, command, scene, earned)
    if scene.as_of == scene.now:
        account = count_order(account, scene.programme.abuse_limits, earned.points, scene.today)
    settlement = replace(settlement, account=_count_rules(account, then.programme, earned.parts, scene.today))
    version = scene.history.followed(settlement.account.program_version, scene.as_of)
    settlement = settlement.with_tier(raise_tier(settlement.account, version, scene.as_of))
    purchase = _purchase_of(command, earned, tier)
    return Step(EntryKind.PURCHASE, settlement, {**detail, **held}, purchase, happened_at=command.occurred_at)


def _check(command: RecordPurchase, then: ProgrammeVersion, scene: Scene) -> None:
    if command.currency != then.programme.currency:
        raise CurrencyNotAcceptedError(expected=then.programme.currency)
    if command.occurred_at > scene.now + CLOCK_TOLERANCE:
        raise OccurredInFutureError
    days = scene.history.at(scene.now).programme.late_window_days
    if not command.may_import and command.occurred_at < scene.now - timedelta(days=days):
        raise PurchaseTooOldError(days=days)


def _earning_tier(account: Account, occurred_at: datetime, as_of: datetime) -> str:
    """The tier whose rate applies: that of the purchase's moment if it comes late, else the present one, as tills' clocks are not exact."""
    return account.tier_at(occurred_at) if as_of - occurred_at > CLOCK_TOLERANCE else account.tier


def _basket(command: RecordPurchase, then: ProgrammeVersion, tier: str, account: Account, paid_otherwise: int) -> Basket:
    local = command.occurred_at.astimezone(zone(then.programme.time_zone))
    return Basket(
        lines=command.lines,
        tier=tier,
        day=local.date(),
        hour=local.hour,
        channel=command.channel,
        store_id=command.store_id,
        campaigns=command.campaigns,
        segments=command.segments,
        birth_month=command.birth_month,
        is_first=account.first_purchase_at is None,
        paid_otherwise=paid_otherwise,
    )


def _room(account: Account, today: date) -> Room:
    """What caps per day and member still leave; a late purchase counts on the day it is recorded."""

    def room(rule: str, caps: Caps) -> int | None:
        limits = []
        if caps.per_day is not None:
            limits.append(caps.per_day - used(account, f"r.{rule}", today.isoformat()))
        if caps.per_member is not None:
            limits.append(caps.per_member - used(account, f"R.{rule}", ""))
        return min(limits, default=None)

    return room


def _count_rules(account: Account, programme: Programme, parts: tuple[Part, ...], today: date) -> Account:
    caps = {rule.code: rule.caps for rule in programme.earning.rules}
    given = [(part.rule, caps.get(part.rule, Caps()), part.points) for part in parts]
    given.append(("", programme.earning.caps, sum(part.points for part in parts)))
    for rule, limits, points in given:
        if limits.per_day is not None:
            account = count(account, f"r.{rule}", today.isoformat(), points, today)
        if limits.per_member is not None:
            account = count(account, f"R.{rule}", "", points, today)
    return account


def _credit(settlement: Settlement, then: ProgrammeVersion, command: RecordPurchase, scene: Scene, earned: Earned) -> _Credited:
    """Posts the points into their lot: pending inside the return window, held above a limit, in and out when the lot has ended already."""
    earned_on = business_date(command.occurred_at, then.programme.time_zone)
    today, lot, usable_from = scene.today, expiry_of(then.programme, earned_on), available_from(then.programme, earned_on)
    if scene.programme.expiry.policy is ExpiryPolicy.INACTIVITY:
        lot = settlement.account.lasting(lot)
    limit = _limit_exceeded(settlement.account, command, scene, earned.points) if lot >= today else None
    for part in earned.parts:
        kind = PostingKind.EARN if part.rule == BASE_RULE else PostingKind.EARN_BONUS
        if limit or usable_from > today:
            postings = [Posting(kind, part.points, lot, part.rule, usable_from)]
        elif lot < today:
            postings = [Posting(kind, part.points, lot, part.rule), Posting(PostingKind.EXPIRE, -part.points, lot)]
        else:
            postings = credit(settlement.account, Posting(kind, part.points, lot, part.rule))
        settlement = settlement.with_postings(post(settlement.account, postings), *postings)
    if limit is None or command.case_id is None:
        return settlement, {}
    account, case = with_case(settlement.account, command.case_id, scene)
    suspended = Posting(PostingKind.SUSPEND, -earned.points, lot, case.case_id, usable_from)
    held = {"case_id": case.case_id, "limit": limit, "releases_on": case.releases_on.isoformat()}
    return settlement.with_postings(post(account, [suspended]), suspended), held


def _limit_exceeded(account: Account, command: RecordPurchase, scene: Scene, points: int) -> str | None:
    """The limit against abuse that a purchase exceeds; what an import records as of its own moment is not looked at."""
    if command.case_id is None or scene.as_of != scene.now:
        return None
    return limit_exceeded(account, scene.programme.abuse_limits, points, scene.today)


def _count(account: Account, command: RecordPurchase, scene: Scene, earned: Earned) -> Account:
    """Adds the purchase to the bucket of its month.

    Months no window needs are let go one month later, as a clock may step back over a month's end.
    """
    zone_name = scene.history.at(command.occurred_at).programme.time_zone
    oldest = add_months(month_of(business_date(scene.as_of, zone_name)), -scene.history.window_months_max - 1)
    month = month_of(business_date(command.occurred_at, zone_name))
    bucket = account.buckets.get(month, Bucket()).plus(earned.eligible_amount, earned.points)
    buckets = {**account.buckets, month: bucket}
    return replace(
        account,
        buckets={name: buckets[name] for name in sorted(buckets) if name >= oldest},
        first_purchase_at=min(account.first_purchase_at or command.occurred_at, command.occurred_at),
    )


def _purchase_of(command: RecordPurchase, earned: Earned, tier: str) -> Purchase:
    return Purchase(
        purchase_id=command.purchase_id,
        source=command.source,
        reference=command.reference,
        store_id=command.store_id,
        channel=command.channel,
        currency=command.currency,
        amount=sum(line.amount for line in command.lines),
        eligible_amount=earned.eligible_amount,
        rate_thousandths=earned.rate_thousandths,
        tier=tier,
        lines=earned.lines,
    )
