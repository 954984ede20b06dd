"""Identifiers: a prefix that names the kind and a ULID, so that ids sort by the time they were made."""

import hashlib
from collections.abc import Callable

from ulid import ULID

type IdFactory = Callable[[str], str]
"""Takes a prefix (`"mem"`) and answers a new id (`"mem_01J…"`); injected, so that tests and simulations are repeatable."""

ID_PATTERN = r"^[a-z]{3,4}_[0-9A-HJKMNP-TV-Z]{26}$"


def new_id(prefix: str) -> str:
    """A new random id of the kind `prefix`."""
    return f"{prefix}_{ULID()}"


def derived_id(prefix: str, *facts: str) -> str:
    """The id that follows from outside facts: the same facts give the same id, for ever and everywhere.

    A purchase is known by its source and reference; deriving its id from them means that a lost answer loses no id.
    """
    digest = hashlib.sha256("\x1f".join(facts).encode()).digest()
    return f"{prefix}_{ULID.from_bytes(bytes([digest[0] & 0x7F]) + digest[1:16])}"
