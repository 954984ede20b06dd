"""Two who do the same at once, and numbers that are taken."""

from collections.abc import Callable

import pytest

from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import Patience
from regulars.program.presets import preset
from regulars.service.commands import GiveFeedback, Once
from regulars.service.dynamodb import DynamoFeedbackStore
from regulars.service.model import Feedback, FeedbackChannel, FeedbackKind, reference_number
from regulars.service.ports import Change, ReferenceTakenError
from regulars.service.service import FeedbackService
from tests.support.accounts import FakeDirectory
from tests.support.clock import MovableClock
from tests.support.feedback import service_table
from tests.support.memory import MemoryTable
from tests.support.program import counting_ids

_COMMAND = GiveFeedback(member_id=None, channel=FeedbackChannel.STORE, kind=FeedbackKind.PRAISE, text="Good.")
_ONCE = Once(actor="staff:agent", key="key", input_hash="hash")


class Interrupted(DynamoFeedbackStore):
    """A store in which others are quicker: `before_add` runs between the look at the guard and the write."""

    def __init__(self, table: MemoryTable) -> None:
        super().__init__(table)
        self.before_add: Callable[[], object] = lambda: None

    def add(self, feedback: Feedback, change: Change, guard: Guard | None) -> None:
        act, self.before_add = self.before_add, lambda: None
        act()
        super().add(feedback, change, guard)


def service(table: MemoryTable) -> tuple[FeedbackService, Interrupted]:
    """A service on a store that can be interrupted."""
    store = Interrupted(table)
    return FeedbackService(
        store,
        FakeDirectory(),
        lambda _member: preset("four").tiers[0],
        MovableClock(),
        counting_ids(),
        Patience(lambda _seconds: None, lambda: 0.0),
    ), store


def test_the_twin_that_lost_gets_the_winners_answer() -> None:
    """Both looked at the guard before either wrote: one piece of feedback, one answer, the second marked as a replay (law I1)."""
    table = service_table()
    desk, store = service(table)
    winners = []
    store.before_add = lambda: winners.append(desk.give(_COMMAND, _ONCE))
    loser = desk.give(_COMMAND, _ONCE)
    assert [(loser.feedback_id, loser.reference, False)] == [(won.feedback_id, won.reference, won.is_replay) for won in winners]
    assert loser.is_replay
    assert 1 == len([item for item in table.items if item["sk"] == "FEEDBACK"])


def test_a_number_that_is_taken_is_not_given_again() -> None:
    """The next number is taken; the first one stays whose it is."""
    table = service_table()
    desk, store = service(table)
    first = counting_ids()("fbk")
    table.stored[f"REFERENCE#{reference_number(first, 0)}", "REFERENCE"] = {"pk": {"S": "REFERENCE"}, "sk": {"S": "REFERENCE"}}
    assert reference_number(first, 1) == desk.give(_COMMAND, _ONCE).reference
    assert store.find(first) is not None


def test_when_every_number_is_taken_nothing_is_written() -> None:
    """After five numbers it gives up: an error, not an endless search."""
    table = service_table()
    desk, _ = service(table)
    first = counting_ids()("fbk")
    for salt in range(5):
        table.stored[f"REFERENCE#{reference_number(first, salt)}", "REFERENCE"] = {"pk": {"S": "REFERENCE"}, "sk": {"S": "REFERENCE"}}
    with pytest.raises(ReferenceTakenError):
        desk.give(_COMMAND, _ONCE)
    assert 5 == len(table.stored)


def test_without_a_key_every_call_is_one_of_its_own() -> None:
    """Where no key is asked for, nothing is remembered."""
    table = service_table()
    desk, _ = service(table)
    receipts = [desk.give(_COMMAND, Once(actor="staff:agent", key=None, input_hash="hash")) for _ in range(2)]
    assert receipts[0].feedback_id != receipts[1].feedback_id
    assert [False, False] == [receipt.is_replay for receipt in receipts]
