"""The ledger against itself: replayed it is what is stored, and whatever is not is named (laws L5 to L9; fault 23)."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from regulars.accounts.books.bookkeeping import Bookkeeper
from regulars.accounts.books.checking import BUDGET_SECONDS, LedgerCheck
from regulars.accounts.books.facts import guard_of
from regulars.accounts.books.model import STANDING, Figure, Sheet
from regulars.accounts.books.replaying import Difference, differences, replay
from regulars.accounts.books.tasks import check_message_of, check_task_of
from regulars.accounts.commands import CloseAccount
from regulars.accounts.entries import EntryKind
from regulars.accounts.model import Account
from regulars.accounts.records import chain_hash
from regulars.kernel.errors import RegularsError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import Patience
from tests.support.lives import MEMBERS, Lives

_SEEDS = range(6)
_STEPS = 250


@pytest.fixture(scope="module")
def life() -> Lives:
    """A life in which everything happened."""
    made = Lives(1).live(_STEPS * 2)
    made.move(days=1)
    return made


def _counted(life: Lives) -> Lives:
    patience = Patience(life.pauses.append, lambda: 0.5)
    Bookkeeper(life.books, lambda: life.programmes, lambda: life.now, patience).count(life.entries())
    return life


def _check(life: Lives, **more: Any) -> LedgerCheck:
    options = {"stopwatch": lambda: 0.0, "page_size": 37, **more}
    return LedgerCheck(life.store, life.store, life.books, lambda: life.programmes, lambda: life.now, **options)


def test_the_life_has_everything(life: Lives) -> None:
    """Every kind of entry that the check has to understand occurs, and tiers go up and down."""
    expected = {
        EntryKind.PURCHASE, EntryKind.SETTLEMENT, EntryKind.REFUND, EntryKind.REDEMPTION, EntryKind.REDEMPTION_CANCELLATION,
        EntryKind.HOLD, EntryKind.HOLD_COMMIT, EntryKind.HOLD_CANCELLATION, EntryKind.ADJUSTMENT, EntryKind.TRANSFER_OUT,
        EntryKind.TRANSFER_IN, EntryKind.OPENING_BALANCE, EntryKind.TIER_OVERRIDE,
    }  # fmt: skip
    assert expected <= {entry.kind for entry in life.entries()}
    assert {"qualified", "review", "override"} <= {change.cause.value for entry in life.entries() for change in entry.tier_changes}


@pytest.mark.parametrize("seed", _SEEDS)
def test_replayed_the_ledger_is_what_is_stored(seed: int) -> None:
    """Lots, pending, holds, debt, months, tier, totals and the head of the chain, from the entries alone (law L7)."""
    life = Lives(seed).live(_STEPS)
    for member_id in life.store.accounts:
        entries = life.store.all_entries(member_id)
        account = life.store.load(member_id)
        assert account is not None
        assert [] == differences(member_id, account, entries, life.programmes)
        rebuilt = replay(entries, life.programmes)
        assert (account.lots, account.version, account.head_hash) == (rebuilt.lots, rebuilt.version, rebuilt.head_hash)


@pytest.mark.parametrize("seed", _SEEDS)
def test_the_books_are_the_sum_of_the_accounts(seed: int) -> None:
    """By tier: how points stand and how many members there are; and what came less what went is what is left (law L4)."""
    life = Lives(seed).live(_STEPS)
    sums = Sheet().add_all(life.entries(), life.programmes).by_tier()
    accounts = [account for member_id in life.store.accounts if (account := life.store.load(member_id))]
    for tier in sums.keys() | {account.tier for account in accounts}:
        of_tier = [account for account in accounts if account.tier == tier]
        expected = (
            sum(account.available for account in of_tier), sum(account.pending_points for account in of_tier),
            sum(account.held for account in of_tier), sum(account.debt for account in of_tier),
            sum(not account.is_closed for account in of_tier),
        )  # fmt: skip
        assert expected == tuple(sums[tier][figure] for figure in (*STANDING, Figure.MEMBERS))
    whole = {figure: sum(figures[figure] for figures in sums.values()) for figure in Figure}
    came = whole[Figure.ISSUED] + whole[Figure.RETURNED] + whole[Figure.ADJUSTED_UP] + whole[Figure.TRANSFERRED_IN]
    went = whole[Figure.REDEEMED] + whole[Figure.EXPIRED] + whole[Figure.REVERSED] + whole[Figure.ADJUSTED_DOWN]
    went += whole[Figure.TRANSFERRED_OUT] + whole[Figure.FORFEITED]
    left = whole[Figure.AVAILABLE] + whole[Figure.PENDING] + whole[Figure.HELD] - whole[Figure.DEBT]
    assert came - went == left


@pytest.mark.parametrize("seed", _SEEDS)
def test_reconciling_finds_no_gap(seed: int) -> None:
    """Accounts, entries, guards, refunds and books of lives in which everything happened agree."""
    life = _counted(Lives(seed).live(_STEPS))
    life.move(days=1)
    result = _check(life).run(_check(life).begin())
    assert () == result.findings
    assert (len(life.store.accounts), len(life.entries()), None) == (result.members, result.entries, result.continuation)


def test_a_check_goes_on_where_its_time_was_up(life: Lives) -> None:
    """Page by page with a continuation each, through the message's form: the same members, entries and findings."""
    _counted(life)
    ticks = iter(range(0, 10**6, int(BUDGET_SECONDS) + 1))
    check = _check(life, stopwatch=lambda: float(next(ticks)), page_size=5)
    task, runs, members, entries = check.begin(), 0, 0, 0
    while True:
        result = check.run(check_task_of(check_message_of(task)) if task.start else task)
        runs, members, entries = runs + 1, members + result.members, entries + result.entries
        assert () == result.findings
        if result.continuation is None:
            break
        task = result.continuation
    assert runs > len(life.store.accounts)
    assert (len(life.store.accounts), len(life.entries())) == (members, entries)


