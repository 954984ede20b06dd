"""Templates in words."""

import itertools
import re
from html.parser import HTMLParser

import pytest

from regulars.kernel.language import LANGUAGES, Language
from regulars.messaging.model import MessageTemplate, Params
from regulars.messaging.rendering import TEMPLATES, JinjaRenderer
from regulars.messaging.subscriptions import notice_of
from regulars.messaging.wording import words_of
from regulars.program.parts import Words
from regulars.program.presets import IN_FORCE_FROM, preset
from tests.support.accounts import changed, history
from tests.support.messaging import TOLD, detail

_CHINESE = re.compile(r"[一-鿿]")
_ALL = tuple(itertools.product(TOLD, LANGUAGES))
_SMS_UNITS_MAX = 268
"""Of UTF-16 in one SMS of four parts; beyond that providers differ."""


def words(event_type: str, language: Language = "en", **parts: object) -> Params:
    """What fills the template of an event."""
    notice = notice_of(event_type, detail(event_type, **parts))
    assert notice is not None
    return words_of(notice, history(), language)


def render(event_type: str, language: Language = "en", **parts: object) -> dict[str, str]:
    """An event's message."""
    notice = notice_of(event_type, detail(event_type, **parts))
    assert notice is not None
    return JinjaRenderer().render(notice.template, notice.template.version, language, words_of(notice, history(), language))


class _Texts(HTMLParser):
    """Collects what a reader of the page sees in its body."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's arguments
        self.inside = self.inside or tag == "body"

    def handle_data(self, data: str) -> None:
        self.found += [data.strip()] if self.inside and data.strip() else []


@pytest.mark.parametrize(("event_type", "language"), _ALL)
def test_every_message_exists_in_every_language_and_form(event_type: str, language: Language) -> None:
    """Subject, text, HTML and SMS are all there; Chinese ones are Chinese and English ones are not."""
    parts = render(event_type, language)
    assert {"subject", "text", "html", "sms"} == set(parts)
    for part in (parts["subject"], parts["text"], parts["sms"]):
        assert (language == "zh-CN") == bool(_CHINESE.search(part))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_of_a_new_privacy_policy_is_ready(language: Language) -> None:
    """Its template renders from what it will be given."""
    params = {"programme": "R", "effective_on": "2026-01-01", "privacy_version": "2"}
    parts = JinjaRenderer().render(MessageTemplate.PRIVACY_CHANGED, 1, language, params)
    assert "2026" in parts["sms"]


def test_every_template_file_belongs_to_a_message() -> None:
    """No file is left over, none is missing: earlier versions stay, as what was sent is read again in their words."""
    expected = {
        f"{template}.{version}.{language}.txt"
        for template in MessageTemplate
        for version in range(1, template.version + 1)
        for language in LANGUAGES
    }
    assert expected == {path.name for path in TEMPLATES.glob("*.txt")}


@pytest.mark.parametrize(("event_type", "language"), _ALL)
def test_an_sms_stays_short(event_type: str, language: Language) -> None:
    """Four parts at most, even with the most benefits there are."""
    text = render(event_type, language, **({"to_tier": "platinum"} if event_type == "TierChanged" else {}))["sms"]
    assert len(text.encode("utf-16-le")) // 2 <= _SMS_UNITS_MAX or language == "en"
    assert "\n" not in text


@pytest.mark.parametrize(("event_type", "language"), _ALL)
def test_the_page_says_what_the_text_says(event_type: str, language: Language) -> None:
    """The HTML part has every line of the text part, in its order."""
    parts = render(event_type, language)
    reader = _Texts()
    reader.feed(parts["html"])
    lines = [line.removeprefix("- ").strip() for line in parts["text"].splitlines() if line.strip()]
    assert lines == reader.found[2:]


def test_the_welcome_lists_the_benefits_and_how_to_use_them() -> None:
    """Each benefit of the tier by name and words, then how (REG-18)."""
    text = render("MemberActivated", tier="silver")["text"]
    benefits = preset("four").benefits_of("silver")
    assert [] == [benefit.code for benefit in benefits if f"- {benefit.name.en}: {benefit.description.en}" not in text]
    assert "How to use them" in text


def test_a_promotion_is_congratulated_and_lists_the_new_benefits() -> None:
    """Old tier, new tier, and what the new one brings (TIER-07)."""
    parts = render("TierChanged", "zh-CN", from_tier="silver", to_tier="gold")
    assert "恭喜您升级为金卡会员" == parts["subject"]
    assert "由银卡变为金卡" in parts["text"]
    assert "优先购买" in parts["text"]


@pytest.mark.parametrize(("language", "expected"), [("en", "make up by then: 500.00 CNY of spend"), ("zh-CN", "消费 500.00 CNY")])
def test_the_grace_says_until_when_and_what_is_missing(language: Language, expected: str) -> None:
    """Gold asks for 2,500.00; 2,000.00 were spent: 500.00 by 30 April (TIER-12)."""
    parts = render("TierReviewed", language)
    assert expected in parts["sms"]
    assert ("30 April 2025" if language == "en" else "2025年4月30日") in parts["subject"]


@pytest.mark.parametrize("cause", ["qualified", "review", "programme", "points", "campaign", "override", "grant_ended"])
def test_a_change_of_tier_says_why(cause: str) -> None:
    """Each cause has its own sentence in both languages, in the e-mail and in the SMS (TIER-10)."""
    texts = {language: render("TierChanged", language, cause=cause)["text"] for language in LANGUAGES}
    for language in LANGUAGES:
        assert str(words("TierChanged", language, cause=cause)["reason"]) in render("TierChanged", language, cause=cause)["sms"]
    others = {render("TierChanged", "en", cause=other)["text"] for other in ("qualified", "review") if other != cause}
    assert texts["en"] not in others
    assert _CHINESE.search(texts["zh-CN"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_of_an_earlier_version_is_read_in_its_own_words(language: Language) -> None:
    """The first SMS about a tier gave no reason, and still reads so."""
    params = words("TierChanged", language)
    first, now = (JinjaRenderer().render(MessageTemplate.TIER_CHANGED, version, language, params)["sms"] for version in (1, 2))
    assert (False, True) == (str(params["reason"]) in first, str(params["reason"]) in now)


def test_a_step_down_is_told_without_congratulation() -> None:
    """The same template serves both ways."""
    parts = render("TierChanged", from_tier="gold", to_tier="silver")
    assert "Congratulations" not in parts["subject"] + parts["text"] + parts["sms"]
    assert "from Gold to Silver" in parts["text"]


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "1,200 points end on 30 June 2025"), ("zh-CN", "1,200 积分将于2025年6月30日到期")]
)
def test_figures_and_dates_are_written_as_people_read_them(language: Language, expected: str) -> None:
    """Thousands are parted; dates have the language's form (PTS-12)."""
    assert expected == render("PointsExpiring", language)["subject"]


