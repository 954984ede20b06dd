"""Reads the routes out of the committed interface document, which the handlers generate."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation: ``scopes`` are what a token must carry one of, and None means the route is public."""

    method: str
    path: str
    function: str
    scopes: tuple[str, ...] | None

    @property
    def key(self) -> str:
        """API Gateway's name of the route."""
        return f"{self.method.upper()} {self.path}"


def read_routes(document: Path) -> list[Route]:
    """The routes of an OpenAPI document, in order of path and method.

    Raises ValueError for an operation that names no function, or that is protected without a scope: an ID token
    would pass there.
    """
    paths: dict[str, dict[str, Any]] = json.loads(document.read_text())["paths"]
    return sorted(_routes(paths), key=lambda route: (route.path, route.method))


def _routes(paths: dict[str, dict[str, Any]]) -> Iterator[Route]:
    for path, operations in paths.items():
        for method in _METHODS:
            if method in operations:
                yield _route(path, method, operations[method])


def _route(path: str, method: str, operation: dict[str, Any]) -> Route:
    if "x-regulars-function" not in operation or "security" not in operation:
        raise ValueError(f"{method.upper()} {path}: x-regulars-function and security are needed")
    scopes = [scope for alternative in operation["security"] for scope in alternative["jwt"]]
    if operation["security"] and not scopes:
        raise ValueError(f"{method.upper()} {path}: a protected route needs a scope")
    return Route(
        method=method,
        path=path,
        function=operation["x-regulars-function"],
        scopes=tuple(dict.fromkeys(scopes)) if operation["security"] else None,
    )
