"""The low-level DynamoDB idiom: one typed encoder, conditions by name, cancellation reasons as values, time-outs stated.

Python values map one to one: `str`, `int`, `bool`, `bytes`, `list`, `dict`; `None` is left out. Numbers are integers, never floats.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from regulars.aws.observability import logger
from regulars.kernel.errors import UnavailableError
from regulars.kernel.retry import LostRaceError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

type Item = dict[str, Any]
"""A decoded item."""

TRANSACTION_ITEMS_MAX = 100
_BATCH_TRIES_MAX = 5
ABSENT = "attribute_not_exists(pk)"
"""The must-not-exist condition."""

_RACES = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}


class Put(Struct, frozen=True):
    """Writes a whole item, under a condition where one is given (`values` fill its placeholders)."""

    item: Item
    condition: str | None = None
    values: Mapping[str, Any] | None = None


class Update(Struct, frozen=True):
    """Changes attributes of one item by an update expression; `names` stand for reserved words in it."""

    pk: str
    sk: str
    expression: str
    values: Mapping[str, Any]
    condition: str | None = None
    names: Mapping[str, str] | None = None


class Delete(Struct, frozen=True):
    """Removes one item."""

    pk: str
    sk: str
    condition: str | None = None
    values: Mapping[str, Any] | None = None


class Check(Struct, frozen=True):
    """Requires a condition of an item that is not changed."""

    pk: str
    sk: str
    condition: str
    values: Mapping[str, Any] | None = None


type Write = Put | Update | Delete | Check


class ConditionFailedError(Exception):
    """Conditions of a write did not hold: `failed` maps the write's position to the item that stood there (or `None`)."""

    def __init__(self, failed: Mapping[int, Item | None]) -> None:
        super().__init__(f"conditions failed at {sorted(failed)}")
        self.failed = failed


def encode(value: Any) -> dict[str, Any]:
    """A value as DynamoDB's attribute value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, Mapping):
        return {"M": encode_item(value)}
    if isinstance(value, list | tuple):
        return {"L": [encode(part) for part in value]}
    raise TypeError(f"no attribute value for {type(value).__name__}")


def encode_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's attributes, without those that are `None`."""
    return {name: encode(value) for name, value in item.items() if value is not None}


def decode(attribute: Mapping[str, Any]) -> Any:
    """The value of an attribute value, from the API or from a stream record."""
    ((kind, value),) = attribute.items()
    if kind == "N":
        return int(value)
    if kind == "M":
        return decode_item(value)
    if kind == "L":
        return [decode(part) for part in value]
    return value


def decode_item(attributes: Mapping[str, Any]) -> Item:
    """An item's attributes as plain values."""
    return {name: decode(attribute) for name, attribute in attributes.items()}


