"""What every ledger store promises: the fake of the tests and the simulation, and the table; `tests/e2e` adds the emulator's."""

from copy import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from regulars.accounts.answers import purchase_answer
from regulars.accounts.dynamodb import DynamoLedgerStore, shard_of
from regulars.accounts.entries import Entry, Line
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account, new_account
from regulars.accounts.ports import GuardExistsError, LedgerStore
from regulars.aws.table import Table
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import LostRaceError
from tests.support.accounts import MEMBER, NOON, committed, history, purchase
from tests.support.ledger import FakeLedgerStore
from tests.support.memory import MemoryTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SHARDS = 4
_TODAY = date(2026, 3, 15)


def account_of(member_id: str = MEMBER) -> Account:
    return new_account(member_id, history().at(NOON), NOON)


def bought_with(account: Account, reference: str = "r1", *, amount: int = 1_500_00) -> Outcome:
    """A purchase of 1,500.00 unless told otherwise, in two lines: the first one raises the tier."""
    lines = [Line("6901234567892", "生鲜", 2, amount - 1), Line("6909876543210", "", 0, 1)]
    return apply(account, purchase(reference=reference, lines=lines), history(), NOON)


def guard_for(outcome: Outcome, key: str = "pur_1") -> Guard:
    return Guard(key, "0" * 64, purchase_answer(outcome).to_text())


def entry_of(outcome: Outcome) -> Entry:
    assert outcome.entry is not None
    return outcome.entry


def with_entries(store: LedgerStore, count: int, account: Account | None = None) -> Account:
    account = account or account_of()
    for _ in range(count):
        outcome = bought_with(account, f"r{account.version}")
        store.commit(committed(account, outcome))
        account = outcome.account
    return account


def member_of(shard: int, number: int) -> str:
    """The id of member `number` of those in a shard."""
    ids = (derived_id("mem", str(candidate)) for candidate in range(10_000))
    return [member_id for member_id, _ in zip(ids, range(200), strict=False) if shard_of(member_id, SHARDS) == shard][number]


def _due(store: LedgerStore, member_id: str, due_on: date | None) -> Account:
    outcome = bought_with(account_of(member_id))
    account = replace(outcome.account, next_due_on=due_on)
    store.commit(committed(account_of(member_id), replace(outcome, account=account)))
    return account


