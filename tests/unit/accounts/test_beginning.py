"""An account begins at the tier its member joined at (TIER-14)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.accounts.books.replaying import differences
from regulars.accounts.commands import RecordPurchase
from regulars.accounts.entries import Entry
from regulars.accounts.jobs.what_if import Question, compare
from regulars.accounts.ledger import apply
from regulars.accounts.model import Account
from regulars.accounts.service import Buyer
from regulars.accounts.settling import next_due_on
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, Desk, changed, history, purchase

DEMOTING = changed(preset("four"), qualification={"demotion": "one_down", "cycle": "quarterly", "months": 3, "grace_days": 0})
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def recorded(
    programmes: ProgrammeHistory, joined: tuple[str, datetime], *commands: RecordPurchase, now: datetime
) -> tuple[Account, list[Entry]]:
    """The account and its entries after purchases, recorded at `now`, of a member who joined at a tier."""
    account, entries = Account(MEMBER, *joined), list[Entry]()
    for command in commands:
        is_partial = True
        while is_partial:
            outcome = apply(account, command, programmes, now)
            account, is_partial = outcome.account, outcome.is_partial
            assert outcome.entry
            entries.append(outcome.entry)
    return account, entries


def the_same(account: Account, entries: list[Entry], programmes: ProgrammeHistory) -> bool:
    """Whether the ledger's entries come to the account, by their chain and played again."""
    return not differences(MEMBER, account, entries, programmes)


@pytest.mark.requirement("TIER-14")
def test_the_first_purchase_earns_at_the_tier_of_joining() -> None:
    """Gold earns 1.5 a unit from the first purchase on; the account keeps the tier, since joining, and falls due with its review."""
    programmes = history((ALWAYS, DEMOTING))
    account, entries = recorded(programmes, ("gold", NOON), purchase(100_00), now=NOON)

    assert (150, "gold", NOON, date(2026, 4, 1)) == (account.available, account.tier, account.tier_since, account.review_on)
    assert date(2026, 4, 1) == next_due_on(account, programmes.at(NOON)) == account.next_due_on
    assert the_same(account, entries, programmes)


@pytest.mark.requirement("TIER-14")
def test_without_demotion_the_tier_of_joining_has_no_review() -> None:
    """Where nothing can be lost, nothing is due."""
    account, _entries = recorded(history(), ("gold", NOON), purchase(100_00), now=NOON)
    assert ("gold", None) == (account.tier, account.review_on)


@pytest.mark.requirement("TIER-14")
@pytest.mark.parametrize("code", ["", "copper", "ordinary"])
def test_an_unknown_tier_of_joining_is_the_lowest(code: str) -> None:
    """What the programme does not have, and the lowest itself, begin with the first entry at the lowest tier, as for everybody."""
    account, _entries = recorded(history((ALWAYS, DEMOTING)), (code, NOON - timedelta(days=500)), purchase(100_00), now=NOON)
    assert ("ordinary", NOON, None) == (account.tier, account.tier_since, account.review_on)


@pytest.mark.requirement("TIER-14")
def test_reviews_before_the_first_purchase_have_taken_the_tier_down() -> None:
    """Who joined at platinum eight months ago and bought nothing fell at each quarter; the first purchase earns at what is left."""
    programmes = history((ALWAYS, DEMOTING))
    account, entries = recorded(programmes, ("platinum", datetime(2025, 7, 15, tzinfo=UTC)), purchase(100_00), now=NOON)

    assert ["gold", "silver"] == [change.to_tier for change in entries[0].tier_changes]
    assert ("silver", 120, date(2026, 4, 1)) == (account.tier, account.available, account.review_on)
    assert the_same(account, entries, programmes)


@pytest.mark.requirement("TIER-14")
def test_many_reviews_before_the_first_purchase_are_committed_on_their_own() -> None:
    """More than an entry holds: settlements come first, the purchase after them, and the entries come to the account."""
    monthly = changed(preset("four"), qualification={"demotion": "review", "cycle": "monthly", "months": 1})
    programmes = history((ALWAYS, monthly))
    account, entries = recorded(programmes, ("gold", NOON - timedelta(days=900)), purchase(100_00), now=NOON)

    assert ["settlement", "settlement", "purchase"] == [entry.kind.value for entry in entries]
    assert ("gold", 150) == (account.tier, account.available)
    assert the_same(account, entries, programmes)


