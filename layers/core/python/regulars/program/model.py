"""A programme version: rules as data, checked when they are loaded, in force from a date.

Amounts are minor currency units, points are whole points, rates are thousandths of a point per currency unit spent, periods
are whole months or days in the programme's time zone.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from regulars.kernel.clock import zone
from regulars.kernel.language import Text
from regulars.kernel.money import CURRENCY_PATTERN
from regulars.kernel.wire import Finding, refused_fields
from regulars.program.admission import Admission, admission_findings
from regulars.program.earning import BASE_RULE, Caps, Earning
from regulars.program.joining import Document, FormField, JoinField, form_findings
from regulars.program.parts import TWICE, Code, Rules, Words, repeated
from regulars.program.policies import (
    AbuseLimits,
    Activity,
    Adjustments,
    Closure,
    Expiry,
    Partner,
    Qualification,
    Redemption,
    Refunds,
    TierOffer,
    Transfers,
)
from regulars.program.qualifying import Factor, Figures, qualifies, rises
from regulars.program.serving import TierService, service_findings

_ZONE_PATTERN = re.compile(r"UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")


def _known_zone(name: str) -> str:
    try:
        if _ZONE_PATTERN.fullmatch(name):
            return zone(name).key
    except (KeyError, ValueError, OSError):  # no such zone, not a zone's file, a folder of zones
        pass
    sentence = Text("Use a zone of the IANA list, such as Asia/Shanghai.", "请使用 IANA 时区名称，例如 Asia/Shanghai。")
    raise PydanticCustomError("unknown_time_zone", "unknown_time_zone", {"text": sentence})


class Tier(Rules):
    """One level: what qualifies for it, what it earns, how it is served, and its benefits beyond those of the level below (BEN-12)."""

    code: Code
    name: Words
    spend_from: int = Field(ge=0, le=10**12, description="Spend in the window that qualifies, in minor units; 0 asks for none.")
    orders_from: int | None = Field(None, ge=1, le=10**6, description="Orders in the window that qualify.")
    points_from: int | None = Field(None, ge=1, le=10**12, description="Points earned in the window that qualify.")
    active_months_from: int | None = Field(None, ge=1, le=37, description="Months of the window with a purchase that qualify.")
    loyalty_months_from: int | None = Field(None, ge=1, le=1200, description="Whole months since the first purchase that qualify.")
    points_per_unit_thousandths: int = Field(ge=0, le=100_000, description="Points per currency unit, in thousandths: 1500 is 1.5.")
    benefits: tuple[Code, ...] = Field((), max_length=50)
    service: TierService = TierService.model_construct()
    admission: Admission | None = Field(None, description="Who joins at it; null: all at the lowest, nobody directly at others.")

    @cached_property
    def thresholds(self) -> Figures:
        """The factors that are switched on for this tier, with what each one asks for (TIER-02)."""
        asked = {factor: getattr(self, f"{factor}_from") for factor in Factor}
        return {factor: threshold for factor, threshold in asked.items() if threshold}


class BenefitClass(StrEnum):
    """The classes of benefits (BEN-01)."""

    POINTS = "points"
    DISCOUNT = "discount"
    PRIORITY_SERVICE = "priority_service"
    BIRTHDAY = "birthday"
    EXCLUSIVE_ACTIVITY = "exclusive_activity"
    PERSONALISED_SERVICE = "personalised_service"
    BASIC_SERVICE = "basic_service"


class Benefit(Rules):
    """What members of a tier enjoy, in words."""

    code: Code
    benefit_class: BenefitClass = Field(strict=False)
    name: Words
    description: Words


class ReviewMode(StrEnum):
    """Who reviews an application (design decision 1)."""

    AUTO = "auto"
    MANUAL = "manual"


class Programme(Rules):
    """The whole rules of one version.

    Raises (on validation): errors that name the field, such as `tiers[1].spend_from`.
    """

    name: Words
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    currency: str = Field("CNY", pattern=CURRENCY_PATTERN)
    tiers: tuple[Tier, ...] = Field(min_length=1, max_length=12)
    benefits: tuple[Benefit, ...] = Field((), max_length=100)
    qualification: Qualification = Qualification.model_construct()
    expiry: Expiry = Expiry.model_construct()
    earning: Earning = Earning.model_construct()
    redemption: Redemption = Redemption.model_construct()
    refunds: Refunds = Refunds.model_construct()
    adjustments: Adjustments = Adjustments.model_construct()
    transfers: Transfers = Transfers.model_construct()
    closure: Closure = Closure.model_construct()
    abuse_limits: AbuseLimits = AbuseLimits.model_construct()
    partners: tuple[Partner, ...] = Field((), max_length=100)
    activities: tuple[Activity, ...] = Field((), max_length=100)
    tier_offers: tuple[TierOffer, ...] = Field((), max_length=20)
    late_window_days: int = Field(30, ge=0, le=365)
    review_mode: ReviewMode = Field(ReviewMode.AUTO, strict=False)
    join_form: tuple[FormField, ...] = Field(min_length=1, max_length=len(JoinField))
    join_steps: tuple[Words, ...] = Field((), max_length=20)
    terms: Document
    privacy: Document

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        checks = (_tier_findings, _benefit_findings, _policy_findings, _rule_findings)
        found = (*(finding for check in checks for finding in check(self)), *form_findings(self.join_form))
        found += tuple(admission_findings([tier.admission for tier in self.tiers], [item.field for item in self.join_form]))
        if found:
            raise refused_fields(found)
        return self

    def tier_index(self, code: str) -> int:
        """The place of a tier, 0 for the lowest; 0 as well for a code this version does not have."""
        return next((index for index, tier in enumerate(self.tiers) if tier.code == code), 0)

    def tier_for(self, figures: Figures) -> Tier:
        """The highest tier that figures qualify for (law Q4: at the threshold exactly)."""
        return next(tier for tier in reversed(self.tiers) if qualifies(tier.thresholds, figures, self.qualification.match))

    def benefits_of(self, code: str) -> tuple[Benefit, ...]:
        """A tier's benefits: its own and those of every tier below."""
        codes = {benefit for tier in self.tiers[: self.tier_index(code) + 1] for benefit in tier.benefits}
        return tuple(benefit for benefit in self.benefits if benefit.code in codes)


