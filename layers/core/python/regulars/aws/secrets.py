"""Keys for HMAC: one root secret in Secrets Manager, one derived key per purpose, so that no key serves two (S16)."""

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import cached_property
from typing import Any


class KeyRing:
    """Derives keys from the root secret, which is fetched on first use and kept for the process."""

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch

    @cached_property
    def _root(self) -> bytes:
        return str(json.loads(self._fetch())["root"]).encode()

    def key(self, purpose: str) -> bytes:
        """The 32-byte key of a purpose, such as `code`, `index` or `card`."""
        return hmac.digest(self._root, f"regulars/{purpose}/1".encode(), hashlib.sha256)

    def sign(self, purpose: str, message: str) -> bytes:
        """HMAC-SHA-256 of a message under the key of a purpose."""
        return hmac.digest(self.key(purpose), message.encode(), hashlib.sha256)


def stored_secret(secrets_manager: Any, name: str) -> Callable[[], str]:
    """Fetches the secret's text from Secrets Manager."""
    return lambda: str(secrets_manager.get_secret_value(SecretId=name)["SecretString"])
