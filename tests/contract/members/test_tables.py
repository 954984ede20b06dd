"""What our stores rely on in a table: the one in memory, moto's and the emulator's answer alike."""

from datetime import UTC, datetime

import pytest

from regulars.aws.table import ABSENT, Check, ConditionFailedError, Delete, Put, Table, Update, Write
from regulars.members.dynamodb import DynamoCounters

ITEM = {"pk": "A", "sk": "1", "text": "林", "number": 7, "flag": True, "bytes": b"\x00\xff", "map": {"a": ["x", 1]}, "gone": None}
SOON = datetime(2025, 6, 1, tzinfo=UTC)


def test_an_item_comes_back_as_it_was_put(table: Table) -> None:
    """Every kind of value; what is `None` is left out; what is not there is `None`."""
    table.write(Put(ITEM))
    assert {name: value for name, value in ITEM.items() if value is not None} == table.get("A", "1")
    assert table.get("A", "2") is None


def test_a_condition_that_does_not_hold_gives_the_item_back(table: Table) -> None:
    """Position 0 has what stood there, or nothing."""
    table.write(Put({"pk": "A", "sk": "1", "version": 1}, ABSENT))
    with pytest.raises(ConditionFailedError) as failed:
        table.write(Put({"pk": "A", "sk": "1", "version": 9}, "version = :before", {":before": 8}))
    assert {0: {"pk": "A", "sk": "1", "version": 1}} == dict(failed.value.failed)
    with pytest.raises(ConditionFailedError) as missing:
        table.write(Put({"pk": "B", "sk": "1"}, "attribute_exists(pk) AND attribute_not_exists(used_at)"))
    assert {0: None} == dict(missing.value.failed)
    table.write(Delete("A", "1", "version = :before", {":before": 1}))
    assert table.get("A", "1") is None


def test_a_transaction_happens_whole_or_not_at_all(table: Table) -> None:
    """Every failed position is named with its item, and nothing was written."""
    table.write(Put({"pk": "A", "sk": "1"}))
    writes: list[Write] = [
        Put({"pk": "B", "sk": "1"}, ABSENT),
        Put({"pk": "A", "sk": "1"}, ABSENT),
        Check("C", "1", "attribute_exists(pk)"),
        Delete("A", "1"),
    ]
    with pytest.raises(ConditionFailedError) as failed:
        table.transact(writes[:3])
    assert {1: {"pk": "A", "sk": "1"}, 2: None} == dict(failed.value.failed)
    assert table.get("B", "1") is None
    table.transact([writes[0], writes[3]])
    assert (True, None) == (table.get("B", "1") is not None, table.get("A", "1"))


@pytest.mark.parametrize("forward", [True, False])
def test_a_query_pages_in_order_of_the_range_key(table: Table, forward: bool) -> None:  # noqa: FBT001  # a parameter of pytest's
    """Pages laid together are all items of the prefix, from either end."""
    for number in range(5):
        table.write(Put({"pk": "A", "sk": f"CONSENT#{number}"}))
    table.write(Put({"pk": "A", "sk": "LOG#1"}))
    seen: list[str] = []
    start = None
    for _ in range(3):
        values = {":pk": "A", ":sk": "CONSENT#"}
        found, start = table.query("pk = :pk AND begins_with(sk, :sk)", values, limit=2, forward=forward, start=start)
        seen += [item["sk"] for item in found]
    ordered = [f"CONSENT#{number}" for number in range(5)]
    assert (ordered if forward else ordered[::-1]) == seen
    assert start is None


def test_the_queue_has_what_waits_in_order(table: Table) -> None:
    """An item without the index's keys is not in it; the cursor goes on."""
    for number in (2, 1, 3):
        table.write(Put({"pk": f"REG#{number}", "sk": "REGISTRATION", "queue": "applications", "queued_at": str(number), "n": number}))
    table.write(Put({"pk": "REG#4", "sk": "REGISTRATION"}))
    first, start = table.query("queue = :queue", {":queue": "applications"}, limit=2, index="queue")
    assert start
    rest, end = table.query("queue = :queue", {":queue": "applications"}, limit=2, index="queue", start=start)
    assert ([1, 2, 3], None) == ([item["n"] for item in first + rest], end)


def test_a_counter_never_passes_its_maximum(table: Table) -> None:
    """The third of two is refused and not counted; the time to forget moves on; a forgotten counter starts again."""
    counters = DynamoCounters(table)
    assert [True, True, False, False] == [counters.take("LIMIT#x", 2, SOON) for _ in range(4)]
    assert {"pk": "LIMIT#x", "sk": "COUNT", "hits": 2, "ttl": int(SOON.timestamp())} == table.get("LIMIT#x", "COUNT")
    assert not counters.take("LIMIT#y", 0, SOON)
    counters.forget("LIMIT#x")
    assert counters.take("LIMIT#x", 1, SOON)


def test_an_update_of_a_missing_item_makes_it(table: Table) -> None:
    """`ADD` starts at nothing; `names` stand for reserved words."""
    for _ in range(2):
        table.write(Update("A", "1", "SET #ttl = :ttl ADD hits :one", {":ttl": 5, ":one": 1}, None, {"#ttl": "ttl"}))
    assert {"pk": "A", "sk": "1", "ttl": 5, "hits": 2} == table.get("A", "1")