class Table:
    """One context's table; only the context's `dynamodb.py` holds it."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def get(self, pk: str, sk: str, *, consistent: bool = True) -> Item | None:
        """One item, read consistently unless told otherwise; `None` when there is none."""
        response = self._call(
            lambda: self._client.get_item(TableName=self._name, Key=encode_item({"pk": pk, "sk": sk}), ConsistentRead=consistent)
        )
        return decode_item(response["Item"]) if "Item" in response else None

    def query(
        self,
        condition: str,
        values: Mapping[str, Any],
        *,
        limit: int,
        index: str | None = None,
        forward: bool = True,
        start: Mapping[str, str] | None = None,
        consistent: bool | None = None,
    ) -> tuple[list[Item], dict[str, str] | None]:
        """At most `limit` items under a key condition, and the key to go on from (law V1: never the whole list)."""
        request: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": encode_item(values),
            "Limit": limit,
            "ScanIndexForward": forward,
            "ConsistentRead": index is None if consistent is None else consistent,
        }
        if index:
            request["IndexName"] = index
        if start:
            request["ExclusiveStartKey"] = encode_item(start)
        response = self._call(lambda: self._client.query(**request))
        following = response.get("LastEvaluatedKey")
        return [decode_item(item) for item in response["Items"]], decode_item(following) if following else None

    def scan(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[Item], dict[str, str] | None]:
        """The next `limit` items of the whole table, and where to go on; for the job that checks every item, and for no other."""
        request: dict[str, Any] = {"TableName": self._name, "Limit": limit}
        if start:
            request["ExclusiveStartKey"] = encode_item(start)
        response = self._call(lambda: self._client.scan(**request))
        following = response.get("LastEvaluatedKey")
        return [decode_item(item) for item in response["Items"]], decode_item(following) if following else None

    def batch_get(self, keys: Sequence[tuple[str, str]], attributes: Sequence[str]) -> list[Item]:
        """Those of up to 100 items that there are, read consistently, with their keys and the attributes named.

        Raises:
            UnavailableError: the table did not answer for all of them, however often it was asked.
        """
        names = {f"#{number}": name for number, name in enumerate(dict.fromkeys(("pk", "sk", *attributes)))}
        wanted: list[Any] = [encode_item({"pk": pk, "sk": sk}) for pk, sk in keys]
        found: list[Item] = []
        for _ in range(_BATCH_TRIES_MAX if wanted else 0):
            request = {
                "Keys": wanted, "ConsistentRead": True, "ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names,
            }  # fmt: skip
            response: Any = self._call(lambda request=request: self._client.batch_get_item(RequestItems={self._name: request}))  # type: ignore[misc]
            found += [decode_item(item) for item in response["Responses"].get(self._name, [])]
            wanted = response.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            if not wanted:
                break
        if not wanted:
            return found
        raise UnavailableError(retry_after_seconds=1)

    def write(self, write: Put | Update | Delete) -> None:
        """One conditional write.

        Raises:
            ConditionFailedError: the condition did not hold; position 0 has the item that stood there.
        """
        request = self._request(write)
        if write.condition:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        calls: dict[type, Callable[..., Any]] = {
            Put: self._client.put_item,
            Update: self._client.update_item,
            Delete: self._client.delete_item,
        }
        try:
            self._call(lambda: calls[type(write)](**request))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item: Any = error.response.get("Item")
            raise ConditionFailedError({0: decode_item(item) if item else None}) from error

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none of them.

        Raises:
            ConditionFailedError: at least one condition did not hold.
            LostRaceError: another transaction was in flight on one of the items.
        """
        if len(writes) > TRANSACTION_ITEMS_MAX:
            raise ValueError("a transaction is never split")
        items = [{type(write).__name__ if not isinstance(write, Check) else "ConditionCheck": self._transacted(write)} for write in writes]
        try:
            self._call(lambda: self._client.transact_write_items(TransactItems=items))  # type: ignore[arg-type]  # built by name above
        except ClientError as error:
            raise _cancellation(error) from error

    def _transacted(self, write: Write) -> dict[str, Any]:
        request = self._request(write)
        if write.condition:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return request

    def _request(self, write: Write) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self._name}
        if isinstance(write, Put):
            request["Item"] = encode_item(write.item)
        else:
            request["Key"] = encode_item({"pk": write.pk, "sk": write.sk})
        if isinstance(write, Update):
            request["UpdateExpression"] = write.expression
            request |= {"ExpressionAttributeNames": dict(write.names)} if write.names else {}
        if write.condition:
            request["ConditionExpression"] = write.condition
        if write.values:
            request["ExpressionAttributeValues"] = encode_item(write.values)
        return request

    @staticmethod
    def _call[T](call: Callable[[], T]) -> T:
        try:
            return call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _RACES:
                raise LostRaceError from error
            if code in {"ConditionalCheckFailedException", "TransactionCanceledException"}:
                raise
            if _is_passing(error):
                raise UnavailableError(retry_after_seconds=1) from error
            raise
        except BotoCoreError as error:
            raise UnavailableError(retry_after_seconds=1) from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:  # botocore parses an answer before it looks at its checksum
            logger().error("mangled answer", error=type(error).__name__)
            raise UnavailableError(retry_after_seconds=1) from error


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or "Throttl" in error.response["Error"]["Code"] or "Exceeded" in error.response["Error"]["Code"]


def _cancellation(error: ClientError) -> Exception:
    reasons = error.response.get("CancellationReasons", [])
    failed = {
        position: decode_item(reason["Item"]) if reason.get("Item") else None
        for position, reason in enumerate(reasons)
        if reason.get("Code") == "ConditionalCheckFailed"
    }
    if failed:
        return ConditionFailedError(failed)
    codes = {reason.get("Code") for reason in reasons} - {"None", None}
    if codes and codes <= {"TransactionConflict"}:
        return LostRaceError()
    if codes & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
        return UnavailableError(retry_after_seconds=1)
    return error
