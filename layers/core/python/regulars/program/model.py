"""A programme version: rules as data, checked when they are loaded, in force from a date.

Amounts are minor currency units, points are whole points, rates are thousandths of a point per currency unit spent, periods
are whole months or days in the programme's time zone.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from regulars.kernel.language import Language
from regulars.kernel.money import CURRENCY_PATTERN

type Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""A stable lower_snake code."""


class Rules(BaseModel):
    """The base of the parts of a programme: immutable, strict, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Words(Rules):
    """A text of the programme's in both languages."""

    en: str = Field(min_length=1, max_length=2000)
    zh_cn: str = Field(min_length=1, max_length=2000)

    def in_language(self, language: Language) -> str:
        """The text in a language."""
        return self.zh_cn if language == "zh-CN" else self.en


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("unknown_time_zone", "not an IANA time zone")
    return name


class Tier(Rules):
    """One level: what qualifies for it, what it earns, and its benefits beyond those of the level below (BEN-12)."""

    code: Code
    name: Words
    spend_from: int = Field(ge=0, le=10**12, description="Spend in the window that qualifies, in minor units.")
    points_per_unit_thousandths: int = Field(ge=0, le=100_000, description="Points per currency unit, in thousandths: 1500 is 1.5.")
    benefits: tuple[Code, ...] = ()


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


class Qualification(Rules):
    """The window over which spend counts towards tiers: the current month and `months` whole months before it."""

    window: Literal["rolling_months"] = "rolling_months"
    months: int = Field(12, ge=1, le=36)


class Expiry(Rules):
    """When points end: at the end of the month that lies `months` after the day they were earned (design decision 12).

    `reminder_days` before that day the member is told.
    """

    policy: Literal["fixed_months_end_of_month", "never"] = "fixed_months_end_of_month"
    months: int = Field(12, ge=1, le=120)
    reminder_days: int = Field(30, ge=0, le=180)


class Earning(Rules):
    """What earns nothing, and how long points wait before they can be used (a return window; 0 is at once)."""

    excluded_categories: tuple[str, ...] = ()
    excluded_skus: tuple[str, ...] = ()
    return_window_days: int = Field(0, ge=0, le=90)


class JoinField(StrEnum):
    """The fields an applicant may be asked for (REG-11)."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    INTERESTS = "interests"


class FormField(Rules):
    """One field of the join form, whether it must be filled in, and what it is used for (REG-12, PRV-03)."""

    field: JoinField = Field(strict=False)
    required: bool
    purpose: Words


class Document(Rules):
    """A text that applicants accept by version: terms or the privacy policy (PRV-04, REG-09, REG-13)."""

    version: str = Field(min_length=1, max_length=32)
    title: Words
    text: Words


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
    benefits: tuple[Benefit, ...] = ()
    qualification: Qualification = Qualification()
    expiry: Expiry = Expiry()
    earning: Earning = Earning()
    late_window_days: int = Field(30, ge=0, le=365)
    review_mode: ReviewMode = Field(ReviewMode.AUTO, strict=False)
    join_form: tuple[FormField, ...]
    join_steps: tuple[Words, ...] = ()
    terms: Document
    privacy: Document

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for number, tier in enumerate(self.tiers):
            self._check_tier(number, tier)
        fields = [item.field for item in self.join_form]
        _require(len(set(fields)) == len(fields), "duplicate_field", "join_form names a field twice")
        required = {item.field for item in self.join_form if item.required}
        _require(JoinField.NAME in required, "name_required", "join_form must require name")
        contacts = {JoinField.PHONE, JoinField.EMAIL} & set(fields)
        _require(bool(contacts), "contact_required", "join_form must ask for phone or email")
        return self

    def _check_tier(self, number: int, tier: Tier) -> None:
        below = self.tiers[:number]
        place = f"tiers[{number}]"
        _require(tier.code not in {other.code for other in below}, "duplicate_code", f"{place}.code stands twice")
        floor = below[-1].spend_from if below else -1
        fits = tier.spend_from > floor if below else tier.spend_from == 0
        _require(fits, "threshold_order", f"{place}.spend_from must start at 0 and rise from tier to tier")
        unknown = set(tier.benefits) - {benefit.code for benefit in self.benefits}
        _require(not unknown, "unknown_benefit", f"{place}.benefits names unknown codes: {', '.join(sorted(unknown))}")

    def tier_index(self, code: str) -> int:
        """The place of a tier, 0 for the lowest; 0 as well for a code this version does not have."""
        return next((index for index, tier in enumerate(self.tiers) if tier.code == code), 0)

    def tier_for(self, spend: int) -> Tier:
        """The highest tier that a spend in the window qualifies for (law Q4: at the threshold exactly)."""
        return max((tier for tier in self.tiers if tier.spend_from <= spend), key=lambda tier: tier.spend_from)

    def benefits_of(self, code: str) -> tuple[Benefit, ...]:
        """A tier's benefits: its own and those of every tier below."""
        codes = {benefit for tier in self.tiers[: self.tier_index(code) + 1] for benefit in tier.benefits}
        return tuple(benefit for benefit in self.benefits if benefit.code in codes)


def _require(holds: object, code: str, message: str) -> None:
    if not holds:
        raise PydanticCustomError(code, message)  # texts are made here, not templates


class ProgrammeVersion(BaseModel):
    """A published programme with its number and the instant from which it is in force."""

    model_config = ConfigDict(frozen=True)

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
        """The longest qualification window of any version: how long buckets are kept."""
        return max(version.programme.qualification.months for version in self.versions)
