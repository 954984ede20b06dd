"""Limits against abuse: points of a purchase above one of them are held until somebody has looked, or for some days (PTS-23)."""

from copy import replace
from datetime import date, timedelta

from regulars.accounts.commands import DecideCase
from regulars.accounts.entries import EntryKind, Posting, PostingKind
from regulars.accounts.errors import CaseEndedError
from regulars.accounts.model import Account, Case
from regulars.accounts.movement import count, credit, post, resumed, used
from regulars.accounts.redeeming import expire_ended
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement
from regulars.kernel.clock import month_of
from regulars.program.policies import AbuseLimits

_POINTS, _ORDERS, _REFUNDS = "x.points", "x.orders", "x.refunds"
"""The counters' names."""


def limit_exceeded(account: Account, limits: AbuseLimits, points: int, today: date) -> str | None:
    """The first limit that a purchase which gives `points` goes beyond; `None` where there is none."""
    day = today.isoformat()
    figures = {
        "points_per_order": points,
        "points_per_day": used(account, _POINTS, day) + points,
        "orders_per_day": used(account, _ORDERS, day) + 1,
        "refunds_per_month": used(account, _REFUNDS, month_of(today)),
    }
    above = (name for name, figure in figures.items() if (limit := getattr(limits, name)) is not None and figure > limit)
    return next(above, None) if points else None


def count_order(account: Account, limits: AbuseLimits, points: int, today: date) -> Account:
    """The account with one more order of the day; what nothing looks at is not counted."""
    if limits.points_per_day is not None:
        account = count(account, _POINTS, today.isoformat(), points, today)
    if limits.orders_per_day is not None:
        account = count(account, _ORDERS, today.isoformat(), 1, today)
    return account


def count_refund(account: Account, limits: AbuseLimits, today: date) -> Account:
    """The account with one more refund of the month."""
    return account if limits.refunds_per_month is None else count(account, _REFUNDS, month_of(today), 1, today)


def with_case(account: Account, case_id: str, scene: Scene) -> tuple[Account, Case]:
    """The account with the case that is open, or with a new one."""
    case = account.case or Case(case_id, scene.today + timedelta(days=scene.programme.abuse_limits.hold_days))
    return replace(account, case=case), case


def decide_case(settlement: Settlement, command: DecideCase, scene: Scene) -> Step:
    """What a second person has said of the points: they are free, at once or from their day on, or they are taken."""
    case = settlement.account.case
    if case is None or case.case_id != command.case_id:
        raise CaseEndedError
    settled = settlement
    for posting in resumed(case):
        more = _freed(settled.account, posting, scene.today) if command.is_released else [_forfeit(posting)]
        settled = settled.with_postings(post(settled.account, [posting, *more]), posting, *more)
    facts = {"case_id": case.case_id, "decision": "released" if command.is_released else "taken"}
    note = {"note": command.note} if command.note else {}
    return Step(EntryKind.CASE_DECISION, expire_ended(settled, scene.today), {**facts, **note})


def _freed(account: Account, resuming: Posting, today: date) -> list[Posting]:
    day = resuming.available_from
    if day is None or day > today:
        return []
    return credit(account, Posting(PostingKind.ACTIVATE, resuming.points, resuming.lot, available_from=day))


def _forfeit(resuming: Posting) -> Posting:
    return Posting(PostingKind.FORFEIT, -resuming.points, resuming.lot, resuming.rule, resuming.available_from)
