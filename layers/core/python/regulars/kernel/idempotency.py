"""One fact counts once: what a guard remembers, and how its key and the hash of its input are made (laws I1 to I7)."""

import hashlib
import json

from msgspec import Struct

from regulars.kernel.errors import IdempotencyMismatchError


class Guard(Struct, frozen=True):
    """The permanent memory of one accepted fact: its key, the SHA-256 of its input, and the answer in codes."""

    key: str
    input_hash: str
    answer: str

    @property
    def is_waiting(self) -> bool:
        """Whether this only keeps a place: something came before the fact itself, and `answer` says what."""
        return not self.input_hash

    def answer_for(self, input_hash: str) -> str:
        """The first answer, for the same input.

        Raises:
            IdempotencyMismatchError: the key came back with other content (law I3).
        """
        if input_hash != self.input_hash:
            raise IdempotencyMismatchError
        return self.answer


def guard_key(operation: str, *facts: str) -> str:
    """The key of a guard: the operation with a source and reference, or with the caller and its idempotency key."""
    return hashlib.sha256("\x1f".join((operation, *facts)).encode()).hexdigest()[:40]


def input_hash(content: object) -> str:
    """The SHA-256 of JSON content in canonical form (sorted keys, no spaces)."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