class LedgerStoreContract:
    """The suite; a subclass gives the `store`, empty, with `SHARDS` shards."""

    def test_what_was_committed_is_read_back_whole(self, store: LedgerStore) -> None:
        """The account with its lots, buckets and tier, the entry with its lines, the guard with its answer."""
        outcome = bought_with(account_of())
        guard = guard_for(outcome)

        store.commit(committed(account_of(), outcome, guard))

        assert outcome.account == store.load(MEMBER)
        assert outcome.entry == store.entry(MEMBER, 1)
        assert guard == store.guard(guard.key)

    def test_what_is_not_there_is_none(self, store: LedgerStore) -> None:
        """No account, no guard, no entry of any number, an empty statement, nobody due."""
        assert store.load(MEMBER) is None
        assert store.guard("pur_1") is None
        assert store.entry(MEMBER, 1) is None
        assert ([], None) == store.entries(MEMBER, limit=10, before=None)
        assert ([], None) == store.due(0, _TODAY, limit=10, start=None)

    def test_a_commit_follows_the_version_before(self, store: LedgerStore) -> None:
        """Three commits, one after the other: version 3, three entries; a commit needs no guard."""
        account = with_entries(store, 3)

        assert account == store.load(MEMBER)
        versions = [entry.version for entry in store.entries(MEMBER, limit=10, before=None)[0]]
        expected = [3, 2, 1]
        assert expected == versions

    def test_a_version_that_was_left_behind_loses_and_writes_nothing(self, store: LedgerStore) -> None:
        """Two writers read version 1; the second loses: account, entries and guards are the first one's."""
        before = with_entries(store, 1)
        first, second = bought_with(before, "first"), bought_with(before, "second", amount=700)
        store.commit(committed(before, first, guard_for(first, "pur_first")))

        with pytest.raises(LostRaceError):
            store.commit(committed(before, second, guard_for(second, "pur_second")))

        assert first.account == store.load(MEMBER)
        assert first.entry == store.entry(MEMBER, 2)
        assert store.guard("pur_second") is None

    def test_an_account_is_opened_once(self, store: LedgerStore) -> None:
        """Two writers found none; the second loses and finds the first one's when it reads again."""
        first, second = bought_with(account_of(), "first"), bought_with(account_of(), "second", amount=700)
        store.commit(committed(account_of(), first, guard_for(first, "pur_first")))

        with pytest.raises(LostRaceError):
            store.commit(committed(account_of(), second, guard_for(second, "pur_second")))

        assert first.account == store.load(MEMBER)

    def test_a_fact_counts_once(self, store: LedgerStore) -> None:
        """The same guard on top of the newest version: told with what it remembers, and nothing is written."""
        first = bought_with(account_of())
        guard = guard_for(first)
        store.commit(committed(account_of(), first, guard))
        again = bought_with(first.account)

        with pytest.raises(GuardExistsError) as told:
            store.commit(committed(first.account, again, replace(guard_for(again), input_hash="1" * 64)))

        assert guard == told.value.guard
        assert first.account == store.load(MEMBER)
        assert store.entry(MEMBER, 2) is None
        assert guard == store.guard(guard.key)

    def test_a_known_fact_is_told_even_if_the_version_was_lost_too(self, store: LedgerStore) -> None:
        """Of two identical purchases at once the loser hears of the guard, not of the race: it need not try again."""
        guard = guard_for(bought_with(account_of()))
        store.commit(committed(account_of(), bought_with(account_of()), guard))

        with pytest.raises(GuardExistsError) as told:
            store.commit(committed(account_of(), bought_with(account_of()), guard))

        assert guard == told.value.guard

    def test_a_guard_is_one_for_all_members(self, store: LedgerStore) -> None:
        """The receipt of one member's purchase does not count for another."""
        store.commit(committed(account_of(), bought_with(account_of()), guard_for(bought_with(account_of()))))
        other = account_of(member_of(0, 0))

        with pytest.raises(GuardExistsError):
            store.commit(committed(other, bought_with(other), guard_for(bought_with(other))))

        assert store.load(other.member_id) is None

    @pytest.mark.parametrize("limit", [1, 3, 4, 6, 7, 100])
    def test_the_pages_together_are_the_ledger(self, store: LedgerStore, limit: int) -> None:
        """Newest first, no gap and nothing twice, with an end; the other member's entries stay out (law V1)."""
        with_entries(store, 7)
        with_entries(store, 2, account_of(member_of(0, 0)))

        found, before = [], None
        for _ in range(10):
            page, before = store.entries(MEMBER, limit=limit, before=before)
            assert len(page) <= limit
            found += [entry.version for entry in page]
            if before is None:
                break

        assert (list(range(7, 0, -1)), None) == (found, before)

    def test_a_statement_may_grow_while_it_is_read(self, store: LedgerStore) -> None:
        """The second page goes on where the first one ended, though two entries came in between."""
        account = with_entries(store, 5)
        _, before = store.entries(MEMBER, limit=2, before=None)
        with_entries(store, 2, account)

        page, _ = store.entries(MEMBER, limit=2, before=before)

        expected = [3, 2]
        assert expected == [entry.version for entry in page]

    @pytest.mark.parametrize(
        ("before", "expected"), [(1, []), (2, [1]), (10**9, [2, 1]), (10**1000, [2, 1])], ids=["1", "2", "10^9", "10^1000"]
    )
    def test_a_page_starts_below_the_version_named(self, store: LedgerStore, before: int, expected: list[int]) -> None:
        """Below the first there is nothing; above the newest, however far, it is the first page."""
        with_entries(store, 2)

        page, following = store.entries(MEMBER, limit=10, before=before)

        assert (expected, None) == ([entry.version for entry in page], following)

    @pytest.mark.parametrize("version", [0, 3])
    def test_there_is_no_entry_of_another_number(self, store: LedgerStore, version: int) -> None:
        """Entries are numbered from one, without gaps."""
        with_entries(store, 2)

        assert store.entry(MEMBER, version) is None

    def test_who_is_due_by_a_day_is_found_soonest_first(self, store: LedgerStore) -> None:
        """Today and before, whoever they are; not tomorrow, not who has nothing coming, not the other shards' members."""
        days = [_TODAY, _TODAY - timedelta(days=400), _TODAY + timedelta(days=1), None, _TODAY - timedelta(days=1)]
        members = [member_of(2, number) for number in range(len(days))]
        for member_id, day in zip(members, days, strict=True):
            _due(store, member_id, day)
        _due(store, member_of(1, 0), _TODAY)

        expected = [members[1], members[4], members[0]]
        assert (expected, None) == store.due(2, _TODAY, limit=10, start=None)

    def test_an_account_that_moves_on_is_due_on_its_new_day_only(self, store: LedgerStore) -> None:
        """Settled until a later day it is no longer found, and with nothing coming on none."""
        member_id = member_of(2, 0)
        account = _due(store, member_id, _TODAY)
        for due_on, later in ((_TODAY + timedelta(days=3), [member_id]), (None, [])):
            outcome = bought_with(account, f"r{account.version}")
            moved = replace(outcome.account, next_due_on=due_on)
            store.commit(committed(account, replace(outcome, account=moved)))
            account = moved
            assert ([], None) == store.due(2, _TODAY, limit=10, start=None)
            assert (later, None) == store.due(2, _TODAY + timedelta(days=3), limit=10, start=None)

    @pytest.mark.parametrize("limit", [1, 2, 5, 6])
    def test_the_pages_together_are_everybody_due(self, store: LedgerStore, limit: int) -> None:
        """Several share a day; each is found once, and the last page says so."""
        members = [member_of(3, number) for number in range(5)]
        for number, member_id in enumerate(members):
            _due(store, member_id, _TODAY - timedelta(days=number // 2))

        found, start = [], None
        for _ in range(10):
            page, start = store.due(3, _TODAY, limit=limit, start=start)
            assert len(page) <= limit
            found += page
            if start is None:
                break

        assert (sorted(members), None) == (sorted(found), start)

    def test_a_page_of_those_due_can_be_gone_on_with_after_they_were_settled(self, store: LedgerStore) -> None:
        """The job settles a page before it asks for the next: who left the index is no place to lose the others at."""
        members = sorted(member_of(3, number) for number in range(4))
        accounts = {member_id: _due(store, member_id, _TODAY) for member_id in members}
        page, start = store.due(3, _TODAY, limit=2, start=None)
        for member_id in page:
            outcome = bought_with(accounts[member_id], "later")
            settled = replace(outcome.account, next_due_on=_TODAY + timedelta(days=30))
            store.commit(committed(accounts[member_id], replace(outcome, account=settled)))

        rest, _ = store.due(3, _TODAY, limit=2, start=start)

        assert members == [*page, *rest]

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_every_member_with_an_account_is_listed_once(self, store: LedgerStore, limit: int) -> None:
        """Whether something is due or not, in whichever shard; page by page."""
        members = [member_of(shard, number) for shard in range(SHARDS) for number in range(2)]
        for number, member_id in enumerate(members):
            _due(store, member_id, None if number % 3 else _TODAY)

        found, start = [], None
        for _ in range(30):
            page, start = store.members(limit=limit, start=start)
            found += page
            if start is None:
                break

        assert (sorted(members), None) == (sorted(found), start)


class TestFakeLedgerStore(LedgerStoreContract):
    """In memory."""

    @pytest.fixture
    def store(self) -> LedgerStore:
        return FakeLedgerStore(SHARDS)


class TestDynamoLedgerStore(LedgerStoreContract):
    """On the table, by moto in one thread."""

    @pytest.fixture
    def store(self, dynamodb: "DynamoDBClient") -> LedgerStore:
        return DynamoLedgerStore(Table(dynamodb, "accounts"), SHARDS)


class TestLedgerStoreInMemory(LedgerStoreContract):
    """The same store on the tests' own table."""

    @pytest.fixture
    def store(self) -> LedgerStore:
        return DynamoLedgerStore(MemoryTable(due=("due_shard", "due_on")), SHARDS)
