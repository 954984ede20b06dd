"""What a member sees of an account at a moment: balance, what expires when, tier and what is missing for the next."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from regulars.accounts.beginning import begun
from regulars.accounts.entries import Reminder, TierChange
from regulars.accounts.model import NEVER, POSTINGS_MAX, Account
from regulars.accounts.settling import settle
from regulars.accounts.tiers import figures, figures_between, next_boundary, window_start
from regulars.kernel.clock import business_date, month_end, month_of
from regulars.program.model import Programme, ProgrammeHistory, Tier
from regulars.program.policies import Window
from regulars.program.qualifying import Figures


class Standing(Struct, frozen=True):
    """An account as it stands at an instant under the programme in force then.

    `figures` count from `window_from`, but for loyalty. `review_on` is the next day on which what qualifies is looked at anew.
    `shortfall` is what is missing to keep the tier while there is a grace, counted from the months that failed on.
    """

    account: Account
    available: int
    pending: int
    held: int
    debt: int
    expiring: tuple[Reminder, ...]
    pending_until: tuple[tuple[date, int], ...]
    tier: Tier
    next_tier: Tier | None
    currency: str
    figures: Figures
    window_from: date
    review_on: date
    shortfall: Figures
    history: tuple[TierChange, ...]
    program_version: int


def settled(account: Account, history: ProgrammeHistory, now: datetime) -> Account:
    """The account brought to now in memory, however much was due; one that nothing was recorded for begins."""
    if not account.version:
        account = begun(account, history, now)
    while True:
        settlement = settle(account, history, now, room=POSTINGS_MAX)
        account = settlement.account
        if not settlement.has_more:
            return account


def standing(account: Account, history: ProgrammeHistory, now: datetime) -> Standing:
    """What the account comes to at `now`, after settling in memory; one that has ended follows no new version."""
    account = settled(account, history, now)
    number = account.program_version
    version = history.number(number) if account.is_closed else history.followed(number, now)
    programme = version.programme
    place = programme.tier_index(account.tier)
    following = programme.tiers[place + 1] if place + 1 < len(programme.tiers) else None
    today = business_date(now, programme.time_zone)
    first_month = window_start(account, programme, month_of(today))
    return Standing(
        account=account,
        available=account.available,
        pending=account.pending_points,
        held=account.held,
        debt=account.debt,
        expiring=tuple(Reminder(lot, points) for lot, points in sorted(account.lots.items()) if lot != NEVER),
        pending_until=tuple((day, sum(lots.values())) for day, lots in sorted(account.pending.items())),
        tier=programme.tiers[place],
        next_tier=following,
        currency=programme.currency,
        figures=figures(account, version, now),
        window_from=date(int(first_month[:4]), int(first_month[5:]), 1),
        review_on=account.review_on or _looked_at_next(account, programme, today),
        shortfall=_shortfall(account, programme, now),
        history=account.tier_changes,
        program_version=version.number,
    )


def _looked_at_next(account: Account, programme: Programme, today: date) -> date:
    """Where nothing can be lost: the day on which months leave the window, or the next window begins."""
    if programme.qualification.window is Window.ROLLING_MONTHS:
        return month_end(month_of(today)) + timedelta(days=1)
    return next_boundary(account, programme, today)


def _shortfall(account: Account, programme: Programme, now: datetime) -> Figures:
    """What a member in grace still has to make up (TIER-12)."""
    if account.grace is None:
        return {}
    month = month_of(business_date(now, programme.time_zone))
    found = figures_between(account, account.grace.first_month, month, now, programme.time_zone)
    asked = programme.tiers[programme.tier_index(account.earned_tier)].thresholds
    return {factor: threshold - found[factor] for factor, threshold in asked.items() if threshold > found[factor]}
