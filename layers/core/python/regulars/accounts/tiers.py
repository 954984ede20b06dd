"""Tiers over time: what counts, when it is looked at, and what follows; a pure function of buckets, programme and date (laws Q1 to Q6).

A tier rises at once, when figures of the present window reach it. It falls only after a review of the window that has ended, and only as
the programme's demotion says, after the grace. A granted tier stands above (an override: instead of) the earned one until it ends.
"""

from collections.abc import Callable
from copy import replace
from datetime import date, datetime, timedelta

from msgspec import Struct

from regulars.accounts.entries import Evaluation, EvaluationOutcome, TierCause, TierChange
from regulars.accounts.model import TIER_CHANGES_KEPT, Account, Grace, Granted
from regulars.kernel.clock import add_months, business_date, month_of, start_of_day, whole_months
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.policies import Demotion, Window
from regulars.program.qualifying import Factor, Figures

EVALUATIONS_MAX = 12
"""The most evaluations one entry holds; if more is due, settling commits on its own first."""

_CYCLE_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_WINDOW_MONTHS = {Window.CALENDAR_QUARTER: 3, Window.CALENDAR_YEAR: 12, Window.ANNIVERSARY_YEAR: 12}


class Looked(Struct, frozen=True):
    """An account after its tier was looked at, the changes that made and the evaluations behind them."""

    account: Account
    changes: tuple[TierChange, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    has_more: bool = False

    def then(self, other: "Looked") -> "Looked":
        """Both, one after the other."""
        return Looked(other.account, self.changes + other.changes, self.evaluations + other.evaluations, other.has_more)


def figures_between(account: Account, first_month: str, last_month: str, instant: datetime, zone_name: str) -> Figures:
    """What counts from one month through another; loyalty at the instant (law Q3: the order of purchases does not matter)."""
    counted = [bucket for month, bucket in account.buckets.items() if first_month <= month <= last_month]
    first = account.first_purchase_at
    return {
        Factor.SPEND: sum(bucket.spend for bucket in counted),
        Factor.ORDERS: sum(bucket.orders for bucket in counted),
        Factor.POINTS: sum(bucket.points for bucket in counted),
        Factor.ACTIVE_MONTHS: sum(bucket.orders > 0 for bucket in counted),
        Factor.LOYALTY_MONTHS: whole_months(business_date(first, zone_name), business_date(instant, zone_name)) if first else 0,
    }


def window_start(account: Account, programme: Programme, month: str) -> str:
    """The first month of the window that a month lies in."""
    qualification = programme.qualification
    if qualification.window is Window.ROLLING_MONTHS:
        return add_months(month, -qualification.months)
    return _period_start(account, programme, month, _WINDOW_MONTHS[qualification.window])


def _period_start(account: Account, programme: Programme, month: str, months: int) -> str:
    """The first month of the period that a month lies in; `months` divides a year, so that years do not matter."""
    anchor = 1
    if programme.qualification.window is Window.ANNIVERSARY_YEAR and account.first_purchase_at:
        anchor = business_date(account.first_purchase_at, programme.time_zone).month
    return add_months(month, -((int(month[5:]) - anchor) % months))


def figures(account: Account, version: ProgrammeVersion, instant: datetime) -> Figures:
    """What counts towards tiers at an instant."""
    month = month_of(business_date(instant, version.programme.time_zone))
    return figures_between(account, window_start(account, version.programme, month), month, instant, version.programme.time_zone)


def next_review_on(account: Account, programme: Programme, day: date) -> date | None:
    """The next day on which a review is due; none where nothing can be lost."""
    qualification = programme.qualification
    if qualification.demotion is Demotion.OFF or not programme.tier_index(account.earned_tier):
        return None
    return next_boundary(account, programme, day)


def next_boundary(account: Account, programme: Programme, day: date) -> date:
    """The first day of the next window or, for a rolling one, of the next cycle."""
    qualification = programme.qualification
    months = _WINDOW_MONTHS.get(qualification.window) or _CYCLE_MONTHS[qualification.cycle]
    following = add_months(_period_start(account, programme, month_of(day), months), months)
    return date(int(following[:4]), int(following[5:]), 1)


def raise_tier(account: Account, version: ProgrammeVersion, instant: datetime) -> Looked:
    """Raises the tier where present figures reach a higher one, ends a grace they have made up; never lowers it (laws Q2, Q4)."""
    programme = version.programme
    found = figures(account, version, instant)
    qualified = programme.tier_for(found).code
    if programme.tier_index(qualified) > programme.tier_index(account.earned_tier):
        looked = _set_tier(account, version, qualified, instant, TierCause.QUALIFIED)
        day = business_date(instant, programme.time_zone)
        months = (window_start(account, programme, month_of(day)), month_of(day))
        evaluation = _evaluation(account, version, instant, months, found, outcome=EvaluationOutcome.UPGRADED)
        review_on = looked.account.review_on or next_review_on(looked.account, programme, day)
        return replace(looked, account=replace(looked.account, grace=None, review_on=review_on), evaluations=(evaluation,))
    return _make_up(account, version, instant) if account.grace else Looked(account)


def _make_up(account: Account, version: ProgrammeVersion, instant: datetime) -> Looked:
    programme = version.programme
    if account.grace is None:
        return Looked(account)
    last_month = month_of(business_date(instant, programme.time_zone))
    found = figures_between(account, account.grace.first_month, last_month, instant, programme.time_zone)
    qualified = programme.tier_for(found).code
    if programme.tier_index(qualified) < programme.tier_index(account.earned_tier):
        return Looked(account)
    evaluation = _evaluation(account, version, instant, (account.grace.first_month, last_month), found, outcome=EvaluationOutcome.MADE_UP)
    day = business_date(instant, programme.time_zone)
    return Looked(replace(account, grace=None, review_on=next_review_on(account, programme, day)), (), (evaluation,))


def review(account: Account, history: ProgrammeHistory, as_of: datetime) -> Looked:
    """All that is due by an instant, in order of time: new versions, ends of grants and of grace, reviews; each under its own version."""
    looked = Looked(account)
    if account.is_closed:
        return looked
    for _ in range(EVALUATIONS_MAX):
        due = _next_due(looked.account, history, as_of)
        if due is None:
            return looked
        at, step, version = due
        looked = looked.then(step(looked.account, version, at))
    return replace(looked, has_more=_next_due(looked.account, history, as_of) is not None)


type _Step = Callable[[Account, ProgrammeVersion, datetime], Looked]


def _next_due(account: Account, history: ProgrammeHistory, as_of: datetime) -> tuple[datetime, _Step, ProgrammeVersion] | None:
    """What comes next. What ends as a new version begins still belongs to the old one: a review looks back at its time."""
    zone_name = history.at(as_of).programme.time_zone
    days: list[tuple[date | None, _Step]] = [
        (account.granted.ends_on + timedelta(days=1) if account.granted else None, _end_grant),
        (account.grace.until + timedelta(days=1) if account.grace else None, _end_grace),
        (account.review_on, _review),
    ]
    present, following = history.number(account.program_version), history.after(account.program_version)
    due = [(start_of_day(day, zone_name), step, present) for day, step in days if day]
    if following:
        due.append((following.effective_from, _follow_version, following))
    ready = [item for item in due if item[0] <= as_of]
    return min(ready, key=lambda item: item[0]) if ready else None


def _follow_version(account: Account, version: ProgrammeVersion, at: datetime) -> Looked:
    """A new version is in force: the tier is mapped to its list, may rise at once, and is reviewed by its rules from here on."""
    programme = version.programme
    looked = Looked(replace(account, program_version=version.number))
    codes = [tier.code for tier in programme.tiers]
    if account.earned_tier not in codes:
        looked = looked.then(_set_tier(looked.account, version, codes[-1], at, TierCause.PROGRAMME))
    if account.granted and account.granted.tier not in codes:
        looked = looked.then(_end_grant(looked.account, version, at))
    day = business_date(at, programme.time_zone)
    review_on = next_review_on(looked.account, programme, day) if looked.account.grace is None else None
    grace = looked.account.grace if programme.qualification.demotion is not Demotion.OFF else None
    looked = replace(looked, account=replace(looked.account, review_on=review_on, grace=grace))
    return looked.then(raise_tier(looked.account, version, at))


def _end_grant(account: Account, version: ProgrammeVersion, at: datetime) -> Looked:
    if account.granted is None:
        return Looked(account)
    return _with_tier(replace(account, granted=None), version, account.granted.base, at, TierCause.GRANT_ENDED)


def _review(account: Account, version: ProgrammeVersion, at: datetime) -> Looked:
    """Looks at the window that has ended (TIER-05, TIER-08)."""
    programme = version.programme
    day = business_date(at, programme.time_zone)
    last_month = add_months(month_of(day), -1)
    is_rolling = programme.qualification.window is Window.ROLLING_MONTHS
    first_month = window_start(account, programme, month_of(day) if is_rolling else last_month)
    found = figures_between(account, first_month, last_month, at, programme.time_zone)
    place, reached = programme.tier_index(account.earned_tier), programme.tier_index(programme.tier_for(found).code)
    months = (first_month, last_month)
    account = replace(account, review_on=next_boundary(account, programme, day))
    if reached > place:
        evaluation = _evaluation(account, version, at, months, found, outcome=EvaluationOutcome.UPGRADED)
        looked = _set_tier(account, version, programme.tiers[reached].code, at, TierCause.QUALIFIED)
        return replace(looked, evaluations=(evaluation,))
    if reached == place:
        return Looked(account, (), (_evaluation(account, version, at, months, found, outcome=EvaluationOutcome.KEPT),))
    if programme.qualification.demotion is Demotion.REVIEW:
        return Looked(account, (), (_evaluation(account, version, at, months, found, outcome=EvaluationOutcome.TO_REVIEW),))
    grace_days = programme.qualification.grace_days
    if not grace_days:
        return _demote(account, version, at, months, found)
    evaluation = _evaluation(account, version, at, months, found, outcome=EvaluationOutcome.GRACE)
    grace = Grace(day + timedelta(days=grace_days - 1), first_month)
    evaluation = replace(evaluation, until=grace.until)
    return Looked(replace(account, review_on=None, grace=grace), (), (evaluation,))


def _end_grace(account: Account, version: ProgrammeVersion, at: datetime) -> Looked:
    if account.grace is None:
        return Looked(account)
    programme = version.programme
    months = (account.grace.first_month, month_of(account.grace.until))
    last_instant = at - timedelta(seconds=1)
    made_up = _make_up(account, version, last_instant)
    if made_up.evaluations:
        return made_up
    found = figures_between(account, *months, last_instant, programme.time_zone)
    return _demote(replace(account, grace=None), version, at, months, found)


def _demote(account: Account, version: ProgrammeVersion, at: datetime, months: tuple[str, str], found: Figures) -> Looked:
    programme = version.programme
    reached = programme.tier_index(programme.tier_for(found).code)
    place = programme.tier_index(account.earned_tier)
    target = max(place - 1, reached) if programme.qualification.demotion is Demotion.ONE_DOWN else reached
    evaluation = _evaluation(account, version, at, months, found, outcome=EvaluationOutcome.DEMOTED)
    looked = _set_tier(account, version, programme.tiers[min(place, target)].code, at, TierCause.REVIEW)
    review_on = next_review_on(looked.account, programme, business_date(at, programme.time_zone))
    return Looked(replace(looked.account, review_on=review_on), looked.changes, (evaluation,))


def _evaluation(
    account: Account, version: ProgrammeVersion, at: datetime, months: tuple[str, str], found: Figures, *, outcome: EvaluationOutcome
) -> Evaluation:
    qualified = version.programme.tier_for(found).code
    values = tuple(found[factor] for factor in Factor)
    return Evaluation(at, *months, values, account.earned_tier, qualified, outcome, version.number)


def _set_tier(account: Account, version: ProgrammeVersion, code: str, at: datetime, cause: TierCause) -> Looked:
    """The earned tier becomes `code`; what is granted stands as long as it is above, and an override in any case."""
    granted = account.granted
    if granted is None:
        return _with_tier(account, version, code, at, cause)
    index = version.programme.tier_index
    if granted.cause is TierCause.OVERRIDE or index(code) < index(granted.tier):
        return Looked(replace(account, granted=replace(granted, base=code)))
    return _with_tier(replace(account, granted=None), version, code, at, cause)


def _with_tier(account: Account, version: ProgrammeVersion, code: str, at: datetime, cause: TierCause) -> Looked:
    if code == account.tier:
        return Looked(account)
    change = TierChange(at, account.tier, code, cause, version.number)
    kept = (*account.tier_changes, change)[-TIER_CHANGES_KEPT:]
    return Looked(replace(account, tier=code, tier_since=at, tier_changes=kept), (change,))


def grant(account: Account, version: ProgrammeVersion, granted: Granted, at: datetime) -> Looked:
    """Gives a tier through a day, above or (an override) instead of the earned one."""
    return _with_tier(replace(account, granted=granted), version, granted.tier, at, granted.cause)


def set_for_good(account: Account, version: ProgrammeVersion, tier: str, at: datetime) -> Looked:
    """Sets the earned tier by override, with no end but its next review."""
    looked = _with_tier(replace(account, granted=None, grace=None), version, tier, at, TierCause.OVERRIDE)
    review_on = next_review_on(looked.account, version.programme, business_date(at, version.programme.time_zone))
    return replace(looked, account=replace(looked.account, review_on=review_on))
