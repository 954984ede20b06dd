"""The documents keep their word: links lead somewhere, paths and commands exist, both languages show the same."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from functions.accounts.wire.purchases import PurchaseRequest
from regulars.members.wire import ApplicationRequest
from regulars_local.cli import app
from tests.unit.docs.reading import (
    DOCUMENTS,
    PAIRS,
    ROOT,
    anchors_of,
    blocks_of,
    commands_in,
    links_of,
    name_of,
    quoted_in,
    text_of,
)

TOP_FOLDERS = "functions|layers|infra|events|local|tests|docs|requirements"
SHORT_FOLDERS = ("layers/core/python/regulars", "layers/core/python")
"""Where a path such as `accounts/ledger.py` or `regulars/aws/http.py` may stand."""

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group: it has several commands
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    """Each relative link names a file of the repository and, where it has one, a heading in it."""
    broken = []
    for target in links_of(path):
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors_of(found)):
            broken.append(target)

    assert [] == broken


def _exists(name: str) -> bool:
    return any((ROOT / folder / name).exists() for folder in ("", *SHORT_FOLDERS))


@each_document
def test_paths_exist(path: Path) -> None:
    """Each path in backticks is a file or a folder; a folder of tests has tests."""
    quoted = [name.rstrip("/") for name in quoted_in(path) if not re.search(r"[<>{}*… ]", name)]
    paths = [name for name in quoted if re.match(rf"({TOP_FOLDERS})/", name) or re.fullmatch(r"\w[\w/]+/\w+\.(py|txt|md|json)", name)]
    missing = [name for name in paths if not _exists(name)]
    empty = [
        name
        for name in paths
        if re.fullmatch(r"tests/(?!support|simulation/(planted|processes))[\w/]+", name) and not [*(ROOT / name).rglob("test_*.py")]
    ]

    assert ([], []) == (missing, empty)


@each_document
def test_planted_bugs_exist(path: Path) -> None:
    """A planted bug that a document names is one of the simulation's."""
    planted = {module.stem for module in (ROOT / "tests/simulation/planted").glob("*.py")}
    sentences = re.findall(r"planted bugs? ((?:`\w+`(?:,\s| and\s)?(?:\n)?)+)", text_of(path))
    named = {name for sentence in sentences for name in re.findall(r"`(\w+)`", sentence)}

    assert set() == named - planted


@each_document
def test_commands_exist(path: Path) -> None:
    """Each `make` target and each `regulars` command with its options is one that there is."""
    targets = set(re.findall(r"^([a-z]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE)) | {"setup"}
    assert [] == [line for line in commands_in(path) if not _is_command(line, targets)]


def _is_command(line: str, targets: set[str]) -> bool:
    program, name, *rest = line.split()
    if program == "make":
        return name.rstrip(".,:") in targets
    command = COMMANDS.get(name)
    known = {option for parameter in command.params for option in parameter.opts} if command else set()
    return command is not None and {word for word in rest if word.startswith("--")} <= known | {"--help"}


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_both_languages_show_the_same(english: str, chinese: str) -> None:
    """A translation has the same headings in number and level, the same code, and the same links but for those to translations."""
    first, second = ROOT / english, ROOT / chinese

    assert _levels(first) == _levels(second)
    assert [_code(block) for block in blocks_of(first)] == [_code(block) for block in blocks_of(second)]
    assert blocks_of(first, "json") == blocks_of(second, "json")
    assert sorted(map(_untranslated, links_of(first))) == sorted(map(_untranslated, links_of(second)))


def _levels(path: Path) -> list[int]:
    return [len(mark) for mark in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL), re.MULTILINE)]


def _code(block: str) -> list[str]:
    return [line.split("#")[0].rstrip() for line in block.splitlines()]


def _untranslated(link: str) -> str:
    return link.replace(".zh-CN", "")


def _bodies(path: Path) -> Iterator[dict[str, object]]:
    """The JSON bodies that a document sends, with a value of their kind in place of the shell's variables."""
    for block in blocks_of(path):
        for body in re.findall(r"-d '(\{.*?\})'(?=\)?;? |; echo|\)?$|;)", block, re.DOTALL | re.MULTILINE):
            filled = re.sub(r"'\"\$\(date[^)]*\)\"'|'\"\$3\"'", "2026-11-22T03:50:13Z", body)
            filled = re.sub(r"'\"\$CARD\"'", "9037599607748968", filled)
            yield json.loads(re.sub(r"'\"\$\w+\"'", "120000", filled))


@pytest.mark.parametrize("name", [name for pair in PAIRS for name in pair])
def test_bodies_are_of_the_interfaces_shape(name: str) -> None:
    """A purchase and a registration that a document sends have the fields the interface asks for."""
    bodies = list(_bodies(ROOT / name))
    purchases = [PurchaseRequest.model_validate_json(json.dumps(body)) for body in bodies if "lines" in body]
    forms = [ApplicationRequest.model_validate_json(json.dumps(body)) for body in bodies if "terms_version" in body]

    assert (1, int("ten-minutes" in name)) == (len(purchases), len(forms))


def test_the_codes_of_own_rules_are_listed() -> None:
    """Every code that a rule of ours gives a field stands in the HTTP reference."""
    reference = text_of(ROOT / "docs/http.md")
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers/core/python").rglob("*.py")]
    codes = {code for path in sources for code in _own_codes(ast.parse(text_of(path)))}

    assert codes
    assert set() == {code for code in codes if f"`{code}`" not in reference}


def _own_codes(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        found: ast.expr | None = None
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "PydanticCustomError":
            found = node.args[0]
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
            found = node.value.elts[1]
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield found.value


def test_decisions_are_listed_and_whole() -> None:
    """Each decision stands in the list and tells context, choice and the way back."""
    decisions = sorted(path for path in (ROOT / "docs/decisions").glob("0*.md"))
    listed = set(links_of(ROOT / "docs/decisions/README.md"))

    assert {path.name for path in decisions} <= listed
    assert [] == [path.name for path in decisions for part in ("**Context.**", "**Choice.**", "**Undo.**") if part not in text_of(path)]


def test_the_licence_is_apaches() -> None:
    """The licence is the unmodified text of Apache-2.0 that the project's description names."""
    licence = text_of(ROOT / "LICENSE")

    assert licence.lstrip().startswith("Apache License\n                           Version 2.0, January 2004")
    assert (11358, "END OF TERMS AND CONDITIONS" in licence) == (len(licence.encode()), True)
