"""The service of versions with a store in memory: races, limits, and what the store is asked."""

from datetime import timedelta

import pytest

from regulars.kernel.errors import ConflictError, IdempotencyMismatchError, NotFoundError, PreconditionFailedError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from regulars.program.commands import ChangeDraft, DecideVersion, DraftVersion, PublishVersion, SubmitVersion
from regulars.program.errors import VersionTooOftenChangedError
from regulars.program.events import ProgramVersionPublished
from regulars.program.presets import preset
from regulars.program.service import VersionService
from regulars.program.versions import STEPS_MAX, Version, etag
from tests.support.clock import START, MovableClock
from tests.support.program import FakeProgramStore, counting_ids

STARTS_AT = START + timedelta(minutes=5)


class Desk:
    """A service on a store in memory, and a version brought as far as a test needs it."""

    def __init__(self, store: FakeProgramStore | None = None) -> None:
        self.store = store or FakeProgramStore()
        self.clock = MovableClock()
        self.service = VersionService(self.store, self.clock, counting_ids())

    def draft(self, key: str = "key", note: str = "why") -> Version:
        return self.service.draft(DraftVersion(preset("five"), note, "staff:ada", key))[0]

    def approved(self, key: str = "key") -> Version:
        submitted = self.service.take(SubmitVersion((draft := self.draft(key)).version_id, etag(draft), "staff:ada"))
        return self.service.take(DecideVersion(submitted.version_id, etag(submitted), True, "", "staff:mei"))

    def publish(self, version: Version) -> Version:
        return self.service.take(PublishVersion(version.version_id, etag(version), STARTS_AT, "staff:ada"))


class RacingStore(FakeProgramStore):
    """Does something of somebody else's just before the next write."""

    def __init__(self) -> None:
        super().__init__()
        self.overtaking: Version | None = None
        self.loses_create_to: list[Guard] | None = None

    def create(self, version: Version, guard: Guard) -> None:
        if self.loses_create_to is not None:
            self.guards |= {winner.key: winner for winner in self.loses_create_to}
            raise LostRaceError
        super().create(version, guard)

    def save(self, version: Version) -> None:
        if self.overtaking:
            self.versions[self.overtaking.version_id] = self.overtaking
        super().save(version)

    def lose_create(self) -> None:
        """The guards there are were written by a twin after our own look at them."""
        self.loses_create_to = list(self.guards.values())
        self.guards.clear()


def test_a_twin_that_loses_the_race_gets_the_winners_answer() -> None:
    """Two equal requests at once begin one draft, and both are answered with it."""
    store = RacingStore()
    desk = Desk(store)
    winner = desk.draft()
    store.lose_create()

    assert (winner, True) == desk.service.draft(DraftVersion(preset("five"), "why", "staff:ada", "key"))


def test_a_twin_with_other_content_is_told_of_the_mismatch() -> None:
    """The loser of the race is refused like any later request with the key (law I3)."""
    store = RacingStore()
    desk = Desk(store)
    desk.draft()
    store.lose_create()

    with pytest.raises(IdempotencyMismatchError):
        desk.draft(note="another reason")


def test_a_lost_race_without_a_winner_asks_to_try_again() -> None:
    """What cannot be explained is retryable, never an error of ours."""
    store = RacingStore()
    store.lose_create()

    with pytest.raises(ConflictError):
        Desk(store).draft()


def test_of_two_changes_at_once_one_wins() -> None:
    """The other writer is told that the version has changed; the winner's content stays."""
    store = RacingStore()
    desk = Desk(store)
    draft = desk.draft()
    winner = desk.service.take(ChangeDraft(draft.version_id, etag(draft), preset("four"), "first", "staff:bob"))
    store.versions[draft.version_id], store.overtaking = draft, winner

    with pytest.raises(PreconditionFailedError):
        desk.service.take(ChangeDraft(draft.version_id, etag(draft), preset("five"), "second", "staff:ada"))
    assert winner == desk.service.read(draft.version_id)


def test_of_two_equal_steps_at_once_both_are_answered() -> None:
    """The same submission twice in parallel is one submission with two equal answers."""
    store = RacingStore()
    desk = Desk(store)
    draft = desk.draft()
    command = SubmitVersion(draft.version_id, etag(draft), "staff:ada")
    winner = desk.service.take(command)
    store.versions[draft.version_id], store.overtaking = draft, winner

    assert winner == desk.service.take(command)


def test_of_two_versions_published_at_once_one_wins() -> None:
    """Both would be number 2: the loser is asked to try again, and is number 3 then."""
    desk = Desk()
    first, second = desk.approved("a"), desk.approved("b")
    published = desk.store.published
    desk.publish(first)
    desk.store.published = lambda: ()  # type: ignore[method-assign]  # what the loser had read

    with pytest.raises(ConflictError) as refused:
        desk.publish(second)
    desk.store.published = published  # type: ignore[method-assign]  # what it reads when it tries again

    assert 1 == refused.value.retry_after_seconds
    assert 3 == desk.publish(second).number
    assert [2, 3] == [event.number for event in desk.store.events]


def test_numbers_rise_by_one() -> None:
    """The preset is number 1; versions are numbered as they are published, not as they are drafted."""
    desk = Desk()
    first, second = desk.approved("a"), desk.approved("b")

    assert [2, 3] == [desk.publish(version).number for version in (second, first)]


def test_a_version_takes_a_bounded_number_of_steps() -> None:
    """Its item never grows beyond what a table takes (fault 27)."""
    desk = Desk()
    version = desk.draft()
    for number in range(STEPS_MAX - 1):
        version = desk.service.take(ChangeDraft(version.version_id, etag(version), preset("four"), f"change {number}", "staff:ada"))

    with pytest.raises(VersionTooOftenChangedError):
        desk.service.take(SubmitVersion(version.version_id, etag(version), "staff:ada"))


def test_a_step_of_a_version_that_is_not_there() -> None:
    """A missing version is not found, whatever the step."""
    with pytest.raises(NotFoundError):
        Desk().service.take(SubmitVersion("ver_none", '"1"', "staff:ada"))


def test_the_event_says_what_is_in_force_from_when_and_nothing_else() -> None:
    """Number, id and start; who did it stays in the record (no personal data on the bus)."""
    desk = Desk()
    version = desk.publish(desk.approved())
    (event,) = desk.store.events

    assert (version.version_id, 2, STARTS_AT, START) == (event.version_id, event.number, event.effective_from, event.occurred_at)
    assert {"event_id", "occurred_at", "member_id", "version_id", "number", "effective_from"} == set(ProgramVersionPublished.model_fields)
