"""Bar 7: what a night reads and writes: what is due, and nothing besides, however many members there are."""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import date, timedelta

from regulars.accounts.account_records import account_record
from regulars.accounts.ledger import apply
from regulars.accounts.model import NEVER, Account, new_account
from regulars.accounts.nightly import NightlySettlement
from regulars.accounts.ports import Commit
from regulars.accounts.walking import PAGE_SIZE, ShardTask
from tests.benchmarks.figures import Figure
from tests.support.accounts import NOON, Desk, history, purchase
from tests.support.ledger import FakeLedgerStore

SHARDS = 16


class CountingStore(FakeLedgerStore):
    """The ledger in memory, with a count of what a job asks of it."""

    def __init__(self) -> None:
        super().__init__(SHARDS)
        self.pages = self.listed = self.loads = self.commits = 0
        self.touched: set[str] = set()

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        found, following = super().due(shard, today, limit=limit, start=start)
        self.pages += 1
        self.listed += len(found)
        return found, following

    def load(self, member_id: str) -> Account | None:
        self.loads += 1
        self.touched.add(member_id)
        return super().load(member_id)

    def commit(self, commit: Commit) -> None:
        self.commits += 1
        super().commit(commit)


def count_nights(members: int = 2_000, many: int = 100_000) -> list[Figure]:
    """A night with one in a hundred due; with twenty times as many members who are not; with everybody due on one day."""
    quiet, crowded = _night(members, due=members // 100), _night(members * 20, due=members // 100)
    figures = [
        *_within(f"{members:,} members, 1 % due", quiet, members // 100),
        Figure(7, f"{members * 19:,} more who are not due: items read more", _read(crowded) - _read(quiet), 0, "items"),
        Figure(7, f"{members * 19:,} more who are not due: transactions more", crowded.commits - quiet.commits, 0, "transactions"),
        *_within(f"{members:,} members, everybody due on one day", _night(members, due=members), members),
    ]
    large = _night(many, due=many // 100)
    figures += _within(f"{many:,} members, 1 % due", large, many // 100)
    figures.append(
        Figure(7, f"{many:,} members, 1 % due: accounts touched that are not due", len(large.touched) - many // 100, 0, "accounts")
    )
    return figures


def _read(store: CountingStore) -> int:
    return store.listed + store.loads


def _within(what: str, store: CountingStore, due: int) -> list[Figure]:
    return [
        Figure(7, f"{what}: index entries read", store.listed, due, "items"),
        Figure(7, f"{what}: accounts read", store.loads, due, "items"),
        Figure(7, f"{what}: pages", store.pages, SHARDS + due // PAGE_SIZE, "pages"),
        Figure(7, f"{what}: transactions", store.commits, due, "transactions"),
    ]


def _night(members: int, *, due: int) -> CountingStore:
    """Settles everything that is due, message by message, on accounts of which some have points that ended."""
    store = CountingStore()
    desk = Desk(store=store)
    desk.now = NOON + timedelta(days=731)  # the points of everybody's purchase have ended, where there are any
    _populate(store, members, due)
    queue: list[ShardTask] = []

    class Queue:
        def put(self, tasks: Sequence[ShardTask]) -> None:
            queue.extend(tasks)

    job = NightlySettlement(desk.writer, store, lambda: desk.programmes, lambda: desk.now, Queue(), shards=SHARDS, stopwatch=lambda: 0.0)
    job.start()
    while queue:
        assert job.run(queue.pop(0)).failed == ()
    assert all(store.accounts[member_id]["v"] == 2 for member_id in list(store.accounts)[:due])
    return store


def _populate(store: CountingStore, members: int, due: int) -> None:
    """Accounts of one purchase; those who are due have its lot still, the others have nothing coming."""
    programmes = history()
    opened = new_account(_member(0), programmes.at(NOON), NOON)
    outcome = apply(opened, purchase(), programmes, NOON)
    record = account_record(outcome.account)
    idle = account_record(replace(outcome.account, lots={}))
    for number in range(members):
        member_id = _member(number)
        day = outcome.account.next_due_on if number < due else NEVER
        store.accounts[member_id] = {**(record if number < due else idle), "due_on": f"{day}#{member_id}"}


def _member(number: int) -> str:
    return f"mem_01JD{number:022d}"
