"""The accounts' use cases on fakes: once, whatever is sent again; no refusal before the guard was read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from regulars.accounts.errors import MemberNotActiveError, MemberNotFoundError, PurchaseTooOldError
from regulars.accounts.model import Account
from regulars.accounts.nightly import NightlySettlement
from regulars.accounts.service import Buyer
from regulars.accounts.walking import BUDGET_SECONDS, PAGE_SIZE, ShardTask
from regulars.kernel.errors import ConflictError, IdempotencyMismatchError, InvalidCursorError, NotFoundError
from regulars.kernel.paging import encode_cursor
from regulars.kernel.retry import TRIES_MAX, LostRaceError
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, Desk, FakeDirectory, changed, history, purchase
from tests.support.ledger import FakeLedgerStore

ME = Buyer(member_id=MEMBER)


def test_the_same_purchase_ten_times_counts_once_and_is_answered_alike() -> None:
    """Nine replays say what the first answer said, also after other purchases changed the balance (laws I1, I4)."""
    desk = Desk()
    first = desk.service.record_purchase(ME, purchase(), "hash")
    desk.service.record_purchase(ME, purchase(reference="r2"), "hash 2")
    replays = [desk.service.record_purchase(ME, purchase(), "hash") for _ in range(9)]

    assert {replay.answer for replay in replays} == {first.answer}
    assert [first.is_replay, *(replay.is_replay for replay in replays)] == [False] + [True] * 9
    assert desk.service.standing(MEMBER).available == 20


def test_a_reference_with_other_content_is_refused() -> None:
    """The same source and reference with another hash is a mismatch and changes nothing (law I3)."""
    desk = Desk()
    desk.service.record_purchase(ME, purchase(), "hash")
    with pytest.raises(IdempotencyMismatchError):
        desk.service.record_purchase(ME, purchase(99_00), "other")
    assert desk.service.standing(MEMBER).available == 10


def test_a_duplicate_older_than_the_late_window_is_answered_not_refused() -> None:
    """No refusal is sent before the guard has been read."""
    desk = Desk()
    first = desk.service.record_purchase(ME, purchase(), "hash")
    desk.move(days=400)
    assert desk.service.record_purchase(ME, purchase(), "hash").answer == first.answer
    with pytest.raises(PurchaseTooOldError):
        desk.service.record_purchase(ME, purchase(reference="new"), "hash")


def test_only_members_who_are_active_may_buy() -> None:
    """An unknown member and one who is not active are refused by name; the members are asked on first touch only."""
    with pytest.raises(MemberNotFoundError):
        Desk(directory=FakeDirectory(unknown=[MEMBER])).service.record_purchase(ME, purchase(), "hash")
    with pytest.raises(MemberNotActiveError):
        Desk(directory=FakeDirectory(inactive=[MEMBER])).service.record_purchase(ME, purchase(), "hash")
    desk = Desk()
    for number in range(3):
        desk.service.record_purchase(ME, purchase(reference=str(number)), "hash")
    assert desk.directory.asked == 1


@pytest.mark.parametrize("buyer", [Buyer(card_number="62000000"), Buyer(card_token="RG1.62000000.1.x")])  # a card's token
def test_a_card_finds_its_member(buyer: Buyer) -> None:
    """A card's number or its rotating token lands on the member's account (CARD-04)."""
    desk = Desk()
    assert desk.service.record_purchase(buyer, purchase(), "hash").answer.member_id == MEMBER


class BusyStore(FakeLedgerStore):
    """Loses the first `races` commits to somebody else."""

    def __init__(self, races: int) -> None:
        super().__init__()
        self.races = races

    def check_version(self, before: Account) -> None:
        if self.races:
            self.races -= 1
            raise LostRaceError
        super().check_version(before)


def test_a_lost_race_is_tried_again_with_jitter() -> None:
    """Nine lost races are survived; pauses grow to at most a second (fault 4)."""
    desk = Desk(store=BusyStore(TRIES_MAX - 1))
    assert not desk.service.record_purchase(ME, purchase(), "hash").is_replay
    assert desk.pauses == [0.025, 0.05, 0.1, 0.2, 0.4, 0.5, 0.5, 0.5, 0.5]


def test_after_ten_lost_races_the_caller_is_asked_to_come_again() -> None:
    """A conflict is retryable, says so, and wrote nothing."""
    desk = Desk(store=BusyStore(TRIES_MAX))
    with pytest.raises(ConflictError) as refusal:
        desk.service.record_purchase(ME, purchase(), "hash")
    assert refusal.value.retry_after_seconds == 1
    assert desk.store.accounts == {}


def test_the_pages_of_the_statement_are_the_ledger() -> None:
    """Pages of three, newest first, hold every entry once (law V1)."""
    desk = Desk()
    for number in range(8):
        desk.service.record_purchase(ME, purchase(reference=str(number)), "hash")
    versions, cursor = [], None
    while True:
        page = desk.service.entries(MEMBER, 3, cursor)
        versions += [entry.version for entry in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert versions == [8, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "cursor", ["nonsense", encode_cursor({"before": "-1"}), encode_cursor({"other": "1"}), encode_cursor({"before": "١"})]
)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    """A cursor that this list did not give is named as such."""
    with pytest.raises(InvalidCursorError):
        Desk().service.entries(MEMBER, 3, cursor)


def test_what_is_not_there_is_not_found() -> None:
    """Unknown purchases, entries, and another member's entry id look the same."""
    desk = Desk(directory=FakeDirectory(unknown=["mem_x"]))
    desk.service.record_purchase(ME, purchase(), "hash")
    for missing in ("ent_01JD0000000000000000000001_2", "ent_01JD0000000000000000000002_1", "ent_x", ""):
        with pytest.raises(NotFoundError):
            desk.service.entry(MEMBER, missing)
    with pytest.raises(NotFoundError):
        desk.service.purchase("pur_unknown")
    with pytest.raises(NotFoundError):
        desk.service.require_member("mem_x")
    desk.service.require_member(MEMBER)


