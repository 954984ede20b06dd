"""The tier's history out of a long ledger, on fakes: bounded work a call, nothing lost between pages."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.accounts import MEMBER
from tests.support.counter import Counter


def test_a_call_reads_a_bounded_part_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 150 purchases since the upgrade and one page of the ledger a call, the first page is empty and names where to go on."""
    monkeypatch.setattr("regulars.accounts.service._HISTORY_PAGES_MAX", 1)
    counter = Counter()
    counter.buy(1_000_00, "up")
    for number in range(150):
        counter.move(minutes=1)
        counter.buy(1_00, f"r{number}")
    first = counter.service.tier_history(MEMBER, 20, None)
    second = counter.service.tier_history(MEMBER, 20, first.next_cursor)

    assert ((), True) == (first.items, first.next_cursor is not None)
    assert [1] == [entry.version for entry in second.items]
    assert second.next_cursor is None


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_the_pages_together_are_the_history(limit: int) -> None:
    """Three upgrades among other purchases, newest first, each once."""
    counter, found = Counter(), list[Any]()
    for number, amount in enumerate((1_000_00, 1_00, 1_500_00, 1_00, 2_500_00)):
        counter.buy(amount, f"r{number}")
        counter.move(minutes=1)
    cursor: str | None = None
    while True:
        page = counter.service.tier_history(MEMBER, limit, cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break

    assert [5, 3, 1] == [entry.version for entry in found]


def test_a_change_of_tier_counts_from_its_instant_on() -> None:
    """At that instant it is the new tier, a millisecond before the old one."""
    counter = Counter()
    counter.buy(1_000_00)
    account = counter.service.standing(MEMBER).account
    changed_at = account.tier_changes[0].at

    assert ("silver", "ordinary") == (account.tier_at(changed_at), account.tier_at(changed_at - timedelta(milliseconds=1)))
