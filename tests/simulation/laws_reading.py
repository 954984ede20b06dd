"""What a member sees beside the balance: the next tier, when the tier is looked at anew, and what a grace asks for (law V3)."""

from datetime import date, datetime

from regulars.accounts.progress import Standing
from tests.simulation.model import Model
from tests.simulation.model_account import Member, last_day_of, month_number
from tests.simulation.model_tiers import place_of


def pairs(standing: Standing, member: Member, model: Model, now: datetime) -> list[tuple[str, object, object]]:
    """What each part must be and what it is, by its name."""
    rules, today = model.tiers.followed(member, now), model.tiers.day(now)
    place, month = place_of(rules, member.tier), month_number(today)
    is_rolling = rules.qualification.window == "rolling_months"
    from_month = model.tiers.window_from(member, rules, month)
    following = [tier.code for tier in rules.tiers][place + 1 :][:1]
    next_look = date.fromordinal(last_day_of(month).toordinal() + 1) if is_rolling else model.tiers.boundary(member, rules, today)
    return [
        ("V3 tiers", [rules.tiers[place].code, *following], [tier.code for tier in (standing.tier, standing.next_tier) if tier]),
        ("V3 window", date(from_month // 12, from_month % 12 + 1, 1), standing.window_from),
        ("V3 next look", member.review or next_look, standing.review_on),
        ("V3 shortfall", _shortfall(member, model, now), {factor.value: missing for factor, missing in standing.shortfall.items()}),
    ]


def _shortfall(member: Member, model: Model, now: datetime) -> dict[str, int]:
    """What a member in grace has to make up of what the tier asks for."""
    if member.grace is None:
        return {}
    rules = model.tiers.followed(member, now)
    tier = rules.tiers[place_of(rules, member.own_tier)]
    found = model.tiers.figures(member, member.grace[1], month_number(model.tiers.day(now)), now)
    names = ("spend", "orders", "points", "active_months", "loyalty_months")
    asked = {name: getattr(tier, f"{name}_from") for name in names}
    return {name: asked[name] - figure for name, figure in zip(names, found, strict=True) if asked[name] and figure < asked[name]}
