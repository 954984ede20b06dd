"""The programme's policies: qualification and review, expiry, redemption, refunds, adjustments, gifts, partners, activities, tier offers.

Amounts are minor currency units, points whole points, periods whole months or days in the programme's zone.
"""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from regulars.program.parts import Code, Rules, Words
from regulars.program.qualifying import Match


class Window(StrEnum):
    """The period over which figures count towards tiers."""

    ROLLING_MONTHS = "rolling_months"
    CALENDAR_QUARTER = "calendar_quarter"
    CALENDAR_YEAR = "calendar_year"
    ANNIVERSARY_YEAR = "anniversary_year"


class Demotion(StrEnum):
    """What a review does with a member who no longer qualifies."""

    OFF = "off"
    REVIEW = "review"
    ONE_DOWN = "one_down"
    TO_QUALIFIED = "to_qualified"


class Qualification(Rules):
    """Over which window figures count towards tiers, when that is reviewed, and what follows (design decisions 8 and 9).

    `rolling_months` is the current month and `months` whole months before it; a calendar quarter or year is the present one; an
    anniversary year has 12 months from the first day of the month of the first purchase. `match` says whether a tier needs all of its
    thresholds or any one of them. A review looks at the window that has ended: after each quarter or year of such a window, for
    `rolling_months` at the start of each `cycle`. Who no longer qualifies keeps the tier for `grace_days` more, and for good when the
    figures of the window and the grace together suffice.
    """

    window: Window = Field(Window.ROLLING_MONTHS, strict=False)
    months: int = Field(12, ge=1, le=36)
    match: Match = "all"
    cycle: Literal["monthly", "quarterly", "yearly"] = "yearly"
    demotion: Demotion = Field(Demotion.OFF, strict=False)
    grace_days: int = Field(30, ge=0, le=90)

    @property
    def window_months(self) -> int:
        """How many months before the present one the window may need."""
        spans = {Window.CALENDAR_QUARTER: 3, Window.CALENDAR_YEAR: 12, Window.ANNIVERSARY_YEAR: 12}
        return spans.get(self.window, self.months)

    @property
    def kept_months(self) -> int:
        """How many months before the present one a review, or the grace after it, may need."""
        return self.window_months + (0 if self.demotion is Demotion.OFF else 1 + (self.grace_days + 27) // 28)


class ExpiryPolicy(StrEnum):
    """When points end."""

    FIXED_MONTHS_END_OF_MONTH = "fixed_months_end_of_month"
    FIXED_DAYS = "fixed_days"
    CALENDAR_YEAR_END = "calendar_year_end"
    INACTIVITY = "inactivity"
    NEVER = "never"


class Expiry(Rules):
    """When points end (design decision 12); the day is fixed when they are earned, and no later policy shortens it (law X7).

    `fixed_months_end_of_month`: at the end of the month that lies `months` after the day they were earned. `fixed_days`: `days` after it.
    `calendar_year_end`: on 31 December of the year that lies `months` after it. `inactivity`: at the end of the month that lies `months`
    after the member's last purchase or other earning, which moves the end of all points that are left. `never`. The member is told
    `reminder_days` before.
    """

    policy: ExpiryPolicy = Field(ExpiryPolicy.FIXED_MONTHS_END_OF_MONTH, strict=False)
    months: int = Field(12, ge=0, le=120)
    days: int = Field(365, ge=1, le=3660)
    reminder_days: int = Field(30, ge=0, le=180)


class Redemption(Rules):
    """What points are worth at the till and how they are used (積分抵現, PTS-08).

    `points_per_unit` points pay one currency unit; they pay at most `order_share_percent` of an order. A hold ends by itself after
    `hold_minutes`; a redemption can be cancelled within `cancellation_days`.
    """

    points_per_unit: int = Field(100, ge=1, le=10**6)
    order_share_percent: int = Field(50, ge=0, le=100)
    points_min: int = Field(1, ge=1, le=10**6)
    step: int = Field(1, ge=1, le=10**6, description="Points are used in multiples of this.")
    hold_minutes: int = Field(30, ge=1, le=10_080)
    cancellation_days: int = Field(30, ge=0, le=365)


class RefundPolicy(StrEnum):
    """Where points that a refund takes back may come from, once their own lot has not enough."""

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    ALLOW_DEBT = "allow_debt"


class Refunds(Rules):
    """How refunds take points back and give them back (design decision 13).

    `only_pending` takes pending points alone; `within_balance` what the member has; `allow_debt` the rest as a debt that the next earning
    repays. Points that paid for the purchase return to their own lots, and can be used for `return_grace_days` at least.
    """

    policy: RefundPolicy = Field(RefundPolicy.ALLOW_DEBT, strict=False)
    return_grace_days: int = Field(30, ge=0, le=365)


class Adjustments(Rules):
    """Corrections by staff: their reasons, and above how many points a second person decides (PTS-24)."""

    reason_codes: tuple[Code, ...] = Field(
        ("correction", "goodwill", "complaint", "missing_purchase", "misuse"), min_length=1, max_length=50
    )
    approval_above_points: int = Field(1000, ge=0, le=10**9)


class AbuseLimits(Rules):
    """What is more than a member earns by shopping: points of a purchase above a limit are held for a look (PTS-23).

    Points of one order, points and orders of one day; `refunds_per_month`: after so many refunds in a calendar month, what is bought in
    the rest of it is held. What is held is pending until a second person decides, and free by itself after `hold_days`.
    """

    points_per_order: int | None = Field(None, ge=1, le=10**9)
    points_per_day: int | None = Field(None, ge=1, le=10**9)
    orders_per_day: int | None = Field(None, ge=1, le=10**6)
    refunds_per_month: int | None = Field(None, ge=0, le=10**6)
    hold_days: int = Field(30, ge=1, le=90)

    @property
    def are_set(self) -> bool:
        """Whether there is any."""
        return any(limit is not None for limit in (self.points_per_order, self.points_per_day, self.orders_per_day, self.refunds_per_month))


class Remaining(StrEnum):
    """What becomes of the points that are left when an account ends."""

    FORFEIT = "forfeit"
    COMPENSATE = "compensate"


class Closure(Rules):
    """How an account ends (PTS-22; TRM-07): points can be used, and none are earned, for `run_off_days` more; 0 ends it at once.

    What can still be used then is forfeited, or `compensate`d: paid out by the shop at the till's rate (`redemption.points_per_unit`).
    What is still pending is forfeited.
    """

    run_off_days: int = Field(30, ge=0, le=365)
    remaining: Remaining = Field(Remaining.FORFEIT, strict=False)


class Transfers(Rules):
    """Gifts of points between members (轉贈): off unless `enabled`; limits by gift and by giver and month."""

    enabled: bool = False
    points_min: int = Field(1, ge=1, le=10**6)
    points_max: int = Field(5000, ge=1, le=10**9)
    monthly_points_max: int = Field(10_000, ge=1, le=10**9)
    monthly_count_max: int = Field(10, ge=1, le=1000)


class Partner(Rules):
    """A partner whose points can be exchanged: thousandths of a point for each of theirs, and a limit by member and month (PTS-05)."""

    code: Code
    name: Words
    rate_thousandths: int = Field(ge=1, le=10**6)
    monthly_points_max: int = Field(100_000, ge=1, le=10**9)


class Period(StrEnum):
    """The period over which an activity is counted."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


class Activity(Rules):
    """Something that earns points, `times` in each `period` (PTS-03, PTS-04); members report it themselves if `self_service`."""

    code: Code
    name: Words
    points: int = Field(ge=1, le=10**6)
    period: Period = Field(Period.EVER, strict=False)
    times: int = Field(1, ge=1, le=1000)
    self_service: bool = False


class TierOffer(Rules):
    """A tier that points buy for some months (TIER-13; design decision 11)."""

    code: Code
    tier: Code
    points: int = Field(ge=1, le=10**9)
    months: int = Field(ge=1, le=36)
