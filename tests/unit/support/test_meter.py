"""The capacity meter: sizes and units by hand, from DynamoDB's documented rules."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.meter import Cost, Meter, item_size, number_size, read_units, value_size, write_units


@pytest.mark.parametrize(
    ("size", "attribute"),
    [
        (0, {"S": ""}),
        (6, {"S": "积分"}),
        (3, {"B": b"\x00\x01\x02"}),
        (1, {"BOOL": True}),
        (1, {"NULL": True}),
        (3, {"L": []}),
        (3, {"M": {}}),
        (3 + (1 + 2) + (1 + 2), {"L": [{"S": "ab"}, {"N": "7"}]}),
        (3 + (1 + 3 + 5), {"M": {"abc": {"S": "hello"}}}),
        (3 + (1 + 1 + (3 + (1 + 1))), {"M": {"m": {"L": [{"BOOL": False}]}}}),
        (2 + 3, {"SS": ["ab", "abc"]}),
        (2 + 3, {"NS": ["12", "123"]}),
        (2 + 4, {"BS": [b"ab", b"abcd"]}),
    ],
)
def test_a_value_has_the_documented_size(size: int, attribute: dict[str, Any]) -> None:
    """Texts count their UTF-8 bytes, lists and maps 3 bytes and one an element, sets the sum of their members."""
    assert size == value_size(attribute)


@pytest.mark.parametrize(
    ("size", "number"),
    [(1, "0"), (2, "1"), (2, "12"), (3, "123"), (3, "1234"), (2, "1200"), (2, "0.012"), (3, "-5"), (8, "1741996800001"), (20, "9" * 38)],
)
def test_a_number_takes_a_byte_for_two_significant_digits_and_one_more(size: int, number: str) -> None:
    """Leading and trailing zeros are trimmed; a sign takes a byte."""
    assert size == number_size(number)


def test_a_value_of_no_known_type_is_an_error() -> None:
    """What the meter cannot size is never counted as nothing."""
    with pytest.raises(ValueError, match="no attribute type X"):
        value_size({"X": "?"})


def test_an_item_counts_its_names_and_values() -> None:
    """`pk` 2 + 3, `积` 3 + 2: ten bytes."""
    expected = (2 + 3) + (3 + 2)
    assert expected == item_size({"pk": {"S": "abc"}, "积": {"N": "42"}})


@pytest.mark.parametrize(("units", "size"), [(1, 0), (1, 1), (1, 1024), (2, 1025), (3, 3072), (4, 3073)])
def test_a_write_costs_a_unit_per_started_kilobyte(units: int, size: int) -> None:
    """A KB is 1,024 bytes; nothing is written for less than a unit."""
    assert units == write_units(size)


@pytest.mark.parametrize(("units", "size"), [(1, 0), (1, 4096), (2, 4097), (25, 100_000)])
def test_a_read_costs_a_unit_per_started_four_kilobytes_and_half_when_stale_is_allowed(units: int, size: int) -> None:
    """Strongly consistent reads cost twice what eventually consistent ones do."""
    assert (units, units / 2) == (read_units(size, consistent=True), read_units(size, consistent=False))


@pytest.fixture
def meter(aws_credentials: None) -> Iterator[Meter]:
    """A meter on an empty table with a sparse keys-only index `due` and an index `all` of everything."""
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "due_shard", "due_on", "q")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": [{"AttributeName": "due_shard", "KeyType": "HASH"}, {"AttributeName": "due_on", "KeyType": "RANGE"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                },
                {
                    "IndexName": "all",
                    "KeySchema": [{"AttributeName": "q", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                },
            ],
        )
        yield Meter(client)


def _item(pk: str, **attributes: str) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in {"pk": pk, "sk": "x", **attributes}.items()}


def _key(pk: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def _cost_of_put(meter: Meter, **attributes: str) -> int:
    with meter.measured() as calls:
        meter.put_item(TableName="t", Item=_item("a", **attributes))
    ((_, cost),) = calls
    return cost.write_units


def test_a_put_costs_the_larger_of_the_item_before_and_after(meter: Meter) -> None:
    """2 KB over nothing is 3 units with the names, a short item over it again 3, the same short item once more 1."""
    expected = [3, 3, 1]
    assert expected == [_cost_of_put(meter, body="x" * 2048), _cost_of_put(meter, body="x"), _cost_of_put(meter, body="x")]


def test_a_sparse_keys_only_index_is_charged_for_what_changes_in_it(meter: Meter) -> None:
    """Coming in 1, another attribute 0, a moved key 2, going out 1 — beside the table's own unit."""
    came = _cost_of_put(meter, due_shard="s", due_on="1")
    other = _cost_of_put(meter, due_shard="s", due_on="1", body="y")
    moved = _cost_of_put(meter, due_shard="s", due_on="2", body="y")
    left = _cost_of_put(meter, body="y")
    expected = [1 + 1, 1 + 0, 1 + 2, 1 + 1]
    assert expected == [came, other, moved, left]


