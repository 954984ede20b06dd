"""Pydantic's findings in words."""

import json
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import AwareDatetime, Field, ValidationError

from regulars.aws.request import field_errors
from regulars.aws.validation import sentence_of
from regulars.kernel.language import Text
from regulars.kernel.wire import RequestModel


class Colour(StrEnum):
    """A choice of the tests."""

    RED = "red"
    BLUE = "blue"


class Everything(RequestModel):
    """A field of each kind."""

    text: str = Field("ab", min_length=2, max_length=3, pattern="^[a-z]*$")
    number: int = Field(5, ge=1, le=9)
    more: int = Field(5, gt=1)
    flag: bool = False
    colour: Colour = Field(Colour.RED, strict=False)
    kind: Literal["a", "b"] = "a"
    items: list[int] = Field(default_factory=list, min_length=1, max_length=2)
    facts: dict[str, int] = Field(default_factory=dict)
    inner: "Everything | None" = None
    at: AwareDatetime | None = None
    day: date | None = None


def sentences(**content: Any) -> dict[str, tuple[str, str]]:
    """What is said of the fields, in English and Chinese."""
    with pytest.raises(ValidationError) as refused:
        Everything.model_validate_json(json.dumps(content))
    return {error.field: (error.text.render("en"), error.text.render("zh-CN")) for error in field_errors(refused.value)}


@pytest.mark.parametrize(
    ("content", "english", "chinese"),
    [
        ({"text": "a"}, "Too short: at least 2 characters.", "过短：至少 2 个字符。"),
        ({"text": "abcd"}, "Too long: at most 3 characters.", "过长：至多 3 个字符。"),
        ({"text": "A1"}, "It does not have the expected form.", "格式不符合要求。"),
        ({"text": 1}, "A text is expected.", "应为文本。"),
        ({"number": 0}, "At least 1 is expected.", "不得小于 1。"),
        ({"number": 10}, "At most 9 is expected.", "不得大于 9。"),
        ({"more": 1}, "More than 1 is expected.", "必须大于 1。"),
        ({"number": 1.5}, "A whole number is expected.", "应为整数。"),
        ({"flag": "yes"}, "true or false is expected.", "应为 true 或 false。"),
        ({"colour": "green"}, "One of these is expected: 'red' or 'blue'.", "应为以下之一：'red' or 'blue'。"),
        ({"kind": "c"}, "One of these is expected: 'a' or 'b'.", "应为以下之一：'a' or 'b'。"),
        ({"items": []}, "At least 1 entries are expected.", "至少需要 1 项。"),
        ({"items": [1, 2, 3]}, "At most 2 entries are expected.", "至多 2 项。"),
        ({"items": {}}, "A list is expected.", "应为列表。"),
        ({"facts": []}, "An object is expected.", "应为对象。"),
        ({"inner": 1}, "An object is expected.", "应为对象。"),
        ({"at": "2025-01-01T00:00:00"}, "Name the offset from UTC, such as Z or +08:00.", "请注明时区，例如 Z 或 +08:00。"),
        ({"at": "soon"}, "An RFC 3339 instant is expected.", "应为 RFC 3339 格式的时间。"),
        ({"day": "2025-02-30"}, "A date as YYYY-MM-DD is expected.", "应为 YYYY-MM-DD 格式的日期。"),
        ({"surprise": 1}, "There is no such field here.", "此处没有该字段。"),
    ],
)
def test_every_finding_has_a_sentence_in_both_languages(content: dict[str, Any], english: str, chinese: str) -> None:
    """With its figures, and without what was sent."""
    assert [(english, chinese)] == list(sentences(**content).values())


def test_a_missing_field_is_required() -> None:
    """The sentence of what is not there."""
    assert ("This field is required.", "该字段必填。") == (
        sentence_of("missing", {}).render("en"), sentence_of("missing", {}).render("zh-CN"),
    )  # fmt: skip


def test_an_unknown_finding_is_told_without_detail() -> None:
    """A code that has no sentence yet still says that the value is not acceptable."""
    assert "The value is not acceptable." == sentence_of("brand_new", {"secret": "x"}).render("en")


def test_a_rule_of_ours_brings_its_own_sentence() -> None:
    """It is taken as it is."""
    own = Text("Too much.", "过多。")

    assert own is sentence_of("too_much", {"text": own})


def test_figures_cannot_break_a_sentence() -> None:
    """Braces of a figure do not count as places for others."""
    assert "One of these is expected: x." == sentence_of("enum", {"expected": "{x}"}).render("en")
