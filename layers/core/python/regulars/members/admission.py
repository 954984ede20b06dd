"""At which tier somebody is admitted: the highest at or below the wish whose conditions hold (REG-07, REG-08, TIER-14; pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from regulars.kernel.language import Language, Text
from regulars.kernel.money import amount_text
from regulars.members.errors import AdmissionConditionError, AdmissionTierUnknownError
from regulars.program.admission import COMPANY_USER, PRIOR_SPEND
from regulars.program.model import Programme

CLAIM_FIELDS = frozenset({PRIOR_SPEND, COMPANY_USER})
"""The personal fields that serve the review alone: a member's profile does not keep them."""

_TEXTS = {
    "admission_spend": Text("{tier} asks for earlier purchases of {amount} or more.", "申请{tier}须此前消费满 {amount}。"),
    "admission_company_user": Text("{tier} is for registered users of the company.", "{tier}仅限公司注册用户申请。"),
    "admission_closed": Text("{tier} cannot be joined directly: members reach it.", "{tier}不能直接申请，须成为会员后达标升级。"),
    "admission_tier_gone": Text("The programme has no tier {tier} any more.", "会员计划已不设等级 {tier}。"),
    "tier_by_staff": Text("Our staff granted {tier} after a review.", "经人工审核，授予{tier}等级。"),
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What an applicant says, or staff confirmed: earlier spend in minor units, and being a registered user of the company."""

    prior_spend: int = 0
    company_user: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Claims":
        """The claims among personal fields in clear."""
        return cls(int(fields.get(PRIOR_SPEND, "0")), COMPANY_USER in fields)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What staff say on approval: figures instead of the claims, and a tier instead of the wish; `None` where they say nothing."""

    tier: str | None = None
    prior_spend: int | None = None
    company_user: bool | None = None

    def over(self, claims: Claims) -> Claims:
        """The claims, with what was confirmed in their place."""
        said = {name: value for name in ("prior_spend", "company_user") if (value := getattr(self, name)) is not None}
        return replace(claims, **said)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a tier is another one than was applied for: a code, the tier it speaks of, and the amount asked for in minor units."""

    code: str
    tier: str
    spend_from: int | None = None

    def figures(self, programme: Programme) -> dict[str, str | int]:
        """The figures, for machines."""
        figures: dict[str, str | int] = {"tier": self.tier}
        if self.spend_from is not None:
            figures |= {"spend_from": self.spend_from, "currency": programme.currency}
        return figures

    def sentence(self, programme: Programme, language: Language) -> str:
        """The reason for people."""
        names = {tier.code: tier.name.in_language(language) for tier in programme.tiers}
        amount = amount_text(self.spend_from or 0, programme.currency)
        return _TEXTS[self.code].render(language, tier=names.get(self.tier, self.tier), amount=amount)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say of an application: its tier (nothing where nobody may join so), and why it is not the one applied for."""

    tier: str | None
    reasons: tuple[Reason, ...] = ()


def assess(programme: Programme, wish: str | None, claims: Claims) -> Assessment:
    """The highest tier at or below the wish whose conditions hold; without a wish the lowest."""
    codes = [tier.code for tier in programme.tiers]
    top = programme.tier_index(wish) if wish else 0
    gone = (Reason("admission_tier_gone", wish),) if wish and wish not in codes else ()
    for place in range(top, -1, -1):
        if not _unmet(programme, place, claims):
            return Assessment(codes[place], gone or _unmet(programme, top, claims))
    return Assessment(None, _unmet(programme, 0, claims))


def needs_staff(programme: Programme, wish: str | None, claims: Claims) -> bool:
    """Whether a public application is flagged: it could come above the lowest tier, or what comes of it depends on a claim."""
    above = programme.tiers[1 : programme.tier_index(wish) + 1] if wish else ()
    could_rise = any(tier.admission is not None for tier in above)
    return could_rise or assess(programme, wish, claims) != assess(programme, wish, Claims())


def decide(programme: Programme, wish: str | None, claims: Claims, tier: str | None) -> Assessment:
    """What staff's approval comes to: the tier they name, or the one by the wish.

    Raises:
        AdmissionTierUnknownError: the programme has no such tier.
        AdmissionConditionError: its conditions do not hold, or not even the lowest tier's.
    """
    by_rules = assess(programme, wish, claims)
    if tier is not None and tier not in {known.code for known in programme.tiers}:
        raise AdmissionTierUnknownError
    place = programme.tier_index(tier or by_rules.tier or "")
    if unmet := _unmet(programme, place, claims):
        raise AdmissionConditionError(tier=programme.tiers[place].code, conditions=_conditions(programme, unmet))
    if tier is None or tier == by_rules.tier:
        return by_rules
    return Assessment(tier, (Reason("tier_by_staff", tier),))


def _unmet(programme: Programme, place: int, claims: Claims) -> tuple[Reason, ...]:
    tier = programme.tiers[place]
    admission = tier.admission
    if admission is None:
        return (Reason("admission_closed", tier.code),) if place else ()
    spend = (Reason("admission_spend", tier.code, admission.spend_from),) if claims.prior_spend < (admission.spend_from or 0) else ()
    company = (Reason("admission_company_user", tier.code),) if admission.company_user and not claims.company_user else ()
    return spend + company


def _conditions(programme: Programme, unmet: tuple[Reason, ...]) -> str:
    """Conditions by their names in the programme, which are the same in every language."""
    named = {"admission_closed": "admission = null", "admission_company_user": "admission.company_user"}
    return ", ".join(
        named.get(reason.code, f"admission.spend_from {amount_text(reason.spend_from or 0, programme.currency)}") for reason in unmet
    )
