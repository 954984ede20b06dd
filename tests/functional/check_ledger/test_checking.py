"""The check of the ledger by its queue, on the real store in memory: begun, gone on with, told and alarmed."""

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.check_ledger.handler import lambda_handler
from regulars.accounts.books.checking import BUDGET_SECONDS, LedgerCheck
from regulars.accounts.books.tasks import check_message_of
from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.accounts.entries import Entry
from regulars.accounts.ports import Commit
from regulars.aws.queues import JsonQueue
from regulars.aws.table import Table, encode_item
from regulars.wiring import Wiring
from tests.support.books import keep_books
from tests.support.bus import failed_in, queue_event
from tests.support.clock import MovableClock
from tests.support.ledger import FakeLedgerStore
from tests.support.lives import Lives
from tests.support.queues import QueueClient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class _BothStores(FakeLedgerStore):
    """A life is lived in memory; every commit goes to the table as well."""

    def __init__(self, table: DynamoLedgerStore) -> None:
        super().__init__()
        self.table = table

    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        self.table.commit(commit)

    def wait(self, waiting: Any, before: Any, refund: Any) -> None:
        super().wait(waiting, before, refund)
        self.table.wait(waiting, before, refund)


@pytest.fixture
def life(wiring: Wiring, clock: MovableClock, dynamodb: "DynamoDBClient") -> Lives:
    """Members who did everything, in the tables, with their books; a day later."""
    stored = _BothStores(DynamoLedgerStore(Table(dynamodb, "accounts"), 16))
    lived = Lives(1, store=stored).live(90)
    wiring.__dict__["program"] = _Programmes(lived)
    clock.now = lived.now
    keep_books(dynamodb)
    clock.move(days=1)
    return lived


class _Programmes:
    def __init__(self, life: Lives) -> None:
        self.history = lambda: life.programmes


@pytest.fixture
def queue(wiring: Wiring) -> list[dict[str, Any]]:
    """Where the check leaves what it has no time for."""
    made: list[dict[str, Any]] = []
    wiring.__dict__["check_queue"] = JsonQueue(QueueClient(made), "queue", check_message_of)
    return made


def _run(message: dict[str, Any]) -> list[str]:
    return failed_in(lambda_handler(queue_event(message), None))


def _told(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def _metrics(output: str) -> list[int]:
    lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"_aws"')]
    return [line["LedgerDifferences"][0] for line in lines if "LedgerDifferences" in line]


@pytest.mark.requirement("PTS-16")
@pytest.mark.usefixtures("queue")
def test_a_ledger_in_which_everything_happened_has_no_gap(life: Lives, log: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """The schedule's message reads the whole table: no difference is told, none is counted."""
    assert [] == _run({"job": "check_ledger"})
    summary = _told(log)[-1]
    assert (len(life.store.accounts), len(life.entries()), 0, False) == (
        summary["members"],
        summary["entries"],
        summary["differences"],
        summary["is_continued"],
    )
    assert [0] == _metrics(capsys.readouterr().out)


def test_a_check_that_has_no_time_goes_on_by_messages(
    life: Lives, wiring: Wiring, queue: list[dict[str, Any]], log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some items a message, until all is read: as many members and entries as in one go, and no difference."""
    ticks = iter(range(0, 10**9, int(BUDGET_SECONDS) + 1))
    wiring.__dict__["ledger_check"] = LedgerCheck(
        wiring.ledger, wiring.ledger, wiring.books, lambda: life.programmes, wiring.clock,
        stopwatch=lambda: float(next(ticks)), page_size=20,
    )  # fmt: skip
    message: dict[str, Any] = {"job": "check_ledger"}
    for _ in range(200):
        assert [] == _run(message)
        if not queue:
            break
        message = queue.pop(0)
    told = [line for line in _told(log) if line["message"] == "checked"]
    assert len(told) > 3
    assert {"job", "through", "start", "sums", "moves"} == message.keys()
    assert len(life.entries()) == sum(line["entries"] for line in told)
    assert {0} == set(_metrics(capsys.readouterr().out))


@pytest.mark.usefixtures("queue")
def test_what_a_restore_lost_is_told_by_member_and_raises_the_metric(
    life: Lives, dynamodb: "DynamoDBClient", log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry of one member and the account of another are gone: both are named, and the count is above the alarm (fault 23)."""
    first, second = sorted(life.store.accounts)[:2]
    last = life.store.all_entries(first)[-1]
    assert isinstance(last, Entry)
    dynamodb.delete_item(TableName="accounts", Key=encode_item({"pk": first, "sk": f"ENTRY#{last.version:010d}"}))
    dynamodb.delete_item(TableName="accounts", Key=encode_item({"pk": second, "sk": "ACCOUNT"}))
    assert [] == _run({"job": "check_ledger"})
    told = {(line["member_id"], line["difference"]) for line in _told(log) if line["message"] == "difference"}
    assert {(first, "entry_missing"), (second, "account_missing")} <= told
    (count,) = _metrics(capsys.readouterr().out)
    assert count >= 2


@pytest.mark.usefixtures("life", "queue")
def test_a_message_that_is_none_fails_alone(log: io.StringIO) -> None:
    """It is tried again and ends in the dead-letter queue; its neighbour is worked off (fault 10)."""
    assert ["message-1"] == failed_in(lambda_handler(queue_event('{"job', {"job": "check_ledger"}), None))
    assert "check failed" in {line["message"] for line in _told(log)}
