"""A mutant put into the running process, and which lines of the core something runs through."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from types import CodeType, FunctionType

from tests.mutation.mutants import CORE, MODULES, Mutant

_PATHS = {str(CORE / f"{module}.py"): module for module in MODULES}
_TOOL = 4


def _inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _inner(constant)


def _is_ours(function: object) -> bool:
    return getattr(function, "__module__", "").split(".")[0] in {"regulars", "tests"}


class Core:
    """The functions of the core as this process has them."""

    def __init__(self) -> None:
        known = (item for item in gc.get_objects() if isinstance(item, FunctionType))
        self._functions = [function for function in known if function.__code__.co_filename in _PATHS]
        self._cached = [item for item in gc.get_objects() if isinstance(item, _lru_cache_wrapper) and _is_ours(item.__wrapped__)]
        self._lines = set[tuple[str, int]]()

    def plant(self, mutant: Mutant) -> None:
        """Gives each function of the mutant's module its code from there, and forgets what was cached; for a process that ends soon."""
        path = str(mutant.path)
        codes = {(code.co_qualname, code.co_firstlineno): code for code in _inner(compile(mutant.tree(), path, "exec"))}
        for function in self._functions:
            code = function.__code__
            if code.co_filename == path:
                function.__code__ = codes[code.co_qualname, code.co_firstlineno]
        for cached in self._cached:
            cached.cache_clear()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Until it ends, `reached` knows what runs."""
        sys.monitoring.use_tool_id(_TOOL, "mutation")
        sys.monitoring.register_callback(_TOOL, sys.monitoring.events.LINE, self._on_line)
        for code in {code for function in self._functions for code in _inner(function.__code__)}:
            sys.monitoring.set_local_events(_TOOL, code, sys.monitoring.events.LINE)
        yield
        sys.monitoring.free_tool_id(_TOOL)

    def reached(self) -> frozenset[tuple[str, int]]:
        """Module and line of all that ran since the last call."""
        lines = frozenset(self._lines)
        self._lines.clear()
        sys.monitoring.restart_events()
        return lines

    def _on_line(self, code: CodeType, line: int) -> object:
        self._lines.add((_PATHS[code.co_filename], line))
        return sys.monitoring.DISABLE
