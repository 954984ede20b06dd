"""Verification codes: computed, never kept (S4); `messaging` computes the same code from the same facts."""

import hmac
from datetime import timedelta

from regulars.members.signing import Signer

CODE_VALID_FOR = timedelta(minutes=10)
CODE_TRIES_MAX = 5
CODE_DIGITS = 6


def verification_code(keys: Signer, subject_id: str, attempt: int) -> str:
    """The six digits of the `attempt`-th code of a registration or a password reset."""
    digest = keys.sign("code", f"{subject_id}/{attempt}")
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_code(keys: Signer, subject_id: str, attempt: int, code: str) -> bool:
    """Whether a text is that code, compared in constant time."""
    return hmac.compare_digest(verification_code(keys, subject_id, attempt).encode(), code.encode())