def test_the_rules_of_the_event_name_the_tiers() -> None:
    """A tier change is told in the words of the programme version that caused it."""
    renamed = [tier.model_dump() for tier in preset("four").tiers]
    renamed[1]["name"] = {"en": "Argent", "zh_cn": "白银"}
    versions = history((IN_FORCE_FROM, preset("four")), (IN_FORCE_FROM, changed(preset("four"), tiers=renamed)))
    for number, expected in ((1, "Silver"), (2, "Argent")):
        notice = notice_of("TierChanged", detail("TierChanged", program_version=number))
        assert notice is not None
        assert expected == words_of(notice, versions, "en")["to_tier"]


def test_a_tier_the_programme_no_longer_has_is_told_by_its_code() -> None:
    """An unknown code is shown rather than nothing."""
    assert "legend" == words("TierChanged", to_tier="legend")["to_tier"]


def test_what_is_kept_has_no_code_and_no_note() -> None:
    """A code and what staff wrote are masked in the record."""
    assert "••••••" == words("VerificationRequested")["code"]
    assert "…" == words("ApplicationRejected")["reason"]


def test_changed_fields_are_named_and_unknown_ones_are_left_out() -> None:
    """Fields by their names in the reader's language."""
    assert ["姓名", "地址"] == words("ProfileChanged", "zh-CN", fields=["name", "address", "shoe_size"])["fields"]


def test_markup_in_the_programmes_own_words_is_shown_not_obeyed() -> None:
    """The HTML part escapes everything it is filled with."""
    hostile = changed(preset("four"), name=Words(en="<script>alert(1)</script>", zh_cn="<b>熟客</b>").model_dump())
    notice = notice_of("MemberActivated", detail("MemberActivated"))
    assert notice is not None
    params = words_of(notice, history((IN_FORCE_FROM, hostile)), "en")
    html = JinjaRenderer().render(notice.template, 1, "en", params)["html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_template_cannot_be_injected_through_what_fills_it() -> None:
    """Braces in a param are text: nothing is rendered twice."""
    assert (
        "{{ 7 * 7 }}"
        in JinjaRenderer().render(MessageTemplate.APPLICATION_REJECTED, 1, "en", {"programme": "R", "reason": "{{ 7 * 7 }}"})["text"]
    )
