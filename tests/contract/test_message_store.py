"""The suite of the message store's port, run on the fake and on DynamoDB's adapter (moto, one thread)."""

from collections.abc import Iterator
from copy import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from regulars.aws.table import ConditionFailedError, Delete, Put, Table, Update
from regulars.kernel.errors import InvalidCursorError
from regulars.kernel.retry import LostRaceError
from regulars.members.model import MessageChannel
from regulars.messaging.dynamodb import DynamoMessageStore
from regulars.messaging.model import CodeRef, Message, MessageStatus, MessageTemplate, Newest, StatusStep
from regulars.messaging.ports import Claim, ClaimedError, MessageStore
from tests.support.clock import START
from tests.support.memory import MemoryTable
from tests.support.messaging import MEMBER, FakeMessageStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LATER = START + timedelta(minutes=5)


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[MessageStore]:
    """Both stores, one after the other."""
    if request.param == "fake":
        yield FakeMessageStore()
    else:
        client: DynamoDBClient = request.getfixturevalue("dynamodb")
        yield DynamoMessageStore(Table(client, "messaging"), keeps_outbox=True)


def message(number: int = 1, **parts: Any) -> Message:
    """A message of a member that was sent."""
    at = START + timedelta(minutes=number)
    step = StatusStep("sent", at)
    facts: dict[str, Any] = {
        "message_id": f"msg_{number}",
        "recipient_id": MEMBER,
        "template": MessageTemplate.POINTS_EXPIRED,
        "template_version": 1,
        "channel": MessageChannel.SMS,
        "language": "en",
        "params": {"points": 5, "names": ["a", "b"], "nested": [{"name": "n"}], "is_promotion": True},
        "status": MessageStatus.SENT,
        "at": at,
        "event_id": "ent.1",
        "history": (step,),
    }
    return Message(**{**facts, **parts})


def claimed(store: MessageStore, message_id: str = "msg_1", owner: str = "own_1") -> Claim:
    """A claim that is granted."""
    claim = store.claim(message_id, owner, START, LATER)
    assert isinstance(claim, Claim)
    return claim


def test_a_claim_is_granted_once(store: MessageStore) -> None:
    """While the lease lasts nobody else gets it."""
    assert Claim("msg_1", "own_1") == claimed(store)
    with pytest.raises(ClaimedError):
        store.claim("msg_1", "own_2", LATER - timedelta(milliseconds=1), LATER)


def test_a_lease_that_is_over_is_taken_by_the_next(store: MessageStore) -> None:
    """From its last instant on."""
    claimed(store)
    assert Claim("msg_1", "own_2") == store.claim("msg_1", "own_2", LATER, LATER + timedelta(minutes=5))


def test_a_claim_that_was_given_back_is_free_at_once_and_remembers_the_try(store: MessageStore) -> None:
    """The next one knows how often it was tried."""
    step = StatusStep("failed", START, "Throttling")
    store.release(claimed(store), step)
    assert Claim("msg_1", "own_2", (step,)) == store.claim("msg_1", "own_2", START, LATER)


def test_a_lost_claim_is_not_given_back(store: MessageStore) -> None:
    """Who was too slow changes nothing of the next one's claim."""
    slow = claimed(store)
    store.claim("msg_1", "own_2", LATER, LATER + timedelta(minutes=5))
    store.release(slow, StatusStep("failed", LATER))
    with pytest.raises(ClaimedError):
        store.claim("msg_1", "own_3", LATER, LATER)


@pytest.mark.parametrize("status", MessageStatus)
def test_what_was_settled_is_told_to_everybody_who_asks_again(store: MessageStore, status: MessageStatus) -> None:
    """Its status, for ever."""
    store.settle(claimed(store), message(status=status))
    assert status == store.claim("msg_1", "own_2", START + timedelta(days=3650), START + timedelta(days=3651))


def test_a_record_comes_back_as_it_was_written(store: MessageStore) -> None:
    """Every field, with and without a code."""
    history = (StatusStep("failed", START, "Throttling"), StatusStep("sent", LATER))
    written = message(history=history, code=CodeRef("reg_1", 2))
    store.settle(claimed(store), written)
    store.settle(claimed(store, "msg_2"), message(2))
    assert [message(2), written] == list(store.page(MEMBER, 10, None).items)


