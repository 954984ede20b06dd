"""The repository's Python sources, for the tests that read code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("layers/core/python/regulars", "functions")
EVERYTHING = (*PRODUCT, "infra", "local", "tests")


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """Every Python file under the folders (what npm installed is not ours)."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if "node_modules" not in path.parts and "cdk.out" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path, node: ast.AST | None = None) -> str:
    """A place as people look for it: file and line."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def calls(nodes: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a tree, by the dotted name of what is called."""
    for node in ast.walk(nodes):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node
