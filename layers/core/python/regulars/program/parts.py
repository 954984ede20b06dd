"""What every part of a programme is made of: a strict immutable model, stable codes, and words in both languages."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from regulars.kernel.language import Language, Text
from regulars.kernel.wire import PlainText

type Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""A stable lower_snake code."""

type Label = Annotated[PlainText, Field(max_length=64)]
"""A name that another system gives: a SKU, a category, a store, a channel."""

type Labels = Annotated[tuple[Label, ...], Field(max_length=500)]


class Rules(BaseModel):
    """The base of the parts of a programme: immutable, strict, no unknown fields; its validators are built on first use (bar 8)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Words(Rules):
    """A text of the programme's in both languages."""

    en: PlainText = Field(min_length=1, max_length=2000)
    zh_cn: PlainText = Field(min_length=1, max_length=2000)

    def in_language(self, language: Language) -> str:
        """The text in a language."""
        return self.zh_cn if language == "zh-CN" else self.en


TWICE = Text("This stands twice.", "此项重复。")
"""What is wrong with a code that was there before."""


def repeated(values: Sequence[str]) -> Iterator[int]:
    """The places of values that stand further up as well."""
    return (number for number, value in enumerate(values) if value in values[:number])
