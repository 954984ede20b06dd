"""What is asked of the members' context."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from regulars.kernel.language import Language
from regulars.members.model import Channel, ContactKind, MarketingChannel

type Gender = Literal["female", "male", "other", "undisclosed"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class SubmitApplication:
    """The filled-in form as it was sent (REG-10): basic information, channel, tier applied for, consents.

    `prior_spend` and `company_user` (who the applicant is among the company's users) are claims for admission to a tier (REG-07).
    """

    channel: Channel
    language: Language
    terms_version: str
    privacy_version: str
    information_is_true: bool
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    verify_by: ContactKind | None = None
    gender: Gender | None = None
    birth_date: date | None = None
    address: str | None = None
    interests: tuple[str, ...] = ()
    marketing: frozenset[MarketingChannel] = frozenset()
    tier_applied_for: str | None = None
    prior_spend: Money | None = None
    company_user: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a public request comes from: who (`public` or `staff:…`) and from which address."""

    actor: str = "public"
    address: str = ""
    entered_by: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    """The fields to change: `None` empties one; a name that is missing is left as it is."""

    fields: dict[str, str | None] = field(default_factory=dict)
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ChangeConsents:
    """What a member agrees to or withdraws; missing channels stay as they are (PRV-05, P3)."""

    terms_version: str | None = None
    privacy_version: str | None = None
    marketing: dict[MarketingChannel, bool] = field(default_factory=dict)
