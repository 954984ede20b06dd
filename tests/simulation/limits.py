"""How much a programme's limits still allow a member, so that some requests meet them exactly."""

from datetime import datetime

from tests.simulation.model import Model
from tests.simulation.model_account import Member


def _used(member: Member | None, name: str, month: str) -> int:
    return member.count_of(name, month) if member else 0


def _month(model: Model, now: datetime) -> str:
    return model.tiers.day(now).isoformat()[:7]


def gift(model: Model, member: str, now: datetime) -> int:
    """The most points a member may give at once."""
    rules = model.tiers.at(now).transfers
    return min(rules.points_max, rules.monthly_points_max - _used(model.members.get(member), "gift points", _month(model, now)))


def exchange(model: Model, member: str, partner: str, now: datetime) -> int:
    """The fewest points of a partner that come to all that a member may still get from it this month."""
    rules = next((item for item in model.tiers.at(now).partners if item.code == partner), None)
    if rules is None:
        return 0
    left = rules.monthly_points_max - _used(model.members.get(member), f"partner {partner}", _month(model, now))
    return -(-left * 1000 // rules.rate_thousandths)
