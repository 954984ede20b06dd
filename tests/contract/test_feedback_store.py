"""The suite of the feedback store's port, on the table in memory and on DynamoDB's expressions (moto, one thread)."""

from collections.abc import Iterator
from copy import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from regulars.aws.table import Table
from regulars.kernel.errors import InvalidCursorError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from regulars.service.dynamodb import DynamoFeedbackStore
from regulars.service.events import FeedbackReceived
from regulars.service.model import (
    Answer,
    Feedback,
    FeedbackCategory,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSeverity,
    FeedbackStatus,
    FeedbackSummary,
)
from regulars.service.ports import Change, FeedbackStore, GuardExistsError, ReferenceTakenError
from tests.support.clock import START
from tests.support.feedback import service_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MEMBER = "mem_1"


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[FeedbackStore]:
    """Both tables, one after the other."""
    if request.param == "memory":
        yield DynamoFeedbackStore(service_table())
    else:
        client: DynamoDBClient = request.getfixturevalue("dynamodb")
        yield DynamoFeedbackStore(Table(client, "service"))


def feedback(number: int = 1, member_id: str | None = MEMBER) -> Feedback:
    """Feedback that came in so many minutes after the start."""
    return Feedback(
        feedback_id=f"fbk_{number}",
        reference=f"F-{number:04d}-0000",
        member_id=member_id,
        channel=FeedbackChannel.STORE,
        kind=FeedbackKind.SUGGESTION,
        text="更多品种",
        order_reference=None,
        received_at=START + timedelta(minutes=number),
        recorded_by="staff:clerk",
    )


def change(item: Feedback) -> Change:
    """The record of a change."""
    event = FeedbackReceived(
        event_id=f"{item.feedback_id}.{item.version}",
        occurred_at=START,
        feedback_id=item.feedback_id,
        reference=item.reference,
        feedback_version=item.version,
        channel=item.channel,
        kind=item.kind,
    )
    return Change("received", START, "staff:clerk", event, {"a": "b"})


def add(store: FeedbackStore, item: Feedback, guard: Guard | None = None) -> Feedback:
    """Writes new feedback."""
    store.add(item, change(item), guard)
    return item


def test_feedback_comes_back_as_it_was_written(store: FeedbackStore) -> None:
    """Every field, empty ones as well."""
    written = add(store, feedback())
    full = replace(
        written,
        status=FeedbackStatus.CLOSED,
        category=FeedbackCategory.PRODUCT,
        severity=FeedbackSeverity.LOW,
        order_reference="A-1",
        answers=(Answer("好的", START, "staff:agent"), Answer("完成", START, "staff:agent")),
        closed_at=START,
        version=2,
        tier="gold",
        priority=9,
        agent="li.na",
    )
    assert written == store.find("fbk_1")
    store.save(full, change(full), None)
    assert full == store.find("fbk_1")
    assert store.find("fbk_2") is None


def test_a_version_is_replaced_once(store: FeedbackStore) -> None:
    """Two writers with the same reading: the second loses, and nothing of it is written."""
    first = add(store, feedback())
    second = replace(first, version=2, status=FeedbackStatus.CLASSIFIED)
    store.save(second, change(second), None)
    guard = Guard("key", "hash", "answer")
    with pytest.raises(LostRaceError):
        store.save(replace(second, status=FeedbackStatus.CLOSED), change(second), guard)
    assert second == store.find("fbk_1")
    assert store.guard("key") is None


def test_a_guard_is_kept_and_told_to_the_twin(store: FeedbackStore) -> None:
    """What was carried out is not carried out again; the twin gets the winner's answer."""
    guard = Guard("key", "hash", "answer")
    add(store, feedback(), guard)
    assert guard == store.guard("key")
    with pytest.raises(GuardExistsError) as caught:
        add(store, feedback(2), replace(guard, answer="other"))
    assert guard == caught.value.guard
    assert store.find("fbk_2") is None


def test_a_guard_is_told_before_a_lost_version(store: FeedbackStore) -> None:
    """Where both fail, the twin was us."""
    guard = Guard("key", "hash", "answer")
    first = add(store, feedback(), guard)
    with pytest.raises(GuardExistsError):
        store.save(replace(first, version=9), change(first), guard)


def test_a_reference_number_belongs_to_one(store: FeedbackStore) -> None:
    """The second one with the same number is not written at all."""
    add(store, feedback())
    with pytest.raises(ReferenceTakenError):
        add(store, replace(feedback(2), reference=feedback().reference))
    assert store.find("fbk_2") is None


def test_a_members_list_is_newest_first_and_shows_the_present_status(store: FeedbackStore) -> None:
    """Lines change with their feedback; unsigned notes and others' are not in it."""
    for number in (1, 2, 3):
        add(store, feedback(number))
    add(store, feedback(4, "mem_2"))
    add(store, feedback(5, None))
    changed = replace(feedback(2), version=2, status=FeedbackStatus.CLASSIFIED)
    store.save(changed, change(changed), None)
    page = store.of_member(MEMBER, 2, None)
    rest = store.of_member(MEMBER, 2, page.next_cursor)
    found: list[FeedbackSummary] = [*page.items, *rest.items]
    assert [("fbk_3", "received"), ("fbk_2", "classified"), ("fbk_1", "received")] == [(item.feedback_id, item.status) for item in found]