def test_settling_twice_leaves_one_record(store: MessageStore) -> None:
    """The second time, as after a lost answer, changes nothing."""
    claim = claimed(store)
    for _ in range(2):
        store.settle(claim, message())
    assert 1 == len(store.page(MEMBER, 10, None).items)


def test_a_lost_claim_records_nothing(store: MessageStore) -> None:
    """Who lost the lease to another that settled leaves the other's record."""
    slow = claimed(store)
    other = store.claim("msg_1", "own_2", LATER, LATER + timedelta(minutes=5))
    assert isinstance(other, Claim)
    store.settle(other, message(at=LATER))
    store.settle(slow, message(at=LATER + timedelta(seconds=1)))
    assert [LATER] == [found.at for found in store.page(MEMBER, 10, None).items]


def test_pages_are_the_whole_list_newest_first(store: MessageStore) -> None:
    """No gap, no duplicate (law V1); nobody else's."""
    for number in range(1, 8):
        store.settle(claimed(store, f"msg_{number}"), message(number))
    store.settle(claimed(store, "msg_8"), replace(message(8), recipient_id="mem_other"))
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = store.page(MEMBER, 3, cursor)
        found += [item.message_id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [f"msg_{number}" for number in range(7, 0, -1)] == found


def test_a_topics_older_version_is_not_the_newest(store: MessageStore) -> None:
    """Equal is new enough: the same event may come again."""
    told = [store.is_newest(MEMBER, Newest("tier", version)) for version in (3, 3, 2, 4)]
    assert [True, True, False, True] == told
    assert store.is_newest("mem_other", Newest("tier", 1))


def test_only_stage_local_keeps_an_outbox(dynamodb: "DynamoDBClient") -> None:
    """Elsewhere a list of everything would be one hot partition, and nobody's business."""
    for keeps_outbox, expected in ((False, 0), (True, 1)):
        store = DynamoMessageStore(Table(dynamodb, "messaging"), keeps_outbox=keeps_outbox)
        store.settle(claimed(store, f"msg_{expected}"), message(expected))
        assert expected == len(store.newest(10, None).items)


def test_a_cursor_of_another_list_is_refused(dynamodb: "DynamoDBClient") -> None:
    """What was not given by this list is no cursor."""
    with pytest.raises(InvalidCursorError):
        DynamoMessageStore(Table(dynamodb, "messaging")).page(MEMBER, 10, "eyJhdCI6Ik5FV0VTVCJ9")


def test_the_same_claim_written_twice_is_still_ours(dynamodb: "DynamoDBClient") -> None:
    """The SDK repeats a write whose answer was lost: its own claim is no stranger's."""
    store = DynamoMessageStore(Table(dynamodb, "messaging"))
    claimed(store)
    assert Claim("msg_1", "own_1") == store.claim("msg_1", "own_1", START, LATER)


class _Contested(MemoryTable):
    """A table on which others write first: `trouble` is what they cause, `at` the condition it befalls."""

    trouble: tuple[Exception, ...] = ()
    at: str = ""

    def write(self, write: Put | Update | Delete) -> None:
        if self.trouble and (write.condition or "").startswith(self.at):
            (error,), self.trouble = self.trouble, ()
            raise error
        super().write(write)


@pytest.mark.parametrize("trouble", [ConditionFailedError({0: None}), LostRaceError()])
def test_of_two_who_would_take_over_a_lease_one_does(trouble: Exception) -> None:
    """The slower one is told that the message is claimed."""
    table = _Contested()
    store = DynamoMessageStore(table)
    claimed(store)
    table.trouble, table.at = (trouble,), "held_by"
    with pytest.raises(ClaimedError):
        store.claim("msg_1", "own_2", LATER, LATER + timedelta(minutes=5))
    assert Claim("msg_1", "own_2") == store.claim("msg_1", "own_2", LATER, LATER + timedelta(minutes=5))


def test_of_two_who_claim_at_once_one_does() -> None:
    """A write in flight on the same claim is somebody else's."""
    table = _Contested()
    table.trouble = (LostRaceError(),)
    with pytest.raises(ClaimedError):
        DynamoMessageStore(table).claim("msg_1", "own_1", START, LATER)
