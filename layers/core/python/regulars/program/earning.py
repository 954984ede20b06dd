"""How purchases earn: the rules beyond the tiers' base rates, as typed data (issue "Earning rules"; peers.md: loops and exclusions).

The order in which rules work on a purchase is fixed and stated:

1. what is excluded earns nothing: categories, SKUs, lines that are a reward, the part paid with points or vouchers;
2. each line earns at the tier's rate, or at that of the first `rate` rule that holds for it;
3. each `multiplier` rule adds to what step 2 gave: all of them work on that, none on another's, so their order does not matter;
4. the sum is rounded down once, and shared among rules and lines by largest remainder;
5. each `bonus` rule adds its points;
6. each rule's caps cut what it gave, then the programme's caps cut the whole, the last rule's points first.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from regulars.program.parts import Code, Label, Labels, Rules, Words

BASE_RULE = "base"
"""The rule that the tiers' rates are; no other rule may have this code."""

type IsoDate = Annotated[date, Field(strict=False)]


class Hours(Rules):
    """Hours of the day in the programme's zone, from the start of one to the start of the other; over midnight where that is smaller."""

    from_hour: int = Field(ge=0, le=23)
    to_hour: int = Field(ge=0, le=24)

    def holds(self, hour: int) -> bool:
        """Whether an hour lies within."""
        if self.from_hour <= self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour


class Conditions(Rules):
    """When a rule holds: every condition that is given must; those of a line choose the lines it works on."""

    tiers: tuple[Code, ...] = Field((), max_length=12)
    channels: Labels = ()
    stores: Labels = ()
    categories: Labels = Field((), description="Of the line.")
    skus: Labels = Field((), description="Of the line.")
    brands: Labels = Field((), description="Of the line.")
    amount_from: int = Field(0, ge=0, le=10**12, description="The purchase's eligible amount, in minor units.")
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field((), max_length=7, description="1 is Monday.")
    hours: Hours | None = None
    birthday_month: bool = Field(False, description="In the member's month of birth.")
    first_purchase: bool = Field(False, description="On the first purchase the account records.")
    segments: tuple[Code, ...] = Field((), max_length=50, description="Members of one of these segments.")
    campaign: Code | None = Field(None, description="Purchases that name this campaign.")
    starts_on: IsoDate | None = None
    ends_on: IsoDate | None = None

    @property
    def needs_member(self) -> bool:
        """Whether the members have to be asked."""
        return self.birthday_month


class RateEffect(Rules):
    """Lines earn at this rate instead of the tier's."""

    kind: Literal["rate"]
    points_per_unit_thousandths: int = Field(ge=0, le=1_000_000)


class MultiplierEffect(Rules):
    """Lines earn so many times as much: 2000 is double."""

    kind: Literal["multiplier"]
    thousandths: int = Field(ge=1000, le=100_000)


class BonusEffect(Rules):
    """The purchase earns so many points more, where at least one of its lines is meant."""

    kind: Literal["bonus"]
    points: int = Field(ge=1, le=10**6)


type Effect = Annotated[RateEffect | MultiplierEffect | BonusEffect, Field(discriminator="kind")]


class Caps(Rules):
    """The most points: by purchase, by member and business day, by member in all."""

    per_order: int | None = Field(None, ge=0, le=10**9)
    per_day: int | None = Field(None, ge=0, le=10**9)
    per_member: int | None = Field(None, ge=0, le=10**9)


class EarningRule(Rules):
    """One rule: when it holds, what it does, and its limits. A `rate` rule has no caps, as it replaces the base."""

    code: Code
    name: Words
    when: Conditions = Conditions.model_construct()
    effect: Effect
    caps: Caps = Caps.model_construct()


class Earning(Rules):
    """What earns nothing, the rules beyond the base rates, and how long points wait before they can be used (0 is at once)."""

    excluded_categories: tuple[Label, ...] = Field((), max_length=500)
    excluded_skus: tuple[Label, ...] = Field((), max_length=500)
    return_window_days: int = Field(0, ge=0, le=90)
    rules: tuple[EarningRule, ...] = Field((), max_length=50)
    caps: Caps = Caps.model_construct()
