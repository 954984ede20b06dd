"""The languages of people: English and Simplified Chinese; every text exists in both."""

from typing import Literal

from msgspec import Struct

type Language = Literal["en", "zh-CN"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")


class Text(Struct, frozen=True):
    """One sentence in every language; `{name}` stands for a figure that is filled in when it is shown."""

    en: str
    zh_cn: str

    def render(self, language: Language, **params: object) -> str:
        """The sentence in `language` with its figures."""
        sentence = self.zh_cn if language == "zh-CN" else self.en
        return sentence.format(**params) if params else sentence


def preferred_language(accept_language: str | None) -> Language:
    """The best language for an `Accept-Language` header (RFC 9110 12.5.4); English when none fits.

    Any Chinese, zh-TW as well, is answered in Simplified Chinese.
    """
    best: tuple[float, Language] = (0.0, "en")
    for part in (accept_language or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        language: Language | None = "zh-CN" if tag.lower().startswith("zh") else "en" if tag.lower().startswith("en") else None
        weight = _weight(parameter)
        if language and weight > best[0]:
            best = (weight, language)
    return best[1]


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1) if parameter else 1.0
    except ValueError:
        return 0.0