class Queue:
    """Keeps tasks."""

    def __init__(self) -> None:
        self.tasks: list[ShardTask] = []

    def put(self, tasks: Sequence[ShardTask]) -> None:
        self.tasks += tasks


def nightly(desk: Desk, queue: Queue, stopwatch: list[float] | None = None) -> NightlySettlement:
    """The job on a desk; the stopwatch answers the given times in turn."""
    times = stopwatch or [0.0]
    return NightlySettlement(
        desk.writer,
        desk.store,
        lambda: desk.programmes,
        lambda: desk.now,
        queue,
        shards=desk.store.shards,
        stopwatch=lambda: times.pop(0) if len(times) > 1 else times[0],
    )


def members(count: int, shard: int, desk: Desk) -> list[str]:
    """Members of one shard with ten points each."""
    from regulars.accounts.dynamodb import shard_of

    ids = (f"mem_01JD{number:022d}" for number in range(10**6))
    found: list[str] = []
    for member_id in ids:
        if shard_of(member_id, desk.store.shards) == shard:
            desk.service.record_purchase(Buyer(member_id=member_id), purchase(reference=member_id), "hash")
            found.append(member_id)
        if len(found) == count:
            return found
    raise AssertionError


def test_a_night_settles_what_is_due_and_running_it_again_changes_nothing() -> None:
    """One task a shard; expired points are gone in the stored account; a second run finds nothing (PTS-11, law X2)."""
    desk, queue = Desk(), Queue()
    known = members(3, 1, desk)
    desk.move(days=400)
    job = nightly(desk, queue)
    assert job.start() == desk.store.shards
    results = [job.run(task) for task in queue.tasks]
    again = [job.run(task) for task in queue.tasks]

    assert [(result.seen, result.settled) for result in results] == [(0, 0), (3, 3), (0, 0), (0, 0)]
    assert sum(result.seen for result in again) == 0
    assert all((account := desk.store.load(member_id)) and account.available == 0 for member_id in known)


def test_a_night_that_runs_out_of_time_goes_on_in_a_new_task() -> None:
    """After the budget the rest of the shard is queued with its position, and nobody is left out."""
    desk, queue = Desk(), Queue()
    members(PAGE_SIZE + 5, 0, desk)
    desk.move(days=400)
    first = nightly(desk, queue, [0.0, BUDGET_SECONDS + 1]).run(ShardTask(0))
    rest = nightly(desk, queue).run(queue.tasks[0])

    assert (first.seen, first.continuation) == (PAGE_SIZE, queue.tasks[0])
    assert (rest.seen, rest.continuation) == (5, None)


def test_one_account_that_fails_does_not_stop_the_night() -> None:
    """The others are settled; the one that failed is named, so that its message comes again."""
    desk, queue = Desk(store=BusyStore(0)), Queue()
    known = members(3, 2, desk)
    desk.move(days=400)
    assert isinstance(desk.store, BusyStore)
    desk.store.races = TRIES_MAX
    result = nightly(desk, queue).run(ShardTask(2))

    assert (result.seen, result.settled, len(result.failed)) == (3, 2, 1)
    assert result.failed[0] in known


def test_a_member_without_an_account_stands_at_zero() -> None:
    """Before the first purchase: no points, the lowest tier, all of the next one missing, and nothing is written."""
    desk = Desk()
    shown = desk.service.standing(MEMBER)
    assert (shown.available, shown.tier.code, set(shown.figures.values())) == (0, "ordinary", {0})
    assert desk.writer.settle(MEMBER, "job") is False
    assert desk.store.accounts == {}
    assert desk.service.now() - desk.now == timedelta()


def test_a_settlement_goes_on_until_nothing_is_due() -> None:
    """Fifteen monthly reviews are more than one entry holds: one call does them all."""
    review = {"window": "rolling_months", "months": 1, "cycle": "monthly", "demotion": "review"}
    desk = Desk(history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), qualification=review))))
    desk.service.record_purchase(ME, purchase(1_000_00), "hash")
    desk.now = datetime(2027, 6, 15, tzinfo=UTC)

    assert desk.writer.settle(MEMBER, "job")
    assert [12, 3] == [len(entry.evaluations) for entry in desk.store.all_entries(MEMBER)[1:]]
