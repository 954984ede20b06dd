"""Pages: `limit` and an opaque cursor that names where the next page starts."""

import base64
import json
from collections.abc import Callable

from msgspec import Struct

from regulars.kernel.errors import InvalidCursorError

PAGE_SIZE_DEFAULT = 20
PAGE_SIZE_MAX = 100
POSITION_BYTES_MAX = 1024
"""The longest part of a position: as long as a sort key can be."""


class Page[T](Struct, frozen=True):
    """Some items in order and the cursor of what follows (`None` at the end)."""

    items: tuple[T, ...]
    next_cursor: str | None

    def map[U](self, change: Callable[[T], U]) -> "Page[U]":
        """The same page with each item changed."""
        return Page(tuple(change(item) for item in self.items), self.next_cursor)


def encode_cursor(position: dict[str, str]) -> str:
    """An opaque text for a position."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":"), sort_keys=True).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> dict[str, str]:
    """The position of a cursor.

    Raises:
        InvalidCursorError: when the text is none of ours.
    """
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        fits = all(0 < len(value.encode()) <= POSITION_BYTES_MAX for value in position.values())
    except (ValueError, AttributeError, RecursionError) as error:  # no base64, no JSON, lone surrogates; no texts by name; too deep
        raise InvalidCursorError from error
    if not fits:
        raise InvalidCursorError
    return dict(position)
