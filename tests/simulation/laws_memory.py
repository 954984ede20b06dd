"""The parts of an account that only later commits show: counters, months, changes of tier, the row of activity, when it was evaluated."""

from datetime import timedelta

from regulars.accounts.model import TIER_CHANGES_KEPT, Account
from tests.simulation.model import Model
from tests.simulation.model_account import Member

_PREFIXES = {"a": "do ", "p": "partner ", "r": "day ", "R": "ever ", "x": "watch "}


def pairs(account: Account, member: Member, model: Model) -> list[tuple[str, object, object]]:
    """What each part must be and what it is, by the law's name."""
    changes = [(change.at, change.from_tier, change.to_tier) for change in account.tier_changes]
    return [
        ("evaluated", member.evaluated_at, account.evaluated_at),
        ("first purchase", member.first_at, account.first_purchase_at),
        ("row of activity", member.row, account.active and (account.active.since, account.active.until)),
        ("tier changes", member.changes[-TIER_CHANGES_KEPT:], changes),
        ("tier since", member.changes[-1][0] if member.changes else account.tier_since, account.tier_since),
        ("grace from", member.grace and member.grace[1], account.grace and _number(account.grace.first_month)),
        ("version", member.version + 1, account.program_version),
        ("F3 months", _months(member, account), {month: (b.spend, b.orders, b.points) for month, b in account.buckets.items()}),
        ("X6 counters", _counters(member, account, model), {_name_of(name): (c.period, c.used) for name, c in account.counters.items()}),
    ]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _months(member: Member, account: Account) -> dict[str, tuple[int, int, int]]:
    """What the months count that the account keeps; what windows need of the others, the figures tell."""
    found = {_number(month): [0, 0, 0] for month in account.buckets}
    for month, *figures in member.orders:
        if month in found:
            found[month] = [old + new for old, new in zip(found[month], figures, strict=True)]
    return {month: (spend, orders, points) for month, (spend, orders, points) in zip(account.buckets, found.values(), strict=True)}


def _name_of(counter: str) -> str:
    prefix, dot, name = counter.partition(".")
    return f"{_PREFIXES[prefix]}{name}" if dot else counter.replace("_", " ")


def _counters(member: Member, account: Account, model: Model) -> dict[str, tuple[str, int]]:
    """Counters; one whose period was over the day before may have been let go, and one for ever that has nothing in it."""
    yesterday = (model.tiers.day(account.evaluated_at) - timedelta(days=1)).isoformat()
    kept = {_name_of(name) for name in account.counters}
    return {
        name: (period, used)
        for name, (period, used) in member.used.items()
        if name in kept or ((used or period) and period >= yesterday[: len(period)])
    }
