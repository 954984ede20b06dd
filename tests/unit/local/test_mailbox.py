"""The mailbox finds a person by the address as people write it."""

import pytest

from regulars_local.mailbox import as_kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("13800138001", "+8613800138001"),
        ("+86 138 0013 8001", "+8613800138001"),
        ("anna.berg@example.com", "anna.berg@example.com"),
        ("mem_01JD0000000000000000000001", "mem_01JD0000000000000000000001"),
    ],
)
def test_an_address_is_found_as_it_is_kept(given: str, kept: str) -> None:
    """A phone number without its country is a Chinese one, as at registration; e-mail and member id stay."""
    assert kept == as_kept(given)
