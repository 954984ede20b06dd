"""The promises of DynamoDB that the ledger rests on, checked on the emulator: an upgrade that breaks one is seen here."""

import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from regulars_local.running import RunningStack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Ledger:
    """A small table shaped as ours: string keys, a sparse keys-only index, a stream of new images."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.dynamodb = dynamodb
        self.name = f"fidelity-{uuid.uuid4().hex[:12]}"
        made = dynamodb.create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "due_shard", "due_on")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": [{"AttributeName": "due_shard", "KeyType": "HASH"}, {"AttributeName": "due_on", "KeyType": "RANGE"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        self.stream_arn = made["TableDescription"]["LatestStreamArn"]

    def put(self, pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
        """A transaction's put of one new item: it must not exist, and comes back when it does."""
        item = {"pk": {"S": pk}, "sk": {"S": sk}} | attributes
        return {
            "Put": {
                "TableName": self.name,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def advance(self, pk: str, version: int) -> dict[str, Any]:
        """A transaction's update of the account item under the condition of its version."""
        return {
            "Update": {
                "TableName": self.name,
                "Key": {"pk": {"S": pk}, "sk": {"S": "account"}},
                "UpdateExpression": "SET version = :next",
                "ConditionExpression": "version = :expected",
                "ExpressionAttributeValues": {":expected": {"N": str(version)}, ":next": {"N": str(version + 1)}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def write(self, *items: dict[str, Any], token: str | None = None) -> None:
        options: Any = {"TransactItems": items} | ({"ClientRequestToken": token} if token else {})
        self.dynamodb.transact_write_items(**options)

    def item(self, pk: str, sk: str) -> dict[str, Any] | None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")


@pytest.fixture(scope="module")
def ledger(stack: RunningStack) -> Iterator[Ledger]:
    """One table for this file, removed at its end."""
    made = Ledger(stack.cloud.dynamodb)
    yield made
    made.dynamodb.delete_table(TableName=made.name)


def test_a_refused_put_brings_the_stored_item_back(ledger: Ledger) -> None:
    """`attribute_not_exists` refuses the second put, and the refusal carries the first one's item."""
    ledger.dynamodb.put_item(TableName=ledger.name, Item={"pk": {"S": "claim"}, "sk": {"S": "1"}, "owner": {"S": "first"}})
    with pytest.raises(ledger.dynamodb.exceptions.ConditionalCheckFailedException) as refused:
        ledger.dynamodb.put_item(
            TableName=ledger.name,
            Item={"pk": {"S": "claim"}, "sk": {"S": "1"}, "owner": {"S": "second"}},
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    stored = {"pk": {"S": "claim"}, "sk": {"S": "1"}, "owner": {"S": "first"}}
    assert stored == refused.value.response["Item"]  # type: ignore[typeddict-item]
    assert stored == ledger.item("claim", "1")


def test_a_cancelled_transaction_names_each_item_by_position_and_writes_nothing(ledger: Ledger) -> None:
    """Guard and version both refuse: the reasons stand in the items' order, carry the stored items, and nothing was written."""
    ledger.write(ledger.put("acc-1", "account", version={"N": "7"}), ledger.put("acc-1", "guard", version={"N": "7"}))
    with pytest.raises(ledger.dynamodb.exceptions.TransactionCanceledException) as cancelled:
        ledger.write(ledger.advance("acc-1", 6), ledger.put("acc-1", "entry"), ledger.put("acc-1", "guard"))
    reasons: list[Any] = cancelled.value.response["CancellationReasons"]
    expected = [("ConditionalCheckFailed", {"N": "7"}), ("None", None), ("ConditionalCheckFailed", {"N": "7"})]
    assert expected == [(reason["Code"], reason.get("Item", {}).get("version")) for reason in reasons]
    assert ledger.item("acc-1", "entry") is None


def test_one_of_many_writers_of_a_version_wins(ledger: Ledger) -> None:
    """Two transactions expect the same version: the first moves it on, the second is cancelled by the account's condition."""
    ledger.write(ledger.put("acc-2", "account", version={"N": "1"}))
    ledger.write(ledger.advance("acc-2", 1), ledger.put("acc-2", "entry-2"))
    with pytest.raises(ledger.dynamodb.exceptions.TransactionCanceledException):
        ledger.write(ledger.advance("acc-2", 1), ledger.put("acc-2", "entry-2b"))
    expected = {"pk": {"S": "acc-2"}, "sk": {"S": "account"}, "version": {"N": "2"}}
    assert expected == ledger.item("acc-2", "account")


def test_a_transaction_sent_twice_with_one_token_counts_once(ledger: Ledger) -> None:
    """The client request token makes a repeated transaction succeed without effect, and refuses another content."""
    token = uuid.uuid4().hex
    ledger.write(ledger.put("acc-3", "account", version={"N": "1"}), token=token)
    ledger.write(ledger.put("acc-3", "account", version={"N": "1"}), token=token)
    with pytest.raises(ClientError) as refused:
        ledger.write(ledger.put("acc-3", "account", version={"N": "2"}), token=token)
    assert refused.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_two_writes_of_one_item_in_a_transaction_are_refused(ledger: Ledger) -> None:
    """DynamoDB takes an item once per transaction; an emulator that took it twice would hide a mistake."""
    with pytest.raises(ClientError) as refused:
        ledger.write(ledger.put("acc-4", "account"), ledger.put("acc-4", "account"))
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_the_due_index_is_sparse_ordered_and_keys_only(ledger: Ledger) -> None:
    """Only items with both index keys are found, in order of the date, with their keys alone; dropping a key takes them out."""
    for member, due_on in (("c", "2026-03-01"), ("a", "2026-01-01"), ("b", "2026-02-01")):
        due = {"due_shard": {"S": "DUE#1"}, "due_on": {"S": f"{due_on}#{member}"}, "balance": {"N": "5"}}
        ledger.write(ledger.put(f"due-{member}", "account", **due))
    ledger.write(ledger.put("due-none", "account", balance={"N": "5"}))
    expected = ["due-a", "due-b"]
    assert expected == _due(ledger, "2026-02-02")
    ledger.dynamodb.update_item(
        TableName=ledger.name, Key={"pk": {"S": "due-a"}, "sk": {"S": "account"}}, UpdateExpression="REMOVE due_shard, due_on"
    )
    assert expected[1:] == _due(ledger, "2026-02-02")


def _due(ledger: Ledger, until: str) -> list[str]:
    found = ledger.dynamodb.query(
        TableName=ledger.name,
        IndexName="due",
        KeyConditionExpression="due_shard = :shard AND due_on <= :until",
        ExpressionAttributeValues={":shard": {"S": "DUE#1"}, ":until": {"S": until}},
    )["Items"]
    assert all(item.keys() == {"pk", "sk", "due_shard", "due_on"} for item in found)
    return [item["pk"]["S"] for item in found]


def test_the_stream_tells_every_commit_in_order_with_the_new_image(ledger: Ledger, stack: RunningStack) -> None:
    """Each written item is one record with its new image; the items of one key come in the order of their commits."""
    ledger.write(ledger.put("acc-5", "account", version={"N": "1"}))
    ledger.write(ledger.advance("acc-5", 1), ledger.put("acc-5", "entry"))
    records = [record for record in _stream_records(ledger, stack) if record["dynamodb"]["Keys"]["pk"]["S"] == "acc-5"]
    told = [(record["eventName"], record["dynamodb"]["NewImage"].get("version", {}).get("N")) for record in records]
    expected = [("INSERT", "1"), ("MODIFY", "2"), ("INSERT", None)]
    assert expected == told
    assert all("OldImage" not in record["dynamodb"] for record in records)


def _stream_records(ledger: Ledger, stack: RunningStack) -> list[Any]:
    streams = stack.cloud.streams
    shard = streams.describe_stream(StreamArn=ledger.stream_arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator: str | None = streams.get_shard_iterator(StreamArn=ledger.stream_arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    found: list[Any] = []
    deadline = time.monotonic() + 5
    while iterator and time.monotonic() < deadline:
        page = streams.get_records(ShardIterator=iterator)
        if not page["Records"]:
            break
        found += page["Records"]
        iterator = page.get("NextShardIterator")
    return found
