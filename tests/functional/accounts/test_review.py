"""A new version of the programme comes into force: every account is settled once under it, by messages, page by page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from functions.settle_accounts.handler import lambda_handler as settle_accounts
from regulars.accounts.model import NEVER
from regulars.accounts.reviewing import JOB, ReviewTask, TierReview
from regulars.accounts.service import Buyer
from regulars.accounts.walking import BUDGET_SECONDS, PAGE_SIZE, message_of
from regulars.aws.queues import JsonQueue
from regulars.kernel.clock import instant_text
from regulars.kernel.errors import ConflictError
from regulars.program.presets import preset
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import ME, Shop
from tests.functional.program.conftest import Versions
from tests.support.accounts import Desk, changed, history, purchase
from tests.support.clock import MovableClock
from tests.support.program import programme_json
from tests.support.queues import QueueClient

SHARDS = 4
MEMBERS = [f"mem_01JD00000000000000000000{number:02d}" for number in range(10, 40)]


@dataclass
class Review:
    """The job on fakes, with the messages it leads to."""

    desk: Desk
    queue: list[ReviewTask] = field(default_factory=list)
    ticks: float = 0.0
    tick: float = 0.0

    def __post_init__(self) -> None:
        self.job = TierReview(
            self.desk.writer,
            self.desk.store,
            lambda: self.desk.programmes,
            lambda: self.desk.now,
            self,
            shards=SHARDS,
            stopwatch=self._stopwatch,
        )

    def put(self, tasks: Sequence[ReviewTask]) -> None:
        self.queue += tasks

    def _stopwatch(self) -> float:
        self.ticks += self.tick
        return self.ticks

    def run(self) -> tuple[int, int, int]:
        """The schedule's message and all that follow: messages, accounts looked at, accounts changed."""
        self.job.start()
        messages = seen = settled = 0
        while self.queue:
            result = self.job.run(self.queue.pop(0))
            messages, seen, settled = messages + 1, seen + result.seen, settled + result.settled
        return messages, seen, settled


@pytest.fixture
def desk() -> Desk:
    """Thirty members who spent 1,200 each; from the first of April silver asks for 1,000 only."""
    rules = preset("four")
    tiers = [tier.model_dump() for tier in rules.tiers]
    easier = [{**tier, "spend_from": 1_000_00} if tier["code"] == "silver" else tier for tier in tiers]
    harder = [{**tier, "spend_from": 2_000_00} if tier["code"] == "silver" else tier for tier in tiers]
    made = Desk(
        programmes=history(
            (datetime(2000, 1, 1, tzinfo=UTC), changed(rules, tiers=harder)),
            (datetime(2026, 4, 1, tzinfo=UTC), changed(rules, tiers=easier)),
        )
    )
    for number, member_id in enumerate(MEMBERS):
        made.service.record_purchase(Buyer(member_id), purchase(1_200_00, reference=str(number)), "hash")
    return made


def tiers_of(desk: Desk) -> set[str]:
    """The stored tiers."""
    return {account.tier for member_id in MEMBERS if (account := desk.store.load(member_id))}


def test_everybody_follows_a_version_once(desk: Desk) -> None:
    """Whether they come or not; a second run finds the marks and looks at nobody, and so does every night until the next version."""
    review = Review(desk)
    review.run()
    desk.move(days=30)
    assert {"ordinary"} == tiers_of(desk)
    assert (SHARDS, 30, 30) == review.run()
    assert {"silver"} == tiers_of(desk)
    assert (0, 0, 0) == review.run()


def test_a_review_without_time_goes_on_by_messages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three, one a message: everybody once, in as many messages as it takes."""
    monkeypatch.setattr("regulars.accounts.walking.PAGE_SIZE", 3)
    desk.move(days=30)
    review = Review(desk, tick=BUDGET_SECONDS + 1)
    messages, seen, settled = review.run()
    assert messages >= 10
    assert {"silver"} == tiers_of(desk)
    assert seen >= settled == 30
    assert PAGE_SIZE == 100


def test_a_shard_in_which_somebody_failed_is_walked_again(desk: Desk) -> None:
    """One account that others keep changing does not stop the rest, and the shard is not marked before all of it has followed."""
    desk.move(days=30)
    review = Review(desk)
    settle = desk.writer.settle
    failing = [MEMBERS[0]]

    def some_fail(member_id: str, actor: str) -> bool:
        if member_id in failing:
            raise ConflictError(retry_after_seconds=1)
        return settle(member_id, actor)

    desk.writer.settle = some_fail  # type: ignore[method-assign]  # somebody else is faster, always
    assert 29 == review.run()[2]
    failing.clear()
    assert (1, 1) == (review.job.start(), review.run()[2])
    assert {"silver"} == tiers_of(desk)


def test_who_is_changed_during_the_walk_has_followed(desk: Desk) -> None:
    """A purchase may move a member behind the place the walk has come to: that very purchase was evaluated under the version."""
    desk.move(days=30)
    review = Review(desk)
    review.job.start()
    first = review.queue.pop(0)
    last = desk.store.due(first.shard, NEVER, limit=100, start=None)[0][-1]
    desk.service.record_purchase(Buyer(last), purchase(1_00, reference="now", occurred_at=desk.now), "hash")
    account = desk.store.load(last)
    assert account is not None
    assert ("silver", 2) == (account.tier, account.program_version)


def test_thresholds_that_change_are_applied_by_the_scheduled_job(shop: Shop, wiring: Wiring, clock: MovableClock) -> None:
    """A version with lower thresholds begins tomorrow: who does nothing is silver after the job; rerun, it does nothing twice."""
    queue = JsonQueue[ReviewTask](QueueClient(shop.queue), "queue", partial(message_of, JOB))
    wiring.__dict__["tier_review"] = TierReview(
        wiring.ledger_writer, wiring.ledger, wiring.program.history, wiring.clock, queue, shards=16, stopwatch=lambda: 0.0
    )
    shop.buy(900_00)
    _publish(clock)
    clock.move(days=2)
    before = len(_entries())

    def review() -> None:
        shop.queue.append({"job": "review_tiers"})
        while shop.queue:
            record = {"messageId": "m1", "body": json.dumps(shop.queue.pop(0))}
            assert settle_accounts({"Records": [record]}, None) == {"batchItemFailures": []}

    review()
    after = _entries()
    review()
    assert (before + 1, after) == (len(after), _entries())
    assert "silver" == ME.get("/v1/me/tier").json["tier"]["code"]


def _entries() -> list[Any]:
    return list(ME.get("/v1/me/points/entries").json["items"])


def _publish(clock: MovableClock) -> None:
    rules = programme_json("four")
    tiers = [{**tier, "spend_from": 500_00} if tier["code"] == "silver" else tier for tier in rules["tiers"]]
    versions = Versions()
    answer = versions.publish(versions.approved(programme={**rules, "tiers": tiers}), instant_text(clock() + timedelta(days=1)))
    assert answer.status < 300, answer.text
