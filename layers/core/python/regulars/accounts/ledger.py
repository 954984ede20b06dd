"""The heart: `apply(account, command, programme history, now)` gives the account after it and the entry, or a refusal.

No input or output, no clock, no randomness: the same arguments give the same result, for ever.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from regulars.accounts.commands import Command, RecordPurchase
from regulars.accounts.earning import BASE_RULE, Earned, available_from, earn, expiry_of
from regulars.accounts.errors import CurrencyNotAcceptedError, OccurredInFutureError, PurchaseTooOldError
from regulars.accounts.model import (
    POSTINGS_MAX,
    TIER_CHANGES_KEPT,
    Account,
    Bucket,
    Entry,
    EntryKind,
    Posting,
    PostingKind,
    Purchase,
    TierCause,
    TierChange,
)
from regulars.accounts.records import chain_hash
from regulars.accounts.settling import Settlement, next_due_on, settle
from regulars.kernel.clock import add_months, business_date, month_of, whole_months
from regulars.program.model import ProgrammeHistory, ProgrammeVersion
from regulars.program.qualifying import Factor, Figures

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a till's clock may be off: ahead of ours, or behind without the purchase being a late one."""

IMPORT_QUIET_DAYS = 2
"""An import that nobody closed is closed by the job after this many days."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The account after a command and its entry; `is_partial` when only settling fitted and the command is to be applied again.

    `entry` is `None` when nothing changed (a settlement with nothing due).
    """

    account: Account
    entry: Entry | None
    is_partial: bool = False


def apply(account: Account, command: Command, history: ProgrammeHistory, now: datetime) -> Outcome:
    """Applies a command at `now`.

    Raises:
        CurrencyNotAcceptedError, OccurredInFutureError, PurchaseTooOldError: the command is refused; nothing changed.
    """
    if isinstance(command, RecordPurchase):
        return _record_purchase(account, command, history, now)
    settlement = settle(account, history.at(now), now, room=POSTINGS_MAX)
    is_dated = account.next_due_on == next_due_on(settlement.account, history.at(now))
    if not settlement.has_happened and is_dated:
        return Outcome(account, None)
    return _close(settlement, history, now, now, command.actor, is_partial=settlement.has_more)


def _record_purchase(account: Account, command: RecordPurchase, history: ProgrammeHistory, now: datetime) -> Outcome:
    then = history.at(command.occurred_at)
    _check(command, then, history.at(now), now)
    as_of = _evaluation_time(account, command, now)
    settlement = settle(account, history.at(as_of), as_of, room=POSTINGS_MAX - 2)
    if settlement.has_more:
        return _close(settlement, history, as_of, now, command.actor, is_partial=True)
    tier = _earning_tier(settlement.account, command.occurred_at, as_of)
    earned = earn(then.programme, tier, command.lines)
    settled = _credit(settlement, then, command.occurred_at, as_of, earned.points)
    account = _count(settled.account, history, command, as_of, earned)
    account, change = _upgrade(account, history.at(as_of), as_of)
    purchase = _purchase_of(command, earned, tier)
    settled = replace(settled, account=account)
    return _close(settled, history, as_of, now, command.actor, purchase=purchase, change=change, happened_at=command.occurred_at)


def _earning_tier(account: Account, occurred_at: datetime, as_of: datetime) -> str:
    """The tier whose rate applies: that of the purchase's moment if it comes late, else the present one, as tills' clocks are not exact."""
    return account.tier_at(occurred_at) if as_of - occurred_at > CLOCK_TOLERANCE else account.tier


def _check(command: RecordPurchase, then: ProgrammeVersion, current: ProgrammeVersion, now: datetime) -> None:
    if command.currency != then.programme.currency:
        raise CurrencyNotAcceptedError(expected=then.programme.currency)
    if command.occurred_at > now + CLOCK_TOLERANCE:
        raise OccurredInFutureError
    days = current.programme.late_window_days
    if not command.may_import and command.occurred_at < now - timedelta(days=days):
        raise PurchaseTooOldError(days=days)


def _evaluation_time(account: Account, command: RecordPurchase, now: datetime) -> datetime:
    """Now; for an import in time order, the moment of the purchase, as if it had been recorded then."""
    is_in_order = account.evaluated_at <= command.occurred_at < now
    return command.occurred_at if command.may_import and is_in_order else now