def test_an_index_of_everything_is_charged_for_every_change_by_its_size(meter: Meter) -> None:
    """A changed attribute of 2 KB costs the index 3 units as well; the same item again nothing."""
    came = _cost_of_put(meter, q="1")
    changed = _cost_of_put(meter, q="1", body="x" * 2048)
    same = _cost_of_put(meter, q="1", body="x" * 2048)
    expected = [1 + 1, 3 + 3, 3 + 0]
    assert expected == [came, changed, same]


def test_a_failed_condition_costs_the_item_that_stood_there(meter: Meter) -> None:
    """1 unit where nothing stood, 3 where 2 KB stood; the condition is still told to the caller."""
    meter.put_item(TableName="t", Item=_item("big", body="x" * 2048))
    with meter.measured() as calls:
        for pk, condition in (("none", "attribute_exists(pk)"), ("big", "attribute_not_exists(pk)")):
            with pytest.raises(meter.raw.exceptions.ConditionalCheckFailedException):
                meter.put_item(TableName="t", Item=_item(pk, body="x" * 4096), ConditionExpression=condition)
    expected = [1, 3]
    assert expected == [cost.write_units for _, cost in calls]


def test_updates_and_deletes_cost_the_larger_image(meter: Meter) -> None:
    """Growing to 2 KB costs 3, deleting that 3, deleting nothing 1 and changes nothing."""
    meter.put_item(TableName="t", Item=_item("a"))
    with meter.measured() as calls:
        meter.update_item(
            TableName="t", Key=_key("a"), UpdateExpression="SET body = :b", ExpressionAttributeValues={":b": {"S": "x" * 2048}}
        )
        meter.delete_item(TableName="t", Key=_key("a"))
        meter.delete_item(TableName="t", Key=_key("a"))
    expected = [Cost(1, 3, items_changed=1), Cost(1, 3, items_changed=1), Cost(1, 1)]
    assert expected == [cost for _, cost in calls]


def test_a_transaction_doubles_the_table_and_not_the_index(meter: Meter) -> None:
    """Two small items are 4 units; one that comes into an index 2 + 1; a condition check on 2 KB 6: one call."""
    meter.put_item(TableName="t", Item=_item("big", body="x" * 2048))
    puts = [_item("b"), _item("c", due_shard="s", due_on="1")]
    check = {"TableName": "t", "Key": _key("big"), "ConditionExpression": "attribute_exists(pk)"}
    with meter.measured() as calls:
        meter.transact_write_items(TransactItems=[*({"Put": {"TableName": "t", "Item": item}} for item in puts), {"ConditionCheck": check}])
    assert [("transact_write_items", Cost(1, 2 + (2 + 1) + 6, items_changed=2))] == calls


def test_a_cancelled_transaction_is_counted_as_if_it_had_been_written(meter: Meter) -> None:
    """An upper bound: 2 KB twice and the refused small item twice, though nothing changed."""
    meter.put_item(TableName="t", Item=_item("known"))
    puts: list[dict[str, Any]] = [
        {"Item": _item("new", body="x" * 2048)},
        {"Item": _item("known"), "ConditionExpression": "attribute_not_exists(pk)"},
    ]
    with meter.measured() as calls, pytest.raises(meter.raw.exceptions.TransactionCanceledException):
        meter.transact_write_items(TransactItems=[{"Put": {"TableName": "t", **put}} for put in puts])
    assert [("transact_write_items", Cost(1, 2 * 3 + 2 * 1))] == calls


def test_reads_are_charged_by_size_and_consistency(meter: Meter) -> None:
    """5 KB read consistently 2, else 1; what is not there 1 and a half; the meter's own looks count nothing."""
    meter.put_item(TableName="t", Item=_item("a", body="x" * 5000))
    with meter.measured() as calls:
        for pk, consistent in (("a", True), ("a", False), ("none", True), ("none", False)):
            meter.get_item(TableName="t", Key=_key(pk), ConsistentRead=consistent)
    expected = [2, 1, 1, 0.5]
    assert expected == [cost.read_units for _, cost in calls]


def test_a_query_is_charged_on_the_sum_of_the_sizes(meter: Meter) -> None:
    """Four items of 1.5 KB are 6 KB: 2 units where four single reads would be 4."""
    for number in range(4):
        meter.raw.put_item(TableName="t", Item={**_item("a", body="x" * 1500), "sk": {"S": str(number)}})
    with meter.measured() as calls:
        meter.query(TableName="t", KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "a"}}, ConsistentRead=True)
    assert [("query", Cost(1, 0, 2))] == calls


def test_what_cannot_be_counted_is_refused(meter: Meter) -> None:
    """A filter hides what was read, and an operation the meter does not know would go by uncounted."""
    with pytest.raises(ValueError, match="FilterExpression"):
        meter.query(TableName="t", FilterExpression="a = b")
    with pytest.raises(AttributeError):
        meter.scan(TableName="t")  # type: ignore[attr-defined]  # that is the point


def test_the_total_is_the_sum_of_the_calls(meter: Meter) -> None:
    """Calls, write units and read units since the meter was made."""
    meter.put_item(TableName="t", Item=_item("a"))
    meter.get_item(TableName="t", Key=_key("a"))
    assert Cost(2, 1, 0.5, 1) == meter.total
