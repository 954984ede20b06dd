"""The documents as a reader sees them: prose, blocks of code, links, anchors, and what stands in backticks."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAIRS = (("README.md", "README.zh-CN.md"), ("docs/ten-minutes.md", "docs/ten-minutes.zh-CN.md"))
"""Documents that exist in both languages."""

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    """A document's name from the root, for a test's id."""
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    """A whole document."""
    return path.read_text(encoding="utf-8")


def prose_of(path: Path) -> str:
    """A document without its blocks of code."""
    return _BLOCK.sub("", text_of(path))


def blocks_of(path: Path, language: str = "sh") -> list[str]:
    """A document's blocks of code in a language."""
    return [code for _, kind, code in _BLOCK.findall(text_of(path)) if kind == language]


def links_of(path: Path) -> list[str]:
    """The targets of a document's links, but for those that leave the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose_of(path))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors_of(path: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def quoted_in(path: Path) -> list[str]:
    """What stands in backticks in a document's prose."""
    return re.findall(r"`([^`\n]+)`", prose_of(path))


def commands_in(path: Path) -> list[str]:
    """Every command line of `make` and `regulars`, in blocks and in backticks."""
    lines = "\n".join([*blocks_of(path), *quoted_in(path)]).replace("\\\n", " ")
    return re.findall(r"(?:^|[ (])((?:make|(?:\.venv/bin/)?regulars) +[a-z][^)|;&#\n]*)", lines, re.MULTILINE)
