"""Templates in words: Jinja in its sandbox; the HTML part is made from the text part, so that the two never differ.

One file per template, version and language holds the blocks `subject`, `text` and `sms`. A paragraph of `text` is a block between
empty lines; lines that start with `- ` are a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from regulars.kernel.language import Language
from regulars.messaging.model import MessageTemplate, Params

TEMPLATES = Path(__file__).parent / "templates"
_LAYOUT = "layout.html"
_BLOCKS = ("subject", "text", "sms")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a message: lines, or the items of a list."""

    lines: tuple[str, ...]
    is_list: bool


class JinjaRenderer:
    """Renders the templates of this package."""

    def render(self, template: MessageTemplate, version: int, language: Language, params: Params) -> dict[str, str]:
        """The parts `subject`, `text`, `html` and `sms`.

        Raises:
            jinja2.TemplateError: the template misses a param: a mistake of ours, never of a caller.
        """
        words = {**params, "language": language}
        source = self._plain.get_template(f"{template}.{version}.{language}.txt")
        parts = {name: "".join(source.blocks[name](source.new_context(words))).strip() for name in _BLOCKS}
        parts["html"] = self._markup.get_template(_LAYOUT).render(
            language=language, subject=parts["subject"], programme=params["programme"], paragraphs=paragraphs(parts["text"])
        )
        return parts

    @cached_property
    def _plain(self) -> ImmutableSandboxedEnvironment:
        return _environment(autoescape=False)

    @cached_property
    def _markup(self) -> ImmutableSandboxedEnvironment:
        return _environment(autoescape=True)


def paragraphs(text: str) -> Sequence[Paragraph]:
    """The paragraphs of a text part."""
    found = []
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        is_list = bool(lines) and all(line.startswith("- ") for line in lines)
        found.append(Paragraph(tuple(line.removeprefix("- ") if is_list else line for line in lines), is_list))
    return [paragraph for paragraph in found if paragraph.lines]


def _environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": _day, "count": _count}
    return environment


@pass_context
def _day(context: Context, iso_date: str) -> str:
    """A date for people: `31 December 2026`, `2026年12月31日`."""
    day = date.fromisoformat(iso_date)
    if context["language"] == "zh-CN":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _count(number: int) -> str:
    """A number for people: `12,000`."""
    return f"{number:,}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