def test_a_work_list_moves_with_the_status(store: FeedbackStore) -> None:
    """In pages; the oldest first, of what is closed the newest."""
    for number in (1, 2, 3):
        item = add(store, feedback(number, None))
        if number > 1:
            closed = replace(item, version=2, status=FeedbackStatus.CLOSED)
            store.save(closed, change(closed), None)
    page = store.in_status(FeedbackStatus.CLOSED, 1, None)
    rest = store.in_status(FeedbackStatus.CLOSED, 5, page.next_cursor)
    assert ["fbk_3", "fbk_2"] == [item.feedback_id for item in (*page.items, *rest.items)]
    assert ["fbk_1"] == [item.feedback_id for item in store.in_status(FeedbackStatus.RECEIVED, 5, None).items]


def queued(store: FeedbackStore, status: FeedbackStatus = FeedbackStatus.RECEIVED, agent: str | None = None, limit: int = 100) -> list[str]:
    """A whole work list, page by page."""
    found, cursor = list[str](), None
    while True:
        page = store.in_status(status, limit, cursor, agent)
        found += [item.feedback_id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_work_list_is_by_priority_and_then_by_age(store: FeedbackStore, limit: int) -> None:
    """The highest of all ten first, of one priority the oldest; the same in pages of any size, without gap or duplicate."""
    priorities = [0, 3, 9, 0, 3, 1, 8, 2, 5, 4, 7, 6]
    for number, priority in enumerate(priorities, 1):
        add(store, replace(feedback(number), priority=priority))
    expected = sorted(range(1, len(priorities) + 1), key=lambda number: (-priorities[number - 1], number))
    assert [f"fbk_{number}" for number in expected] == queued(store, limit=limit)


def test_of_what_is_closed_the_newest_comes_first_whatever_its_priority(store: FeedbackStore) -> None:
    """Nobody waits there any more: the list is a look back."""
    for number, priority in enumerate((9, 0, 5), 1):
        item = add(store, replace(feedback(number), priority=priority, agent="li.na"))
        closed = replace(item, version=2, status=FeedbackStatus.CLOSED)
        store.save(closed, change(closed), None)
    assert ["fbk_3", "fbk_2", "fbk_1"] == queued(store, FeedbackStatus.CLOSED) == queued(store, FeedbackStatus.CLOSED, "li.na", limit=1)


def test_an_agents_list_has_what_is_assigned_in_the_same_order(store: FeedbackStore) -> None:
    """By priority and age, in pages; what is given to another one or to nobody leaves it; no name is part of another."""
    for number, (priority, agent) in enumerate([(0, "li.na"), (0, "li"), (7, "li.na"), (9, None), (7, "li.na")], 1):
        add(store, replace(feedback(number), priority=priority, agent=agent))
    assert (["fbk_3", "fbk_5", "fbk_1"], ["fbk_2"]) == (queued(store, agent="li.na", limit=1), queued(store, agent="li"))
    for number, agent in ((3, "li"), (5, None)):
        moved = replace(feedback(number), priority=7, agent=agent, version=2)
        store.save(moved, change(moved), None)
    assert (["fbk_1"], ["fbk_3", "fbk_2"]) == (queued(store, agent="li.na"), queued(store, agent="li"))
    assert 5 == len(queued(store))
    assert [] == queued(store, FeedbackStatus.CLASSIFIED, "li.na")


def test_a_cursor_belongs_to_its_list(store: FeedbackStore) -> None:
    """A place of one status, agent or member is refused for another one's list."""
    for number in (1, 2):
        add(store, replace(feedback(number), agent="li.na"))
    in_all = store.in_status(FeedbackStatus.RECEIVED, 1, None).next_cursor
    of_agent = store.in_status(FeedbackStatus.RECEIVED, 1, None, "li.na").next_cursor
    of_member = store.of_member(MEMBER, 1, None).next_cursor
    for status, cursor, agent in (
        (FeedbackStatus.RECEIVED, of_agent, None),
        (FeedbackStatus.RECEIVED, of_member, None),
        (FeedbackStatus.CLASSIFIED, in_all, None),
        (FeedbackStatus.RECEIVED, in_all, "li.na"),
        (FeedbackStatus.RECEIVED, of_agent, "wu"),
        (FeedbackStatus.CLASSIFIED, of_agent, "li.na"),
    ):
        with pytest.raises(InvalidCursorError):
            store.in_status(status, 1, cursor, agent)
    for member_id, cursor in (("mem_2", of_member), (MEMBER, in_all)):
        with pytest.raises(InvalidCursorError):
            store.of_member(member_id, 1, cursor)