_FLOOR = Text("The lowest tier starts at 0.", "最低等级须从 0 起。")
_RISE = Text(
    "Each tier asks for more than the one before it, and for no less in any factor.",
    "每个等级的门槛须高于前一等级，且任一指标不得低于前者。",
)
_UNKNOWN_BENEFIT = Text("There is no benefit of this code.", "没有该代码的权益。")
_UNKNOWN_TIER = Text("There is no tier of this code.", "没有该代码的等级。")
_NO_CAPS = Text("A rate replaces the base and has no caps.", "费率规则替代基础费率，不设上限。")


def _tier_findings(programme: Programme) -> Iterator[Finding]:
    known = {benefit.code for benefit in programme.benefits}
    for number, tier in enumerate(programme.tiers):
        if not number and tier.thresholds:
            yield ("tiers", 0, "spend_from"), "threshold_order", _FLOOR
        if number and not rises(programme.tiers[number - 1].thresholds, tier.thresholds):
            yield ("tiers", number, "spend_from"), "threshold_order", _RISE
        for place, code in enumerate(tier.benefits):
            if code not in known:
                yield ("tiers", number, "benefits", place), "unknown_benefit", _UNKNOWN_BENEFIT
    for number in repeated([tier.code for tier in programme.tiers]):
        yield ("tiers", number, "code"), "duplicate", TWICE
    yield from service_findings([tier.service for tier in programme.tiers])


def _benefit_findings(programme: Programme) -> Iterator[Finding]:
    for number in repeated([benefit.code for benefit in programme.benefits]):
        yield ("benefits", number, "code"), "duplicate", TWICE


def _policy_findings(programme: Programme) -> Iterator[Finding]:
    tiers = {tier.code for tier in programme.tiers}
    for name, parts in (
        ("partners", programme.partners),
        ("activities", programme.activities),
        ("tier_offers", programme.tier_offers),
    ):
        for number in repeated([part.code for part in parts]):
            yield (name, number, "code"), "duplicate", TWICE
    for number, offer in enumerate(programme.tier_offers):
        if offer.tier not in tiers:
            yield ("tier_offers", number, "tier"), "unknown_tier", _UNKNOWN_TIER


def _rule_findings(programme: Programme) -> Iterator[Finding]:
    tiers = {tier.code for tier in programme.tiers}
    for number in repeated([BASE_RULE, *(rule.code for rule in programme.earning.rules)]):
        yield ("earning", "rules", number - 1, "code"), "duplicate", TWICE
    for number, rule in enumerate(programme.earning.rules):
        for place, code in enumerate(rule.when.tiers):
            if code not in tiers:
                yield ("earning", "rules", number, "when", "tiers", place), "unknown_tier", _UNKNOWN_TIER
        if rule.effect.kind == "rate" and rule.caps != Caps():
            yield ("earning", "rules", number, "caps"), "rate_without_caps", _NO_CAPS


class ProgrammeVersion(BaseModel):
    """A published programme with its number and the instant from which it is in force."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    number: int = Field(ge=1)
    effective_from: datetime
    programme: Programme


class ProgrammeHistory:
    """Every published version in order of its start; the rules of any moment are found here."""

    def __init__(self, versions: tuple[ProgrammeVersion, ...]) -> None:
        if not versions:
            raise ValueError("a history has at least one version")
        self.versions = tuple(sorted(versions, key=lambda version: (version.effective_from, version.number)))

    def at(self, instant: datetime) -> ProgrammeVersion:
        """The version in force at an instant; the first one for anything before it."""
        in_force = [version for version in self.versions if version.effective_from <= instant]
        return in_force[-1] if in_force else self.versions[0]

    def followed(self, number: int, instant: datetime) -> ProgrammeVersion:
        """The version in force at an instant, or the one of a number that was followed already: a clock behind takes none back (law X6)."""
        return max(self.at(instant), self.number(number), key=lambda version: (version.effective_from, version.number))

    def after(self, number: int) -> ProgrammeVersion | None:
        """The version that follows another in time; `None` after the last."""
        places = [place for place, version in enumerate(self.versions) if version.number == number]
        return self.versions[places[0] + 1] if places and places[0] + 1 < len(self.versions) else None

    def number(self, number: int) -> ProgrammeVersion:
        """The version of a number.

        Raises:
            KeyError: there is none.
        """
        for version in self.versions:
            if version.number == number:
                return version
        raise KeyError(number)

    @property
    def window_months_max(self) -> int:
        """The longest that any version looks back: how long buckets are kept."""
        return max(version.programme.qualification.kept_months for version in self.versions)