def _credit(settlement: Settlement, then: ProgrammeVersion, occurred_at: datetime, as_of: datetime, points: int) -> Settlement:
    """Posts the points into their lot: pending inside the return window, posted in and out when the lot has ended already."""
    if not points:
        return settlement
    zone_name = then.programme.time_zone
    earned_on, today = business_date(occurred_at, zone_name), business_date(as_of, zone_name)
    lot, usable_from = expiry_of(then.programme, earned_on), available_from(then.programme, earned_on)
    account = replace(settlement.account, earned_total=settlement.account.earned_total + points)
    if usable_from > today:
        waiting = account.pending.get(usable_from, {})
        waiting = {**waiting, lot: waiting.get(lot, 0) + points}
        account = replace(account, pending={**account.pending, usable_from: waiting})
        return settlement.with_postings(account, Posting(PostingKind.EARN, points, lot, BASE_RULE, usable_from))
    posting = Posting(PostingKind.EARN, points, lot, BASE_RULE)
    if lot < today:
        account = replace(account, expired_total=account.expired_total + points)
        return settlement.with_postings(account, posting, Posting(PostingKind.EXPIRE, -points, lot))
    account = replace(account, lots={**account.lots, lot: account.lots.get(lot, 0) + points})
    return settlement.with_postings(account, posting)


def _count(account: Account, history: ProgrammeHistory, command: RecordPurchase, as_of: datetime, earned: Earned) -> Account:
    """Adds the purchase to the bucket of its month.

    Months no window needs are let go one month later, as a clock may step back over a month's end.
    """
    zone_name = history.at(command.occurred_at).programme.time_zone
    oldest = add_months(month_of(business_date(as_of, zone_name)), -history.window_months_max - 1)
    month = month_of(business_date(command.occurred_at, zone_name))
    bucket = account.buckets.get(month, Bucket()).plus(earned.eligible_amount, earned.points)
    buckets = {**account.buckets, month: bucket}
    return replace(
        account,
        buckets={name: buckets[name] for name in sorted(buckets) if name >= oldest},
        first_purchase_at=min(account.first_purchase_at or command.occurred_at, command.occurred_at),
    )


def figures(account: Account, version: ProgrammeVersion, instant: datetime) -> Figures:
    """What counts towards tiers at an instant: the current month and the whole months of the window before it (laws Q1, Q3)."""
    zone_name = version.programme.time_zone
    month = month_of(business_date(instant, zone_name))
    oldest = add_months(month, -version.programme.qualification.months)
    counted = [bucket for name, bucket in account.buckets.items() if oldest <= name <= month]
    first = account.first_purchase_at
    return {
        Factor.SPEND: sum(bucket.spend for bucket in counted),
        Factor.ORDERS: sum(bucket.orders for bucket in counted),
        Factor.POINTS: sum(bucket.points for bucket in counted),
        Factor.ACTIVE_MONTHS: sum(bucket.orders > 0 for bucket in counted),
        Factor.LOYALTY_MONTHS: whole_months(business_date(first, zone_name), business_date(instant, zone_name)) if first else 0,
    }


def _upgrade(account: Account, version: ProgrammeVersion, as_of: datetime) -> tuple[Account, TierChange | None]:
    """Raises the tier where the figures have reached a higher one; never lowers it (laws Q2, Q4)."""
    reached = version.programme.tier_for(figures(account, version, as_of)).code
    if version.programme.tier_index(reached) <= version.programme.tier_index(account.tier):
        return account, None
    change = TierChange(as_of, account.tier, reached, TierCause.QUALIFIED, version.number)
    kept = (*account.tier_changes, change)[-TIER_CHANGES_KEPT:]
    return replace(account, tier=reached, tier_since=as_of, tier_changes=kept), change


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
        lines=tuple(zip(command.lines, earned.line_points, strict=True)),
    )


def _close(
    settlement: Settlement,
    history: ProgrammeHistory,
    as_of: datetime,
    now: datetime,
    actor: str,
    *,
    purchase: Purchase | None = None,
    change: TierChange | None = None,
    happened_at: datetime | None = None,
    is_partial: bool = False,
) -> Outcome:
    """Makes the entry and the account after it: version one up, hash chained, next due date known (laws L8, L9)."""
    account = settlement.account
    entry = Entry(
        member_id=account.member_id,
        version=account.version + 1,
        kind=EntryKind.PURCHASE if purchase else EntryKind.SETTLEMENT,
        postings=settlement.postings,
        program_version=history.at(happened_at or as_of).number,
        effective_at=happened_at or as_of,
        recorded_at=now,
        actor=actor,
        balance_after=account.available,
        pending_after=account.pending_points,
        purchase=purchase,
        tier_change=change,
        reminders=settlement.reminders,
    )
    entry = replace(entry, hash=chain_hash(account.head_hash, entry))
    due = next_due_on(account, history.at(as_of))
    if as_of != now and due:
        due = max(due, business_date(now, history.at(now).programme.time_zone) + timedelta(days=IMPORT_QUIET_DAYS))
    account = replace(account, version=entry.version, head_hash=entry.hash, evaluated_at=max(account.evaluated_at, as_of), next_due_on=due)
    return Outcome(account, entry, is_partial)
