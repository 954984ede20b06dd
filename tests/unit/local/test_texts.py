"""What the command says: in both languages, with the same figures."""

import string
from collections.abc import Iterator

import pytest

from regulars.kernel.language import Language, Text
from regulars_local import texts


def _all_texts() -> Iterator[tuple[str, Text]]:
    for name, value in vars(texts).items():
        if isinstance(value, Text):
            yield name, value
        if isinstance(value, dict):
            yield from ((f"{name}[{key}]", text) for key, text in value.items() if isinstance(text, Text))


@pytest.mark.parametrize(("name", "text"), list(_all_texts()))
def test_both_languages_tell_the_same_figures(name: str, text: Text) -> None:
    """Every sentence exists in English and in Chinese, and both fill in the same placeholders."""
    placeholders = [{field for _, field, _, _ in string.Formatter().parse(sentence) if field} for sentence in (text.en, text.zh_cn)]
    assert placeholders[0] == placeholders[1]
    assert text.en
    assert any("\u4e00" <= character <= "\u9fff" for character in text.zh_cn)


@pytest.mark.parametrize(
    ("choice", "locale", "expected"),
    [
        (None, "zh_CN.UTF-8", "zh-CN"),
        (None, "en_GB.UTF-8", "en"),
        (None, "C", "en"),
        ("zh", "en_GB.UTF-8", "zh-CN"),
        ("en", "zh_CN.UTF-8", "en"),
    ],
)
def test_the_language_follows_the_locale_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch, choice: str | None, locale: str, expected: Language
) -> None:
    """`--lang` decides, then the locale; anything that is not Chinese is answered in English."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", locale)
    assert expected == texts.language_of(choice)
