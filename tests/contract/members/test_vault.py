"""What a vault promises, on the key service in memory, moto's and the emulator's (S15)."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from regulars.members.encryption import KmsVault
from regulars.members.ports import Vault
from tests.support.memory import MemoryKms

FIELDS = {"name": "林小满", "phone": "+8613800138000"}


@pytest.fixture(params=["memory", "moto", "emulator"])
def kms(request: pytest.FixtureRequest) -> Any:
    """Each key service in turn."""
    if request.param == "memory":
        return MemoryKms()
    if request.param == "moto":
        request.getfixturevalue("dynamodb")  # moto is on while that fixture lives
        return boto3.client("kms")
    return request.getfixturevalue("cloud")["kms"]


@pytest.fixture
def key_id(kms: Any) -> str:
    """The key that wraps data keys."""
    return "key" if isinstance(kms, MemoryKms) else str(kms.create_key()["KeyMetadata"]["Arn"])


def _vault(kms: Any, key_id: str) -> Vault:
    return KmsVault(kms, key_id, lambda: datetime(2025, 6, 1, tzinfo=UTC))


def test_fields_open_for_their_owner_in_any_process(kms: Any, key_id: str) -> None:
    """What one process sealed another one opens; each field is sealed anew every time."""
    sealed, again = (_vault(kms, key_id).seal("mem_1", FIELDS) for _ in range(2))
    assert FIELDS == _vault(kms, key_id).open("mem_1", sealed)
    assert sealed.fields["name"] != again.fields["name"]
    assert not any(text.encode() in field for text in FIELDS.values() for field in sealed.fields.values())


def test_a_data_key_is_bound_to_its_owner(kms: Any, key_id: str) -> None:
    """Another owner's name does not unwrap it."""
    sealed = _vault(kms, key_id).seal("mem_1", FIELDS)
    with pytest.raises(Exception, match=r"(?i)context|invalid|denied"):
        _vault(kms, key_id).open("mem_2", sealed)


def test_single_fields_are_replaced_and_removed(kms: Any, key_id: str) -> None:
    """The others are not touched, the data key stays."""
    vault = _vault(kms, key_id)
    sealed = vault.seal("mem_1", FIELDS)
    changed = vault.change("mem_1", sealed, {"phone": None, "address": "上海"})
    assert {"name": "林小满", "address": "上海"} == vault.open("mem_1", changed)
    assert (sealed.key, sealed.fields["name"]) == (changed.key, changed.fields["name"])
