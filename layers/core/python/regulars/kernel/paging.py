"""Pages: `limit` and an opaque cursor that names where the next page starts."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass

from regulars.kernel.errors import InvalidCursorError

PAGE_SIZE_DEFAULT = 20
PAGE_SIZE_MAX = 100


@dataclass(frozen=True, slots=True)
class Page[T]:
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
    except (ValueError, binascii.Error) as error:
        raise InvalidCursorError from error
    if not isinstance(position, dict) or not all(isinstance(value, str) for value in position.values()):
        raise InvalidCursorError
    return position