@pytest.mark.requirement("TIER-14")
def test_an_import_in_order_of_time_begins_at_the_tier_with_its_first_purchase() -> None:
    """What happened before joining counts from its own moment on, at the tier of joining; reviews follow in order of time."""
    programmes = history((ALWAYS, DEMOTING))
    bought = [
        purchase(100_00, reference=str(day), occurred_at=day, may_import=True)
        for day in (datetime(2025, 8, 1, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC))
    ]
    account, entries = recorded(programmes, ("gold", NOON), *bought, now=NOON)

    assert [150, 120] == [entry.purchase.points for entry in entries if entry.purchase]
    assert [("silver", date(2025, 9, 30))] == [(change.to_tier, change.at.date()) for change in account.tier_changes]
    assert the_same(account, entries, programmes)


@pytest.mark.requirement("TIER-14")
def test_an_import_from_before_the_tier_existed_begins_at_the_lowest() -> None:
    """The programme of the purchase's moment decides: it had no gold then."""
    few = changed(preset("four"), tiers=[tier.model_dump() for tier in preset("four").tiers[:2]])
    programmes = history((ALWAYS, few), (NOON - timedelta(days=10), preset("four")))
    command = purchase(100_00, occurred_at=NOON - timedelta(days=20), may_import=True)
    account, _entries = recorded(programmes, ("gold", NOON), command, now=NOON)
    assert "ordinary" == account.tier


@pytest.mark.requirement("TIER-14")
@pytest.mark.parametrize("joined", [datetime(2025, 7, 15, tzinfo=UTC), NOON - timedelta(days=1)])
def test_played_again_under_its_programme_it_comes_to_the_same(joined: datetime) -> None:
    """A simulation of a version begins where the account began, whether or not reviews came before the first purchase."""
    programmes, end = history((ALWAYS, DEMOTING)), NOON + timedelta(days=1)
    account, entries = recorded(programmes, ("platinum", joined), purchase(100_00), now=NOON)
    sides = compare(MEMBER, entries, Question.of(programmes, programmes.at(NOON), DEMOTING, NOON - timedelta(days=1), end))
    assert sides
    assert sides[0] == sides[1]
    assert (account.tier, account.available) == (sides[0].tier, sides[0].issued)


@pytest.mark.requirement("TIER-14")
def test_a_read_before_the_first_purchase_shows_the_tier_and_its_review() -> None:
    """Gold since joining, next looked at on 1 April; months later the reviews have taken it down, without a write."""
    desk = Desk(history((ALWAYS, DEMOTING)))
    desk.directory.starts[MEMBER] = "gold", NOON
    shown = desk.service.standing(MEMBER)
    assert ("gold", NOON, date(2026, 4, 1)) == (shown.tier.code, shown.account.tier_since, shown.review_on)

    desk.move(days=200)
    assert "ordinary" == desk.service.standing(MEMBER).tier.code
    assert desk.store.load(MEMBER) is None


@pytest.mark.requirement("TIER-14")
def test_an_account_that_is_there_is_read_without_asking_for_the_member() -> None:
    """The directory is asked until the first entry, and never again."""
    desk = Desk()
    desk.directory.starts[MEMBER] = "gold", NOON
    desk.service.standing(MEMBER)
    recorded = desk.service.record_purchase(Buyer(member_id=MEMBER), purchase(100_00), "content")
    assert (150, 2) == (recorded.answer.points, desk.directory.asked)

    assert "gold" == desk.service.standing(MEMBER).tier.code
    assert 2 == desk.directory.asked


def test_a_programme_that_dropped_the_tier_of_joining_gives_its_highest() -> None:
    """As for every account: a tier that the new list has not becomes its highest one."""
    few = [tier.model_dump() for tier in preset("four").tiers[:2]]
    programmes = history((ALWAYS, preset("four")), (NOON, changed(preset("four"), tiers=few)))
    account, _entries = recorded(programmes, ("gold", NOON - timedelta(days=1)), purchase(1_00), now=NOON + timedelta(days=1))
    assert "silver" == account.tier
