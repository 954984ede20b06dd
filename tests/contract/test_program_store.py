"""What every store of programme versions does: the fake of the tests and the adapter on DynamoDB."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from regulars.aws.table import Table
from regulars.kernel.errors import ConflictError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from regulars.program.commands import DraftVersion
from regulars.program.dynamodb import DynamoProgramStore
from regulars.program.events import ProgramVersionPublished
from regulars.program.ports import VersionStore
from regulars.program.presets import preset
from regulars.program.versions import Version, VersionStatus, drafted
from tests.support.clock import START
from tests.support.program import FakeProgramStore, counting_ids

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> VersionStore:
    """Each store in turn, empty."""
    return FakeProgramStore() if request.param == "fake" else DynamoProgramStore(Table(dynamodb, "program"))


@pytest.fixture
def draft() -> Version:
    """A new draft."""
    return _draft()


def _draft(number: int = 0) -> Version:
    ids = counting_ids()
    for _ in range(number):
        ids("ver")
    return drafted(ids("ver"), DraftVersion(preset("five"), "why", "staff:ada", "key"), START)


def _guard(key: str = "key") -> Guard:
    return Guard(key, "hash", '{"code":"begun"}')


def _next(version: Version, **changes: object) -> Version:
    return version.model_copy(update={"revision": version.revision + 1, **changes})


def _published(version: Version, number: int) -> tuple[Version, ProgramVersionPublished]:
    starts_at = START + timedelta(days=number)
    event = ProgramVersionPublished(
        event_id=f"evt_{number}", occurred_at=START, version_id=version.version_id, number=number, effective_from=starts_at
    )
    return _next(version, status=VersionStatus.PUBLISHED, number=number, effective_from=starts_at), event


def test_what_was_created_is_read(store: VersionStore, draft: Version) -> None:
    """A version and its guard, whole and at once."""
    store.create(draft, _guard())

    assert draft == store.version(draft.version_id)
    assert _guard() == store.guard("key")


def test_what_is_not_there_is_none(store: VersionStore) -> None:
    """No version, no guard, nothing published, an empty page."""
    assert (None, None, (), ((), None)) == (store.version("ver_1"), store.guard("key"), store.published(), store.page(10, None))


def test_a_guard_is_written_once(store: VersionStore, draft: Version) -> None:
    """The second request with a key loses, and its version is not there."""
    store.create(draft, _guard())
    other = _draft(1)

    with pytest.raises(LostRaceError):
        store.create(other, _guard())
    assert store.version(other.version_id) is None


def test_a_version_is_saved_over_the_revision_before_it(store: VersionStore, draft: Version) -> None:
    """The next revision replaces it; the same one again, or a later one, loses (law L9)."""
    store.create(draft, _guard())
    store.save(_next(draft, note="first"))

    for stale in (_next(draft, note="second"), draft, _next(_next(_next(draft)))):
        with pytest.raises(LostRaceError):
            store.save(stale)
    saved = store.version(draft.version_id)
    assert saved is not None
    assert "first" == saved.note


def test_a_published_version_is_read_by_everybody(store: VersionStore, draft: Version) -> None:
    """Number, start and content, and the version as it is from then on."""
    store.create(draft, _guard())
    version, event = _published(draft, 2)
    store.publish(version, event)

    (read,) = store.published()
    assert (2, event.effective_from, draft.programme) == (read.number, read.effective_from, read.programme)
    assert version == store.version(draft.version_id)


def test_a_number_is_given_once(store: VersionStore) -> None:
    """The second version of a number is asked to try again; it is not changed, and what was published stays."""
    for key in range(2):
        store.create(_draft(key), _guard(f"key-{key}"))
    store.publish(*_published(_draft(0), 2))

    with pytest.raises(ConflictError):
        store.publish(*_published(_draft(1), 2))
    assert _draft(1) == store.version(_draft(1).version_id)
    assert 1 == len(store.published())


def test_a_stale_version_is_not_published(store: VersionStore, draft: Version) -> None:
    """Somebody changed it meanwhile: nothing is published."""
    store.create(draft, _guard())
    store.save(_next(draft))

    with pytest.raises(LostRaceError):
        store.publish(*_published(draft, 2))
    assert () == store.published()


def test_published_versions_come_in_order_of_number(store: VersionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, also when they take more than one page to read."""
    monkeypatch.setattr("regulars.program.dynamodb._PAGE_SIZE", 2)
    for number in range(2, 7):
        store.create(_draft(number), _guard(f"key-{number}"))
        store.publish(*_published(_draft(number), number))

    assert list(range(2, 7)) == [version.number for version in store.published()]


def test_pages_put_together_are_all_versions_once(store: VersionStore) -> None:
    """The newest first, no gap and no duplicate (law V1)."""
    ids = [_draft(number).version_id for number in range(5)]
    for number in range(5):
        store.create(_draft(number), _guard(f"key-{number}"))

    found: list[str] = []
    page, after = store.page(2, None)
    while True:
        found += [version.version_id for version in page]
        if after is None:
            break
        page, after = store.page(2, after)
    assert ids[::-1] == found
