"""Rules of the house that are read out of the code itself: sizes, names, purity, tests that say what they expect."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import EVERYTHING, PRODUCT, calls, shown, sources, tree

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
CLOCKS = re.compile(r"(^|\.)(now|utcnow|today|time|monotonic|perf_counter)$")
AT_IMPORT = re.compile(CLOCKS.pattern + r"|(^|\.)(client|resource|Session|getenv|settings|wiring|logger|uuid4|token_bytes|ULID)$")
VAGUE = re.compile(r"(util|utils|helper|helpers|common|manager|misc)", re.IGNORECASE)


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_files_are_short() -> None:
    """No file is longer than 300 lines."""
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*EVERYTHING)}

    assert {} == {place: length for place, length in lengths.items() if length > FILE_LINES_MAX}


def test_functions_are_short() -> None:
    """No function is longer than 40 lines, signature and docstring counted."""
    lengths = {
        f"{shown(path, function)} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in sources(*EVERYTHING)
        for function in _functions(path)
    }

    assert {} == {place: length for place, length in lengths.items() if length > FUNCTION_LINES_MAX}


def test_names_say_what_a_thing_is() -> None:
    """No module and no class is called utils, helpers, common or manager."""
    modules = [shown(path) for path in sources(*EVERYTHING) if VAGUE.fullmatch(path.stem)]
    classes = [
        f"{shown(path, node)} {node.name}"
        for path in sources(*EVERYTHING)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and re.search(r"(Utils?|Helpers?|Common|Manager)$", node.name)
    ]

    assert ([], []) == (modules, classes)


def test_exceptions_end_in_error() -> None:
    """A class that derives from an exception says so by its name."""
    wrong = [
        f"{shown(path, node)} {node.name}"
        for path in sources(*PRODUCT, "infra")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and any(re.search(r"(Error|Exception)$", ast.unparse(base)) for base in node.bases)
        and not node.name.endswith("Error")
    ]

    assert [] == wrong


PURE = ("commands", "errors", "events", "model", "ports", "service", "versions", "presets", "earning", "ledger", "settling")


@pytest.mark.parametrize("path", [p for p in sources(*PRODUCT[:1]) if "kernel" in p.parts or p.stem in PURE], ids=shown)
def test_rules_ask_no_clock(path: Path) -> None:
    """What the rules need to know of time and chance is passed in (house rule 2)."""
    assert [] == [shown(path, call) for name, call in calls(tree(path)) if CLOCKS.search(name) and not name.startswith("self.")]


def test_only_the_wiring_makes_random_ids() -> None:
    """Ids are made by the factory that is injected; nobody else takes `new_id` from the kernel."""
    taking = [
        shown(path, node)
        for path in sources(*PRODUCT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "regulars.kernel.ids" and "new_id" in {name.name for name in node.names}
    ]

    assert ["regulars/wiring/base.py"] == [place.partition("layers/core/python/")[2].partition(":")[0] for place in taking]


def _at_import(path: Path) -> Iterator[ast.AST]:
    """The parts of a module that run when it is imported: everything but the bodies of functions."""
    pending: list[ast.AST] = list(tree(path).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield node
        pending += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", sources(*PRODUCT), ids=shown)
def test_nothing_works_at_import(path: Path) -> None:
    """No client, no environment, no clock and no chance while a module is imported (house rule 4)."""
    working = [shown(path, node) for node in _at_import(path) if isinstance(node, ast.Call) and AT_IMPORT.search(ast.unparse(node.func))]

    assert [] == working


def test_every_test_says_what_it_expects() -> None:
    """Each test has a docstring of the behaviour expected."""
    silent = [
        f"{shown(path, function)} {function.name}"
        for path in sources("tests")
        for function in _functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert [] == silent
