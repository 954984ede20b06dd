"""From codes to words: what a notice's template is filled with, in the language of the one who reads it; pure."""

from collections.abc import Mapping
from typing import Any

from regulars.kernel.language import Language, Text
from regulars.messaging.model import MessageTemplate, Notice, Params
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion

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


def words_of(notice: Notice, history: ProgrammeHistory, language: Language) -> Params:
    """The params of a notice's template as they are kept: its facts, with tiers, benefits and fields by their names."""
    version = _version(notice, history)
    programme = version.programme
    words: dict[str, Any] = {**notice.facts, "programme": programme.name.in_language(language)}
    if notice.template is MessageTemplate.WELCOME:
        words |= {"tier": _tier_name(programme, words["tier"], language), "benefits": _benefits(programme, words["tier"], language)}
    if notice.template is MessageTemplate.TIER_CHANGED:
        words |= _tier_words(programme, words["from_tier"], words["to_tier"], language)
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


def _tier_name(programme: Programme, code: str, language: Language) -> str:
    return next((tier.name.in_language(language) for tier in programme.tiers if tier.code == code), code)


def _benefits(programme: Programme, tier: str, language: Language) -> list[dict[str, str]]:
    return [
        {"name": benefit.name.in_language(language), "description": benefit.description.in_language(language)}
        for benefit in programme.benefits_of(tier)
    ]
