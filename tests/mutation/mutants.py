"""The mutants of a source: each changes one operator, comparison, number, condition or argument to `min` and `max`."""

import ast
from collections.abc import Iterator

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


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


def count(source: str) -> int:
    """How many mutants a source has."""
    return sum(_change(node) for node in list(_places(ast.parse(source))))


def mutant(source: str, number: int) -> tuple[ast.Module, int, str]:
    """Mutant `number` of a source: its tree, its line, and the line as it was."""
    twin, tree = ast.parse(source), ast.parse(source)
    changeable = [place for place, node in enumerate(list(_places(twin))) if _change(node)]
    node = list(_places(tree))[changeable[number]]
    _change(node)
    line = int(getattr(node, "lineno", 0))
    return ast.fix_missing_locations(tree), line, source.splitlines()[line - 1].strip()
