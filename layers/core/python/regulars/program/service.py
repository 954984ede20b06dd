"""The programme's rules as everybody reads them, and its versions as staff make them."""

from datetime import datetime, timedelta

from regulars.kernel.clock import Clock
from regulars.kernel.errors import ConflictError, InvalidCursorError, NotFoundError, PreconditionFailedError
from regulars.kernel.idempotency import Guard, guard_key, input_hash
from regulars.kernel.ids import IdFactory, derived_id
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import LostRaceError
from regulars.program import versions
from regulars.program.commands import ChangeDraft, DecideVersion, DraftVersion, PublishVersion, SubmitVersion, VersionCommand
from regulars.program.events import ProgramVersionPublished
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.ports import ProgramStore, VersionStore
from regulars.program.presets import preset_version
from regulars.program.versions import Version

CACHE_FOR = timedelta(minutes=1)
"""A version starts at least 5 minutes after it is published, so a minute-old copy is never wrong."""


def with_preset(published: tuple[ProgrammeVersion, ...]) -> ProgrammeHistory:
    """The history of an installation: version 1 is the preset `four` unless another was installed; own versions come after it."""
    has_first = any(version.number == 1 for version in published)
    return ProgrammeHistory(published if has_first else (preset_version(), *published))


class ProgramService:
    """Reads the rules."""

    def __init__(self, store: ProgramStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._cached: tuple[datetime, ProgrammeHistory] | None = None

    def history(self) -> ProgrammeHistory:
        """Every version in force, at most a minute old."""
        now = self._clock()
        if self._cached is None or not timedelta(0) <= now - self._cached[0] < CACHE_FOR:
            self._cached = (now, with_preset(self._store.published()))
        return self._cached[1]


class VersionService:
    """Makes versions: drafting, changing, submitting, deciding, publishing (TIER-03)."""

    def __init__(self, store: VersionStore, clock: Clock, new_id: IdFactory) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    def draft(self, command: DraftVersion) -> tuple[Version, bool]:
        """Begins a version; answers it, and whether it had been begun by the same request before.

        Raises:
            IdempotencyMismatchError: the key came with other content before.
            CurrencyFixedError, TimeZoneFixedError: see the command.
        """
        key = guard_key("draft_version", command.actor, command.idempotency_key)
        content = input_hash([command.programme.model_dump(mode="json"), command.note])
        if guard := self._store.guard(key):
            return Version.model_validate_json(guard.answer_for(content)), True
        self._require_same_units(command.programme)
        version = versions.drafted(self._new_id("ver"), command, self._clock())
        try:
            self._store.create(version, Guard(key, content, version.model_dump_json()))
        except LostRaceError:
            twin = self._store.guard(key)
            if twin is None:
                raise ConflictError(retry_after_seconds=1) from None
            return Version.model_validate_json(twin.answer_for(content)), True
        return version, False

    def read(self, version_id: str) -> Version:
        """A version.

        Raises:
            NotFoundError: there is none of this id.
        """
        version = self._store.version(version_id)
        if version is None:
            raise NotFoundError
        return version

    def page(self, limit: int, cursor: str | None) -> Page[Version]:
        """Versions, the newest first.

        Raises:
            InvalidCursorError: the cursor is none of this list's.
        """
        position = decode_cursor(cursor) if cursor else {}
        if cursor and position.keys() != {"after"}:
            raise InvalidCursorError
        found, following = self._store.page(limit, position.get("after"))
        return Page(found, encode_cursor({"after": following}) if following else None)

    def take(self, command: VersionCommand) -> Version:
        """Takes one step of a version's life; the same step asked again answers the same.

        Raises:
            NotFoundError: there is no such version.
            PreconditionFailedError: it has changed since the caller read it.
            RegularsError: what the command lists.
        """
        version = self.read(command.version_id)
        if versions.is_repeated(version, command):
            return version
        if command.revision != versions.etag(version):
            raise PreconditionFailedError
        try:
            return self._step(version, command)
        except LostRaceError:
            current = self.read(command.version_id)
            if versions.is_repeated(current, command):
                return current
            raise PreconditionFailedError from None

    def _step(self, version: Version, command: VersionCommand) -> Version:
        now = self._clock()
        match command:
            case ChangeDraft():
                self._require_same_units(command.programme)
                following = versions.changed(version, command, now)
            case SubmitVersion():
                following = versions.submitted(version, command, now)
            case DecideVersion():
                following = versions.decided(version, command, now)
            case _:
                return self._publish(version, command, now)
        self._store.save(following)
        return following

    def _publish(self, version: Version, command: PublishVersion, now: datetime) -> Version:
        self._require_same_units(version.programme)
        latest = with_preset(self._store.published()).versions[-1]
        following = versions.published(version, command, now, latest)
        event = ProgramVersionPublished(
            event_id=derived_id("evt", "program_version", version.version_id),
            occurred_at=now,
            version_id=version.version_id,
            number=latest.number + 1,
            effective_from=command.effective_from,
        )
        self._store.publish(following, event)
        return following

    def _require_same_units(self, programme: Programme) -> None:
        if published := self._store.published():
            versions.require_same_units(programme, published[-1])