def _of(life: Lives) -> str:
    """The member with the longest ledger."""
    return max(life.store.entries_of, key=lambda member_id: len(life.store.entries_of[member_id]))


def _lose_entry(life: Lives, member_id: str) -> None:
    del life.store.entries_of[member_id][-1]


def _lose_account(life: Lives, member_id: str) -> None:
    del life.store.accounts[member_id]


def _forget_guard(life: Lives, member_id: str) -> None:
    bought = next(entry.purchase for entry in life.store.all_entries(member_id) if entry.purchase)
    del life.store.guards[bought.purchase_id]


def _change_entry(life: Lives, member_id: str) -> None:
    life.store.entries_of[member_id][2]["by"] = "staff:nobody"


def _change_account(name: str, value: Any) -> Callable[[Lives, str], None]:
    def change(life: Lives, member_id: str) -> None:
        life.store.accounts[member_id] = {**life.store.accounts[member_id], name: value}

    return change


def _older_account(life: Lives, member_id: str) -> None:
    record = life.store.accounts[member_id]
    life.store.accounts[member_id] = {**record, "v": record["v"] - 2}


def _change_refunds(life: Lives, _member_id: str) -> None:
    purchase_id, state = next(iter(life.store.refunds_of.items()))
    life.store.refunds_of[purchase_id] = replace(state, points=state.points + 1)


def _guard_of_nothing(life: Lives, member_id: str) -> None:
    entry_id = f"ent_{member_id.removeprefix('mem_')}_9999"
    life.store.guards["hold_x"] = Guard("hold_x", "hash", f'{{"entry_id":"{entry_id}","member_id":"{member_id}"}}')


@pytest.mark.parametrize(
    ("harm", "difference", "detail"),
    [
        (_lose_entry, Difference.ENTRY_MISSING, ""),
        (_lose_account, Difference.ACCOUNT_MISSING, "entries"),
        (_older_account, Difference.ACCOUNT_BEHIND, "account at"),
        (_change_entry, Difference.CHAIN_BROKEN, "3"),
        (_change_account("h", bytes(32)), Difference.CHAIN_BROKEN, "account"),
        (_change_account("db", 12345), Difference.ACCOUNT_DIFFERS, "debt"),
        (_change_account("t", "nobody"), Difference.ACCOUNT_DIFFERS, "tier"),
        (_change_account("b", {"2026-03": [1, 1, 1]}), Difference.ACCOUNT_DIFFERS, "buckets"),
        (_change_account("xt", -1), Difference.ACCOUNT_DIFFERS, "expired_total"),
        (_forget_guard, Difference.GUARD_MISSING, "pur_"),
        (_guard_of_nothing, Difference.ENTRY_OF_GUARD_MISSING, "9999"),
    ],
)
def test_what_was_harmed_is_named_by_its_member(harm: Callable[[Lives, str], None], difference: Difference, detail: str) -> None:
    """A restore that lost an entry or an account, an item that somebody changed: found, with whose it is and where (fault 23)."""
    life = _counted(Lives(1).live(_STEPS))
    life.move(days=1)
    member_id = _of(life)
    harm(life, member_id)
    findings = _check(life).run(_check(life).begin()).findings
    found = [finding for finding in findings if finding.difference is difference]
    assert {member_id} == {finding.member_id for finding in found}
    assert any(detail in finding.detail for finding in found)


