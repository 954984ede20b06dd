"""Who signs: the port to the installation's HMAC keys."""

from typing import Protocol


class Signer(Protocol):
    """Signs a message under the key of a purpose (HMAC-SHA-256)."""

    def sign(self, purpose: str, message: str) -> bytes:
        """The 32 bytes of the signature."""
        ...
