"""The search for a serial order: what it explains, and what it does not."""

from copy import replace

import pytest

from regulars.accounts.service import Recorded as Answered
from tests.simulation.facts import Buy, Fact, Sold, TakeOver, Use
from tests.simulation.laws import BrokenLawError
from tests.simulation.model import Model
from tests.simulation.processes.asking import Read, Record, Recorded, Refused, Told, Unanswered
from tests.simulation.processes.serial import Exchange, Search
from tests.simulation.sending import Office
from tests.support.accounts import MEMBER, NOON, history
from tests.support.ledger import FakeLedgerStore

BROUGHT, FIRST, SECOND = TakeOver("r0", MEMBER, 100, None), Use("r1", MEMBER, 100, None), Use("r2", MEMBER, 100, None)


class Till:
    """The product on a store in memory: what it answers while there are 100 points, and when they are used."""

    def __init__(self, used: Use) -> None:
        office = Office(FakeLedgerStore(), history(), lambda: NOON, lambda: 0.5, {}, starts={})
        self.brought = _recorded(BROUGHT, office)
        self.full = Told(office.accounts.standing(MEMBER))
        self.used = _recorded(used, office)
        self.empty = Told(office.accounts.standing(MEMBER))


def _recorded(fact: Fact, office: Office) -> Exchange:
    heard = office.send(fact)
    assert isinstance(heard, Answered)
    return Record(fact, NOON), Recorded(heard.answer, heard.is_replay)


def _again(exchange: Exchange, *, is_replay: bool = True, **changes: int) -> Exchange:
    """The same exchange as a replay, perhaps with other figures."""
    asked, heard = exchange
    assert isinstance(heard, Recorded)
    return asked, Recorded(replace(heard.answer, **changes), is_replay)


READ = Read(MEMBER, NOON)
TILL, OTHER_TILL = Till(FIRST), Till(SECOND)


@pytest.fixture
def search() -> Search:
    """The member has 100 points."""
    begun = Search(Model(history()), FakeLedgerStore(), {})
    begun.add([TILL.brought])
    return begun


def test_what_was_asked_together_may_have_come_in_any_order(search: Search) -> None:
    """The first was refused because the second came before it; and a read in between saw either balance."""
    assert not search.add([(Record(FIRST, NOON), Refused("insufficient_points")), OTHER_TILL.used, (READ, TILL.full)])
    assert search.add([(READ, TILL.empty)])


def test_points_used_twice_are_explained_by_nothing(search: Search) -> None:
    """Two answers say that the same 100 points were used (law I5)."""
    with pytest.raises(BrokenLawError, match="no serial order"):
        search.add([TILL.used, OTHER_TILL.used])


def test_a_refusal_needs_a_reason(search: Search) -> None:
    """There were points enough, whatever came first."""
    with pytest.raises(BrokenLawError, match="insufficient_points"):
        search.add([(Record(FIRST, NOON), Refused("insufficient_points")), (READ, TILL.full)])


def test_what_nobody_heard_of_may_happen_later_but_not_go_away_again(search: Search) -> None:
    """The balance is still there, then it is gone; it does not come back."""
    search.add([(Record(FIRST, NOON), Unanswered("killed"))])
    search.add([(READ, TILL.full)])
    search.add([(READ, TILL.empty)])

    with pytest.raises(BrokenLawError, match="lots"):
        search.add([(READ, TILL.full)])


def test_a_fact_is_recorded_once(search: Search) -> None:
    """Sent again it is a replay of the same answer, and nothing else."""
    search.add([TILL.used])
    search.add([_again(TILL.used)])

    with pytest.raises(BrokenLawError, match="recorded twice"):
        search.add([TILL.used])
    with pytest.raises(BrokenLawError, match="answer"):
        search.add([_again(TILL.used, balance=100)])


def test_what_nobody_heard_of_is_answered_as_it_was_when_it_happened() -> None:
    """A purchase of nothing leaves the same account whether it came before or after a redemption; its answer tells which."""
    nothing = Buy("r3", MEMBER, NOON, (Sold("milk", "food", "", 0),))
    office = Office(FakeLedgerStore(), history(), lambda: NOON, lambda: 0.5, {}, starts={})
    brought, bought, used = (_recorded(fact, office) for fact in (BROUGHT, nothing, FIRST))
    search = Search(Model(history()), FakeLedgerStore(), {})

    search.add([brought])
    search.add([(Record(nothing, NOON), Unanswered("killed"))])
    search.add([used])
    search.add([_again(used)])

    assert search.add([_again(bought)])
    with pytest.raises(BrokenLawError, match="answer"):
        search.add([_again(bought, balance=0)])
