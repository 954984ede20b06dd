"""Bugs planted on purpose, a small patch each: the simulation must find every one of them, or it proves nothing.

A module here names what it breaks in its docstring and gives `plant()`, a context manager under which the product has the bug.
"""

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import AbstractContextManager

type Plant = Callable[[], AbstractContextManager[object]]


def planted() -> dict[str, Plant]:
    """Every planted bug by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").plant for name in names}
