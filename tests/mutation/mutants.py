"""The mutants of a source: each changes one operator, comparison, number, condition or argument to `min` and `max`."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers/core/python/regulars"
_FILES = {
    "accounts": (
        "earning", "purchasing", "movement", "settling", "tiers", "refunding", "redeeming", "moving", "ledger",
        "model", "waiting", "refunds", "operations", "approvals", "approving", "writer", "progress", "watching", "closing", "ending",
    ),
    "program": ("earning", "policies", "qualifying", "model"),
    "kernel": ("clock", "money"),
}  # fmt: skip
MODULES = tuple(f"{folder}/{name}" for folder, names in _FILES.items() for name in names)
"""The account core: what decides and calculates, the use cases around it, and the programme's rules and calendar that it asks."""

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module. `name` says where and what, the same after other lines were edited."""

    module: str
    number: int
    line: int
    name: str

    @property
    def path(self) -> Path:
        """The source it changes."""
        return CORE / f"{self.module}.py"

    def tree(self) -> ast.Module:
        """The module with the change in it."""
        tree, twin = (ast.parse(_source(self.module)) for _ in range(2))
        changeable = [place for place, node in enumerate(list(_places(twin))) if _change(node)]
        _change(list(_places(tree))[changeable[self.number]])
        return ast.fix_missing_locations(tree)


def mutants(module: str) -> list[Mutant]:
    """All mutants of a module of the core."""
    source = _source(module)
    lines = source.splitlines()
    found: list[Mutant] = []
    names = Counter[str]()
    for node in list(_places(ast.parse(source))):
        before = ast.unparse(node)
        if _change(node):
            line = int(getattr(node, "lineno", 0))
            name = f"{lines[line - 1].strip()} | {before} -> {ast.unparse(node)}"
            names[name] += 1
            found.append(Mutant(module, len(found), line, name if names[name] == 1 else f"{name} #{names[name]}"))
    return found


@cache
def _source(module: str) -> str:
    """What this process has imported, whatever is written meanwhile."""
    return (CORE / f"{module}.py").read_text()


def _change(node: ast.AST) -> bool:
    """Changes a node in place; answers whether there was anything to change."""
    match node:
        case ast.Compare(ops=[first, *rest]) if type(first) in _COMPARED:
            node.ops = [_COMPARED[type(first)](), *rest]
        case ast.BinOp(op=op) if type(op) in _CALCULATED:
            node.op = _CALCULATED[type(op)]()
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
        case ast.UnaryOp(op=ast.Not()):
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            node.value = value + 1
        case ast.Name(id=name) if name in _NAMES:
            node.id = _NAMES[name]
        case _:
            return False
    return True


def _places(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes inside functions, each once: what is outside declares."""
    seen = set[int]()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in (node for statement in function.body for node in ast.walk(statement)):
                if id(node) not in seen:
                    seen.add(id(node))
                    yield node