@pytest.mark.parametrize("kind", [EntryKind.TRANSFER_OUT, EntryKind.TRANSFER_IN, EntryKind.OPENING_BALANCE, EntryKind.CLOSURE])
def test_a_fact_of_which_nothing_is_remembered_is_named(kind: EntryKind) -> None:
    """What would count again if it came again: gifts by giver and receiver, balances brought along, the account's end."""
    life = Lives(1).live(_STEPS)
    for deed in (life.open, life.adjust, life.give):
        for member_id in MEMBERS:
            with suppress(RegularsError):
                deed(member_id)
    life.record("clo_1", MEMBERS[0], CloseAccount("clo_1", "left", "staff:a", at_once=True))
    _counted(life).move(days=1)
    assert () == _check(life).run(_check(life).begin()).findings
    entry = next(entry for entry in reversed(life.entries()) if entry.kind is kind)
    del life.store.guards[guard_of(entry) or ""]
    findings = _check(life).run(_check(life).begin()).findings
    assert (Difference.GUARD_MISSING, entry.member_id) in {(finding.difference, finding.member_id) for finding in findings}


def test_refunds_that_are_not_what_their_entries_say_are_named() -> None:
    """The running state of a purchase's refunds against the refunds' entries."""
    life = _counted(Lives(1).live(_STEPS))
    life.move(days=1)
    _change_refunds(life, "")
    (finding,) = _check(life).run(_check(life).begin()).findings
    assert (Difference.REFUNDS_DIFFER, next(iter(life.store.refunds_of))) == (finding.difference, finding.detail)


def test_an_entry_that_says_another_balance_than_it_makes_is_named() -> None:
    """The chain may hold and the account agree: what an entry says of the account after it is worked out too."""
    life = Lives(1).live(_STEPS)
    member_id = _of(life)
    entries = life.store.all_entries(member_id)
    account = life.store.load(member_id)
    assert account is not None

    last = replace(entries[-1], balance_after=entries[-1].balance_after + 1, tier_after="gold of fools")
    forged = replace(last, hash=chain_hash(entries[-2].hash, last))
    (finding,) = differences(member_id, replace(account, head_hash=forged.hash), [*entries[:-1], forged], life.programmes)
    assert (Difference.ENTRY_DIFFERS, f"{forged.version}: balance_after, tier_after") == (finding.difference, finding.detail)


def test_books_that_counted_something_twice_are_found() -> None:
    """A figure that is not what the entries come to is named with its tier; of today nothing is compared, as it is not over."""
    life = _counted(Lives(1).live(_STEPS))
    first = life.entries()[0]
    life.books.count(["ent_forged"], Sheet().add_all([first], life.programmes), 0, life.now + timedelta(days=35))
    life.move(days=1)
    findings = _check(life).run(_check(life).begin()).findings
    assert {("", Difference.TOTALS_DIFFER)} == {(finding.member_id, finding.difference) for finding in findings}
    assert any("members: entries" in finding.detail for finding in findings)


def test_a_move_that_the_books_have_twice_is_found() -> None:
    """Members by tier may be right and their way there wrong: moves are compared by tiers, cause and version."""
    life = _counted(Lives(1).live(_STEPS))
    move = next(iter(Sheet().add_all(life.entries(), life.programmes).moves))
    life.books.count(["ent_forged"], Sheet(moves=Counter({move: 1})), 0, life.now + timedelta(days=35))
    life.move(days=1)
    (finding,) = _check(life).run(_check(life).begin()).findings
    assert ("", Difference.TOTALS_DIFFER) == (finding.member_id, finding.difference)
    assert f"{move.from_tier} to {move.to_tier}, {move.cause}, version {move.program_version}: entries" in finding.detail


def test_an_account_that_changes_while_it_is_read_is_read_again() -> None:
    """What a page shows half old and half new is no difference: it is looked at again, and told only when it stands still."""
    life = _counted(Lives(1).live(_STEPS))
    member_id = _of(life)
    stale, page = life.store.accounts[member_id], life.store.page

    def stale_page(**options: Any) -> Any:
        rows, following = page(**options)
        return [replace(row, value=replace(row.value, version=1)) if isinstance(row.value, Account) else row for row in rows], following

    life.store.page = stale_page  # type: ignore[method-assign]  # a page that is behind
    life.move(days=1)
    assert () == _check(life).run(_check(life).begin()).findings
    assert stale == life.store.accounts[member_id]
