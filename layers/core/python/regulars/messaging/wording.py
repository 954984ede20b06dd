"""From codes to words: what a notice's template is filled with, in the language of the one who reads it; pure."""

from collections.abc import Mapping
from typing import Any

from regulars.kernel.language import Language, Text
from regulars.kernel.money import amount_text
from regulars.messaging.model import MessageTemplate, Notice, Params
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.qualifying import Factor

MASKED_CODE = "••••••"
MASKED_REASON = "…"

_FIELDS: Mapping[str, Text] = {
    "name": Text("name", "姓名"),
    "phone": Text("phone", "手机号码"),
    "email": Text("e-mail", "电子邮箱"),
    "gender": Text("gender", "性别"),
    "birth_date": Text("date of birth", "出生日期"),
    "address": Text("address", "地址"),
    "interests": Text("interests", "兴趣"),
    "language": Text("language", "语言"),
}


_FACTORS: Mapping[Factor, Text] = {
    Factor.SPEND: Text("{value} of spend", "消费 {value}"),
    Factor.ORDERS: Text("{value} more orders", "再消费 {value} 次"),
    Factor.POINTS: Text("{value} more points earned", "再获得 {value} 积分"),
    Factor.ACTIVE_MONTHS: Text("{value} more months with a purchase", "再有 {value} 个月产生消费"),
    Factor.LOYALTY_MONTHS: Text("{value} more months of membership", "会籍再满 {value} 个月"),
}

_CAUSES: Mapping[str, Text] = {
    "qualified": Text("You have reached what it asks for.", "您已达到该等级的要求。"),
    "review": Text(
        "In the period that was reviewed, your figures did not reach your former tier.", "在本次考核周期内，您的指标未达到原等级的要求。"
    ),
    "programme": Text("The programme's tiers have changed.", "会员计划的等级设置已调整。"),
    "points": Text("You have exchanged points for it.", "您已使用积分兑换该等级。"),
    "campaign": Text("It was given to you in a campaign.", "您在活动中获赠该等级。"),
    "override": Text("Our staff have set it for you.", "该等级由工作人员为您设置。"),
    "grant_ended": Text("The time for which your former tier was given is over.", "原等级的赠予期限已结束。"),
}
"""Why a tier changed, as members are told (TIER-10)."""


def words_of(notice: Notice, history: ProgrammeHistory, language: Language) -> Params:
    """The params of a notice's template as they are kept: its facts, with tiers, benefits and fields by their names."""
    version = _version(notice, history)
    programme = version.programme
    words: dict[str, Any] = {**notice.facts, "programme": programme.name.in_language(language)}
    if notice.template is MessageTemplate.WELCOME:
        words |= {"tier": _tier_name(programme, words["tier"], language), "benefits": _benefits(programme, words["tier"], language)}
    if notice.template is MessageTemplate.TIER_CHANGED:
        words |= _tier_words(programme, words["from_tier"], words["to_tier"], language)
        words["reason"] = _CAUSES[words.pop("cause")].render(language)
    if notice.template is MessageTemplate.TIER_GRACE:
        missing = _missing(programme, words["tier"], words.pop("figures"), language)
        words |= {"tier": _tier_name(programme, words["tier"], language), "missing": missing}
    if notice.template is MessageTemplate.ACCOUNT_CLOSED and words["compensation"]:
        words["compensation"] = amount_text(words["compensation"], programme.currency)
    if notice.template is MessageTemplate.PROFILE_CHANGED:
        words["fields"] = [_FIELDS[name].render(language) for name in words["fields"] if name in _FIELDS]
    return words | masks_of(notice.template)


def masks_of(template: MessageTemplate) -> dict[str, str]:
    """What stands in the record for what is not kept: a code, and what staff wrote to an applicant."""
    if template in {MessageTemplate.VERIFICATION_CODE, MessageTemplate.PASSWORD_RESET_CODE}:
        return {"code": MASKED_CODE}
    return {"reason": MASKED_REASON} if template is MessageTemplate.APPLICATION_REJECTED else {}


def _version(notice: Notice, history: ProgrammeHistory) -> ProgrammeVersion:
    number = notice.facts.get("program_version")
    return next((version for version in history.versions if version.number == number), None) or history.at(notice.occurred_at)


def _tier_words(programme: Programme, from_tier: str, to_tier: str, language: Language) -> dict[str, Any]:
    return {
        "from_tier": _tier_name(programme, from_tier, language),
        "to_tier": _tier_name(programme, to_tier, language),
        "is_promotion": programme.tier_index(to_tier) > programme.tier_index(from_tier),
        "benefits": _benefits(programme, to_tier, language),
    }


def _missing(programme: Programme, tier: str, figures: Mapping[str, int], language: Language) -> list[str]:
    """What a member in grace has to make up, factor by factor (TIER-12)."""
    asked = programme.tiers[programme.tier_index(tier)].thresholds
    lacking = {factor: threshold - figures[factor.value] for factor, threshold in asked.items() if threshold > figures[factor.value]}
    return [
        _FACTORS[factor].render(language, value=amount_text(value, programme.currency) if factor is Factor.SPEND else value)
        for factor, value in lacking.items()
    ]


def _tier_name(programme: Programme, code: str, language: Language) -> str:
    return next((tier.name.in_language(language) for tier in programme.tiers if tier.code == code), code)


def _benefits(programme: Programme, tier: str, language: Language) -> list[dict[str, str]]:
    return [
        {"name": benefit.name.in_language(language), "description": benefit.description.in_language(language)}
        for benefit in programme.benefits_of(tier)
    ]
