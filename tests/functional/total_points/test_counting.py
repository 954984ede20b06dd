"""From the ledger's stream into the books, in process: each entry once."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.total_points.handler import lambda_handler
from regulars.accounts.books.bookkeeping import SHARDS, Bookkeeper
from regulars.accounts.books.dynamodb import DynamoBooksStore
from regulars.accounts.entries import Entry
from regulars.accounts.items import entry_item
from regulars.kernel.retry import LostRaceError, Patience
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from tests.support.bus import LambdaContext, failed_in, stream_record, stream_records
from tests.support.clock import MovableClock
from tests.support.lives import Lives, lively_programmes
from tests.support.memory import MemoryTable


class BooksWiring(Wiring):
    """The books in memory."""

    def __init__(self) -> None:
        self.books_table = MemoryTable()
        super().__init__(Settings({}), clock=MovableClock())
        patience = Patience(lambda _seconds: None, lambda: 0.0)
        self.__dict__["books"] = DynamoBooksStore(self.books_table)
        self.__dict__["bookkeeper"] = Bookkeeper(self.books, lively_programmes, self.clock, patience)


@pytest.fixture
def wired() -> Iterator[BooksWiring]:
    """The wiring of the function."""
    with use(BooksWiring()) as wiring:
        assert isinstance(wiring, BooksWiring)
        yield wiring


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """Some hundred entries of a few members."""
    return Lives(3).live(300).entries()


def records_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """The entries as the stream hands them on."""
    return stream_records("accounts", [entry_item(entry) for entry in entries])


def run(records: list[dict[str, Any]]) -> list[str]:
    """Counts a batch; answers the numbers reported."""
    return failed_in(lambda_handler({"Records": records}, LambdaContext()))


def figures(wired: BooksWiring) -> list[dict[str, Any]]:
    """What the books say, shard by shard, without the marks."""
    return [item for item in wired.books_table.items if item["sk"] != "COUNTED"]


def summed(wired: BooksWiring, entries: list[Entry]) -> dict[str, Any]:
    """What the books say up to the last entry's day."""
    last = max(entry.recorded_at for entry in entries).date()
    return {tier: {name: count for name, count in of_tier.items() if count} for tier, of_tier in wired.books.through(last).items()}


def test_each_entry_counts_once_however_often_it_comes(wired: BooksWiring, entries: list[Entry]) -> None:
    """Whole batches again, parts of them in other batches, in another order: the figures stay those of one delivery (fault 9)."""
    records = records_of(entries)
    assert [] == [number for offset in range(0, len(records), 100) for number in run(records[offset : offset + 100])]
    once = figures(wired)
    for batch in (records[:100], records[50:150], records[::-1][:100], records[:3] * 2):
        assert [] == run(batch)
    assert once == figures(wired)
    assert len(entries) == sum(item["sk"] == "COUNTED" for item in wired.books_table.items)


def test_an_order_or_a_cut_into_batches_changes_nothing_that_is_reported(entries: list[Entry]) -> None:
    """One by one or by hundreds, forwards or backwards: the same sums."""
    found = []
    for size, step in ((100, 1), (7, 1), (100, -1)):
        with use(BooksWiring()) as wired:
            assert isinstance(wired, BooksWiring)
            records = records_of(entries)[::step]
            for offset in range(0, len(records), size):
                assert [] == run(records[offset : offset + size])
            found.append(summed(wired, entries))
    assert found[0] == found[1] == found[2]


def test_figures_are_spread_over_shards_and_a_batch_writes_few(wired: BooksWiring, entries: list[Entry]) -> None:
    """No item is written by every batch, and a batch of 100 entries is added up before it is written."""
    records = records_of(entries)
    for offset in range(0, len(records), 5):
        run(records[offset : offset + 5])
    assert {f"DAY#{shard}" for shard in range(SHARDS)} == {item["pk"] for item in figures(wired) if item["pk"].startswith("DAY")}
    wired.books_table.calls.clear()
    same_day = [entry for entry in entries if entry.recorded_at.date() == entries[0].recorded_at.date()][:3]
    run(records_of(same_day))
    assert len(wired.books_table.calls) <= 2


def test_marks_expire_after_everything_that_could_come_again(wired: BooksWiring, entries: list[Entry]) -> None:
    """35 days: a stream keeps one, a dead-letter queue fourteen."""
    run(records_of(entries[:1]))
    (mark,) = (item for item in wired.books_table.items if item["sk"] == "COUNTED")
    assert int(wired.clock().timestamp()) + 35 * 86_400 == mark["ttl"]


def test_what_is_no_entry_does_not_count(wired: BooksWiring, entries: list[Entry]) -> None:
    """Accounts and guards of the same stream, and anything that is not new."""
    item = entry_item(entries[0])
    other = [stream_record("accounts", {**item, "sk": sort_key}) for sort_key in ("ACCOUNT", "GUARD")]
    assert [] == run([*other, stream_record("accounts", item, event_name="MODIFY"), stream_record("accounts", item, event_name="REMOVE")])
    assert [] == wired.books_table.items


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_record_that_cannot_be_read_fails_alone(wired: BooksWiring, entries: list[Entry], place: int) -> None:
    """The others count, and count once when Lambda sends them again (fault 10)."""
    items = [entry_item(entry) for entry in entries[:3]]
    items[place] = {**items[place], "p": [["no such kind"]]}
    records = stream_records("accounts", items)
    assert [f"{place + 1:021d}"] == run(records) == run(records)
    assert 2 == sum(item["sk"] == "COUNTED" for item in wired.books_table.items)


def test_books_that_cannot_be_written_leave_everything_to_be_tried_again(wired: BooksWiring, entries: list[Entry]) -> None:
    """Lost before the commit or after it, the next delivery ends in the same figures (faults 1 and 2)."""
    records = records_of(entries[:5])
    for after in (False, True):
        wired.books_table.lose("transact", after=after)
        assert 5 == len(run(records))
    assert [] == run(records)
    with use(BooksWiring()) as other:
        assert isinstance(other, BooksWiring)
        run(records)
        assert summed(other, entries) == summed(wired, entries)


def test_a_lost_race_for_a_figure_is_tried_again(wired: BooksWiring, entries: list[Entry]) -> None:
    """Two batches at once on one counter: bounded tries, then the batch is reported."""
    losses = 3

    def lose(*_arguments: object) -> None:
        nonlocal losses
        losses -= 1
        if losses >= 0:
            raise LostRaceError

    commit = wired.books_table.transact
    wired.books_table.transact = lambda writes: (lose(), commit(writes))[1]  # type: ignore[method-assign,func-returns-value]
    assert [] == run(records_of(entries[:5]))
    losses = 10**6
    assert 5 == len(run(records_of(entries[5:10])))
