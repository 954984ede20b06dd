"""Sentences in the caller's language, and amounts for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kernel.language import Language, Text, preferred_language
from regulars.kernel.money import amount_text, minor_units


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr,de;q=0.9", "en"),
        ("fr, zh-CN;q=0.5, en;q=0.4", "zh-CN"),
        ("en;q=0.1,zh-CN;q=0.2", "zh-CN"),
        ("zh;q=0", "en"),
        ("zh;q=loud,en;q=0.1", "en"),
        ("zh;q=", "zh-CN"),
        (" ZH-hans ; q=1", "zh-CN"),
        (";;;,,,", "en"),
    ],
)
def test_the_best_language_is_chosen(header: str | None, language: Language) -> None:
    """By weight; any Chinese is Simplified Chinese; English when nothing fits or nothing can be read."""
    assert language == preferred_language(header)


@given(st.text(max_size=60))
def test_any_header_gives_a_language(header: str) -> None:
    """No header is an error."""
    assert preferred_language(header) in {"en", "zh-CN"}


def test_a_sentence_is_filled_with_its_figures() -> None:
    """In either language; without figures it stands as it is, braces and all."""
    text = Text("Wait {seconds} s.", "请等待 {seconds} 秒。")

    assert ("Wait 5 s.", "请等待 5 秒。") == (text.render("en", seconds=5), text.render("zh-CN", seconds=5))
    assert "Wait {seconds} s." == text.render("en")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1234, "CNY", "12.34 CNY"),
        (5, "EUR", "0.05 EUR"),
        (-5, "EUR", "-0.05 EUR"),
        (0, "USD", "0.00 USD"),
        (1234, "JPY", "1234 JPY"),
        (-1234, "KRW", "-1234 KRW"),
        (1234, "KWD", "1.234 KWD"),
    ],
)
def test_amounts_are_written_in_their_currency(amount: int, currency: str, text: str) -> None:
    """With as many decimals as the currency has (ISO 4217)."""
    assert text == amount_text(amount, currency)


@given(st.integers(-(10**11), 10**11), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_no_minor_unit_is_lost_in_writing(amount: int, currency: str) -> None:
    """The figures alone are the amount of minor units."""
    figures = amount_text(amount, currency).removesuffix(f" {currency}").replace(".", "")

    assert amount == int(figures)


def test_a_currency_has_its_minor_units() -> None:
    """100 fen make a yuan, 1,000 fils a dinar, and a yen is a yen."""
    assert (100, 1, 1000) == (minor_units("CNY"), minor_units("JPY"), minor_units("KWD"))
