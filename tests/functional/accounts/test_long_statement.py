"""A member of many years: the statement of an account with 6,000 entries."""

from datetime import timedelta

import pytest

from regulars.wiring import Wiring
from tests.functional.accounts.conftest import TILL, Shop, play_by
from tests.support.ledger import FakeLedgerStore

ENTRIES = 6_000


@pytest.mark.requirement("PTS-14", "PTS-16")
def test_the_pages_of_a_statement_of_6000_entries_sum_to_the_balance(shop: Shop, wiring: Wiring) -> None:
    """Purchases in batches, refunds in part, points used, for years in which points expire; no entry is
    told twice or left out, and what the pages add up to is what the member has.
    """
    wiring.__dict__["ledger"] = FakeLedgerStore()
    play_by(wiring)
    for month in range(ENTRIES // 60):
        bought = TILL.post("/v1/purchases/batch", {"purchases": [shop.body(37_00 + number, f"{month}-{number}") for number in range(50)]})
        assert {201} == {item["status"] for item in bought.json["items"]}
        for number in range(5):
            assert 201 == shop.refund(f"f{month}-{number}", f"{month}-{number}", amount=10_00).status
            assert 201 == shop.redeem(200, f"x{month}-{number}").status
        shop.clock.now += timedelta(days=20)

    statement, points = shop.statement(), shop.points()

    assert list(range(ENTRIES, 0, -1)) == [int(entry["entry_id"].rpartition("_")[2]) for entry in statement]
    assert sum(entry["points"] for entry in statement) == points["available"]
    assert {"purchase", "refund", "redemption"} == {entry["kind"] for entry in statement}
    assert points["expired_total"] > 0
