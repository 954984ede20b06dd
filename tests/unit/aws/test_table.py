"""The low-level DynamoDB idiom: values, conditions by position, cancellations as our own errors."""

import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from regulars.aws.table import (
    ABSENT,
    TRANSACTION_ITEMS_MAX,
    Check,
    ConditionFailedError,
    Delete,
    Put,
    Table,
    Update,
    decode,
    decode_item,
    encode,
    encode_item,
)
from regulars.kernel.errors import UnavailableError
from regulars.kernel.retry import LostRaceError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

VALUES = st.recursive(
    st.text() | st.booleans() | st.integers(-(10**30), 10**30) | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
)


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> Table:
    """A table in memory."""
    return Table(dynamodb, "members")


def item(sk: str = "A", **attributes: Any) -> dict[str, Any]:
    """An item of one partition."""
    return {"pk": "P", "sk": sk, **attributes}


@given(VALUES)
def test_a_value_survives_being_stored(value: Any) -> None:
    """Texts, booleans, integers, bytes, lists and maps come back as they were."""
    assert value == decode(encode(value))


def test_what_is_none_is_left_out() -> None:
    """A missing attribute and `None` are the same."""
    assert {"a": {"N": "1"}} == encode_item({"a": 1, "b": None})
    assert {"a": 1} == decode_item({"a": {"N": "1"}})


@pytest.mark.parametrize("value", [1.5, float("nan"), object(), {1, 2}])
def test_numbers_are_integers(value: Any) -> None:
    """Floats, and whatever has no place in a table, are mistakes of ours (law L6)."""
    with pytest.raises(TypeError):
        encode(value)


def test_an_item_is_written_and_read(table: Table) -> None:
    """Whole; what is not there is `None`."""
    table.write(Put(item(points=5, lots={"2026-01-31": 5}, tags=["a"], done=True)))

    assert item(points=5, lots={"2026-01-31": 5}, tags=["a"], done=True) == table.get("P", "A")
    assert table.get("P", "B", consistent=False) is None


def test_a_condition_that_does_not_hold_brings_what_stood_there(table: Table) -> None:
    """Position 0 has the item; `None` where there was none. Nothing is written."""
    table.write(Put(item(points=5), ABSENT))

    with pytest.raises(ConditionFailedError) as taken:
        table.write(Put(item(points=6), ABSENT))
    with pytest.raises(ConditionFailedError) as missing:
        table.write(Put(item("B"), "points = :points", {":points": 5}))
    assert ({0: item(points=5)}, {0: None}) == (taken.value.failed, missing.value.failed)
    assert item(points=5) == table.get("P", "A")


def test_an_item_is_changed_in_place(table: Table) -> None:
    """By an expression, under a condition; reserved words by other names."""
    table.write(Put(item(points=5)))
    table.write(Update("P", "A", "SET points = points + :more", {":more": 2, ":now": 5}, "points = :now"))
    table.write(Update("P", "A", "SET #s = :open", {":open": "open"}, names={"#s": "status"}))

    assert item(points=7, status="open") == table.get("P", "A")


def test_an_item_is_removed(table: Table) -> None:
    """Only where the condition holds."""
    table.write(Put(item(points=5)))
    with pytest.raises(ConditionFailedError):
        table.write(Delete("P", "A", "points = :points", {":points": 6}))
    table.write(Delete("P", "A"))

    assert table.get("P", "A") is None


def test_a_transaction_is_all_or_nothing(table: Table) -> None:
    """Every write happens, or none and the failed positions are told with what stood there."""
    table.transact([Put(item("A", points=1), ABSENT), Put(item("B"), ABSENT), Put(item("D", points=1))])
    with pytest.raises(ConditionFailedError) as failed:
        table.transact(
            [
                Update("P", "A", "SET points = :two", {":two": 2}),
                Put(item("B", new=True), ABSENT),
                Delete("P", "C"),
                Check("P", "D", "points = :two", {":two": 2}),
            ]
        )

    assert {1: item("B"), 3: item("D", points=1)} == failed.value.failed
    assert "conditions failed at [1, 3]" == str(failed.value)
    assert item("A", points=1) == table.get("P", "A")


def test_a_transaction_is_never_split(table: Table) -> None:
    """More than 100 writes are a mistake of ours."""
    with pytest.raises(ValueError, match="never split"):
        table.transact([Put(item(str(number))) for number in range(TRANSACTION_ITEMS_MAX + 1)])


