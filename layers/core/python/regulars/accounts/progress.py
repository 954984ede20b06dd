"""What a member sees of an account at a moment: balance, what expires when, tier and what is missing for the next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulars.accounts.ledger import figures
from regulars.accounts.model import NEVER, POSTINGS_MAX, Account, Reminder, TierChange
from regulars.accounts.settling import settle
from regulars.kernel.clock import add_months, business_date, month_end, month_of
from regulars.program.model import ProgrammeHistory, Tier
from regulars.program.qualifying import Figures


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as it stands at an instant under the programme in force then.

    `figures` count from `window_from`, but for loyalty.
    `review_on` is the next day on which months leave the window: what qualifies then is looked at anew.
    """

    account: Account
    available: int
    pending: int
    expiring: tuple[Reminder, ...]
    pending_until: tuple[tuple[date, int], ...]
    tier: Tier
    next_tier: Tier | None
    currency: str
    figures: Figures
    window_from: date
    review_on: date
    history: tuple[TierChange, ...]
    program_version: int


def settled(account: Account, history: ProgrammeHistory, now: datetime) -> Account:
    """The account brought to now in memory, however much was due."""
    while True:
        settlement = settle(account, history.at(now), now, room=POSTINGS_MAX)
        account = settlement.account
        if not settlement.has_more:
            return account


def standing(account: Account, history: ProgrammeHistory, now: datetime) -> Standing:
    """What the account comes to at `now`, after settling in memory."""
    version = history.at(now)
    programme = version.programme
    account = settled(account, history, now)
    place = programme.tier_index(account.tier)
    following = programme.tiers[place + 1] if place + 1 < len(programme.tiers) else None
    month = month_of(business_date(now, programme.time_zone))
    return Standing(
        account=account,
        available=account.available,
        pending=account.pending_points,
        expiring=tuple(Reminder(lot, points) for lot, points in sorted(account.lots.items()) if lot != NEVER),
        pending_until=tuple((day, sum(lots.values())) for day, lots in sorted(account.pending.items())),
        tier=programme.tiers[place],
        next_tier=following,
        currency=programme.currency,
        figures=figures(account, version, now),
        window_from=month_end(add_months(month, -programme.qualification.months - 1)) + timedelta(days=1),
        review_on=month_end(month) + timedelta(days=1),
        history=account.tier_changes,
        program_version=version.number,
    )
