"""Personal fields at rest: AES-256-GCM, one data key per owner, wrapped by KMS and bound to the owner (S15).

A stored field is one byte of version, twelve of nonce, then the ciphertext with its tag; the associated data is `owner|field`,
so that no field can stand in for another one's or another person's. Data keys are kept in the process for a few minutes.
"""

import os
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from regulars.aws.faults import unavailable
from regulars.kernel.clock import Clock
from regulars.members.model import Sealed

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient

KEPT_FOR = timedelta(minutes=5)
KEPT_KEYS_MAX = 512
_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_OUT_OF_REACH = frozenset(
    {"DisabledException", "KMSInvalidStateException", "NotFoundException", "KeyUnavailableException", "DependencyTimeoutException"}
)


class SealBrokenError(Exception):
    """A stored field is not what was written: altered, or moved from another field or person."""


class KmsVault:
    """Encrypts and decrypts fields; `clock` measures how long a data key is kept."""

    def __init__(self, kms: "KMSClient", key_id: str, clock: Clock) -> None:
        self._kms = kms
        self._key_id = key_id
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[bytes, datetime]] = OrderedDict()

    def seal(self, owner: str, fields: Mapping[str, str]) -> Sealed:
        """The fields under a new data key of the owner.

        Raises:
            UnavailableError: KMS does not answer.
        """
        with unavailable(codes=_KEY_OUT_OF_REACH):
            made = self._kms.generate_data_key(KeyId=self._key_id, KeySpec="AES_256", EncryptionContext={"member": owner})
        wrapped, key = bytes(made["CiphertextBlob"]), bytes(made["Plaintext"])
        self._keep(wrapped, key)
        return Sealed(wrapped, {name: _encrypt(key, owner, name, text) for name, text in fields.items()})

    def change(self, owner: str, sealed: Sealed, changes: Mapping[str, str | None]) -> Sealed:
        """The fields with some replaced and, where `None`, removed.

        Raises:
            UnavailableError: KMS does not answer.
        """
        key = self._key(owner, sealed.key)
        kept = {name: field for name, field in sealed.fields.items() if name not in changes}
        new = {name: _encrypt(key, owner, name, text) for name, text in changes.items() if text is not None}
        return Sealed(sealed.key, kept | new)

    def open(self, owner: str, sealed: Sealed) -> dict[str, str]:
        """The fields in clear.

        Raises:
            UnavailableError: KMS does not answer.
            SealBrokenError: a field is not the owner's or was altered.
        """
        key = self._key(owner, sealed.key)
        return {name: _decrypt(key, owner, name, field) for name, field in sealed.fields.items()}

    def _key(self, owner: str, wrapped: bytes) -> bytes:
        found = self._kept.get(wrapped)
        if found and timedelta(0) <= self._clock() - found[1] < KEPT_FOR:
            return found[0]
        with unavailable(codes=_KEY_OUT_OF_REACH):
            answer = self._kms.decrypt(CiphertextBlob=wrapped, KeyId=self._key_id, EncryptionContext={"member": owner})
        key = bytes(answer["Plaintext"])
        self._keep(wrapped, key)
        return key

    def _keep(self, wrapped: bytes, key: bytes) -> None:
        self._kept[wrapped] = (key, self._clock())
        self._kept.move_to_end(wrapped)
        while len(self._kept) > KEPT_KEYS_MAX:
            self._kept.popitem(last=False)


def _encrypt(key: bytes, owner: str, name: str, text: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, text.encode(), f"{owner}|{name}".encode())


def _decrypt(key: bytes, owner: str, name: str, field: bytes) -> str:
    nonce, sealed = field[1 : 1 + _NONCE_BYTES], field[1 + _NONCE_BYTES :]
    if field[:1] != _VERSION:
        raise SealBrokenError
    try:
        return AESGCM(key).decrypt(nonce, sealed, f"{owner}|{name}".encode()).decode()
    except InvalidTag as error:
        raise SealBrokenError from error