def test_a_query_reads_a_page_and_tells_where_it_ends(table: Table) -> None:
    """Pages put together are everything once, in either direction (law V1)."""
    for number in range(5):
        table.write(Put(item(str(number))))

    def pages(*, forward: bool) -> list[str]:
        found, start = table.query("pk = :pk", {":pk": "P"}, limit=2, forward=forward)
        while start:
            more, start = table.query("pk = :pk", {":pk": "P"}, limit=2, forward=forward, start=start)
            found += more
        return [entry["sk"] for entry in found]

    assert ["0", "1", "2", "3", "4"] == pages(forward=True)
    assert ["4", "3", "2", "1", "0"] == pages(forward=False)


def test_an_index_is_read_as_it_is(table: Table) -> None:
    """Never consistently, as indexes cannot be."""
    table.write(Put(item(queue="review", queued_at="2025-01-01")))

    assert [item(queue="review", queued_at="2025-01-01")] == table.query("queue = :q", {":q": "review"}, limit=5, index="queue")[0]


class FailingClient:
    """Answers every call with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Any:
        def fail(**_arguments: Any) -> Any:
            raise self._error

        return fail


def every_kind_of_call(table: Table) -> list[Callable[[], object]]:
    """Reading, writing, a transaction."""
    return [lambda: table.get("P", "A"), lambda: table.write(Put(item())), lambda: table.transact([Put(item())])]


def failing(code: str, status: int = 400, **more: Any) -> Table:
    """A table whose every call fails with a code."""
    response: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    client: Any = FailingClient(ClientError(response, "PutItem"))
    return Table(client, "members")


@pytest.mark.parametrize("code", ["TransactionConflictException", "TransactionInProgressException", "TransactionConflict"])
def test_a_transaction_in_flight_is_a_lost_race(code: str) -> None:
    """Ours or another's: read again and try again (faults 4, 6)."""
    with pytest.raises(LostRaceError):
        failing(code).write(Put(item()))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("RequestLimitExceeded", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_table_that_is_overwhelmed_is_unavailable(code: str, status: int) -> None:
    """503 with Retry-After for reads and writes alike (fault 5)."""
    table = failing(code, status)

    for work in every_kind_of_call(table):
        with pytest.raises(UnavailableError) as refused:
            work()
        assert 1 == refused.value.retry_after_seconds


def test_a_table_that_does_not_answer_is_unavailable() -> None:
    """A time-out is 503, whether the write happened or not: the retry finds out (fault 2)."""
    client: Any = FailingClient(ConnectTimeoutError(endpoint_url="http://x"))

    with pytest.raises(UnavailableError):
        Table(client, "members").write(Put(item()))


@pytest.mark.parametrize("error", [binascii.Error("Incorrect padding"), AttributeError("'list' object has no attribute 'items'")])
def test_an_answer_that_cannot_be_read_is_unavailable(error: Exception) -> None:
    """A mangled answer fails in botocore's parser before its checksum is looked at: 503 (fault 21)."""
    client: Any = FailingClient(error)

    for work in every_kind_of_call(Table(client, "members")):
        with pytest.raises(UnavailableError):
            work()


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])
def test_a_mistake_of_ours_stays_an_error(code: str) -> None:
    """It is not dressed up as the caller's or the cloud's."""
    table = failing(code)

    for work in every_kind_of_call(table):
        with pytest.raises(ClientError):
            work()


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["TransactionConflict", "None"], LostRaceError),
        (["None", "TransactionConflict", "TransactionConflict"], LostRaceError),
        (["ThrottlingError", "TransactionConflict"], UnavailableError),
        (["ProvisionedThroughputExceeded"], UnavailableError),
        (["ConditionalCheckFailed", "TransactionConflict"], ConditionFailedError),
        (["ValidationError"], ClientError),
        ([], ClientError),
    ],
)
def test_a_cancellation_tells_why(codes: list[str], expected: type[Exception]) -> None:
    """A failed condition before a conflict, a conflict before nothing; what we cannot explain stays an error."""
    table = failing("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])

    with pytest.raises(expected):
        table.transact([Put(item())])


def test_a_cancellation_brings_the_items_by_position() -> None:
    """As the caller asked for them, so that a guard is read without another call."""
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": encode_item(item(points=5))}]

    with pytest.raises(ConditionFailedError) as failed:
        failing("TransactionCanceledException", CancellationReasons=reasons).transact([Put(item())])
    assert {1: item(points=5)} == failed.value.failed
