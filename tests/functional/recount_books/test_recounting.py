"""What the books missed is counted from the ledger, and nothing twice, on the real stores in memory."""

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from functions.recount_books.handler import lambda_handler as recount_books
from functions.total_points.handler import lambda_handler as total_points
from regulars.accounts.books.recounting import BUDGET_SECONDS, REACH, Recount
from regulars.accounts.books.replaying import Difference
from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.accounts.entries import Entry
from regulars.accounts.items import entry_item
from regulars.aws.table import Put, Table, decode_item, encode_item
from regulars.wiring import Wiring
from tests.support.bus import LambdaContext, failed_in, stream_records
from tests.support.clock import MovableClock
from tests.support.lives import Lives

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class Office:
    """A ledger of some weeks in the tables, of whose entries the stream's reader counted those it is given."""

    def __init__(self, wiring: Wiring, clock: MovableClock, dynamodb: "DynamoDBClient") -> None:
        self.wiring = wiring
        self.dynamodb = dynamodb
        lived = Lives(1).live(120)
        table = Table(dynamodb, "accounts")
        self.entries = [entry for entry in lived.entries() if entry.recorded_at >= lived.now - timedelta(days=20)]
        for entry in self.entries:
            table.write(Put(entry_item(entry)))
        wiring.__dict__["program"] = type("Fixed", (), {"history": staticmethod(lambda: lived.programmes)})()
        clock.now = lived.now

    def count(self, entries: list[Entry]) -> None:
        """What the stream brings is counted."""
        records = stream_records("accounts", [entry_item(entry) for entry in entries])
        assert [] == failed_in(total_points({"Records": records}, LambdaContext()))

    def recount(self) -> list[dict[str, Any]]:
        """Invoked until nothing is left; the answers."""
        answers = [recount_books({}, None)]
        while answers[-1]["rest"] is not None:
            answers.append(recount_books(answers[-1]["rest"], None))
        return answers

    def books(self) -> list[dict[str, Any]]:
        """Figures and moves, shards added up."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        for item in map(decode_item, self.dynamodb.scan(TableName="books")["Items"]):
            if item["sk"] != "COUNTED":
                figures = found.setdefault((item["pk"].partition("#")[0], item["sk"]), {})
                for name in item.keys() - {"pk", "sk"}:
                    figures[name] = figures.get(name, 0) + item[name]
        return [{"place": place, **{name: sum_ for name, sum_ in found[place].items() if sum_}} for place in sorted(found)]


@pytest.fixture
def office(wiring: Wiring, clock: MovableClock, dynamodb: "DynamoDBClient") -> Office:
    """Nothing is counted yet."""
    return Office(wiring, clock, dynamodb)


def _counted(answers: list[dict[str, Any]]) -> tuple[int, int]:
    return sum(answer["entries"] for answer in answers), sum(answer["counted"] for answer in answers)


def test_entries_that_the_stream_gave_up_on_are_counted_once(office: Office, clock: MovableClock) -> None:
    """Some batches never arrived: the check names the difference; afterwards there is none, run twice or beside the stream."""
    missed = office.entries[5:9] + office.entries[-3:]
    office.count([entry for entry in office.entries if entry not in missed])
    clock.move(days=1)
    check = office.wiring.ledger_check
    assert Difference.TOTALS_DIFFER in {finding.difference for finding in check.run(check.begin()).findings}

    assert (len(office.entries), len(missed)) == _counted(office.recount())
    mended = office.books()
    assert Difference.TOTALS_DIFFER not in {finding.difference for finding in check.run(check.begin()).findings}
    assert (len(office.entries), 0) == _counted(office.recount())
    office.count(missed)
    assert mended == office.books()


def test_mended_books_are_those_that_missed_nothing(office: Office) -> None:
    """Figures of days and months and moves, added up over shards: as if the stream had brought everything."""
    office.recount()
    recounted = office.books()
    for item in office.dynamodb.scan(TableName="books")["Items"]:
        office.dynamodb.delete_item(TableName="books", Key=encode_item({name: item[name]["S"] for name in ("pk", "sk")}))
    office.count(office.entries)
    assert recounted == office.books() != []


def test_an_entry_whose_mark_may_have_expired_is_left_alone(office: Office, clock: MovableClock) -> None:
    """It was counted, and its mark is gone: it does not count a second time, however often somebody asks."""
    office.count(office.entries)
    before = office.books()
    for entry in office.entries:
        office.dynamodb.delete_item(TableName="books", Key=encode_item({"pk": entry.entry_id, "sk": "COUNTED"}))
    clock.now = max(entry.recorded_at for entry in office.entries) + REACH + timedelta(seconds=1)
    assert (0, 0) == _counted(office.recount())
    assert before == office.books()


def test_a_long_ledger_is_recounted_slice_by_slice(office: Office, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer's rest is the event that goes on; together the slices count everything once."""
    monkeypatch.setattr("regulars.accounts.books.recounting.PAGE_SIZE", 7)
    ticks = count(0, int(BUDGET_SECONDS) + 1)
    ledger = wiring.ledger
    assert isinstance(ledger, DynamoLedgerStore)
    wiring.__dict__["recount"] = Recount(ledger, wiring.books, wiring.bookkeeper, wiring.clock, stopwatch=lambda: float(next(ticks)))
    answers = office.recount()
    assert len(answers) > len(office.entries) // 7
    assert (len(office.entries), len(office.entries)) == _counted(answers)
