"""The programme for tests: its rules as JSON with a part replaced, a store in memory, an id factory that counts."""

from typing import Any

from ulid import ULID

from regulars.kernel.errors import ConflictError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import IdFactory
from regulars.kernel.retry import LostRaceError
from regulars.program.events import ProgramVersionPublished
from regulars.program.model import ProgrammeVersion
from regulars.program.presets import PresetName, preset
from regulars.program.versions import Version


def programme_json(name: PresetName = "four", **parts: Any) -> dict[str, Any]:
    """A preset as it is sent, with whole parts replaced."""
    return {**preset(name).model_dump(mode="json"), **parts}


def counting_ids() -> IdFactory:
    """Ids that rise by one, the same in every run."""
    count = iter(range(1, 1_000_000))
    return lambda prefix: f"{prefix}_{ULID.from_int(next(count))}"


class FakeProgramStore:
    """The store of versions in memory."""

    def __init__(self) -> None:
        self.versions: dict[str, Version] = {}
        self.guards: dict[str, Guard] = {}
        self.numbers: dict[int, ProgrammeVersion] = {}
        self.events: list[ProgramVersionPublished] = []

    def published(self) -> tuple[ProgrammeVersion, ...]:
        return tuple(self.numbers[number] for number in sorted(self.numbers))

    def version(self, version_id: str) -> Version | None:
        return self.versions.get(version_id)

    def page(self, limit: int, after: str | None) -> tuple[tuple[Version, ...], str | None]:
        ids = sorted((found for found in self.versions if after is None or found < after), reverse=True)
        page = tuple(self.versions[version_id] for version_id in ids[:limit])
        return page, page[-1].version_id if len(ids) > limit else None

    def guard(self, key: str) -> Guard | None:
        return self.guards.get(key)

    def create(self, version: Version, guard: Guard) -> None:
        if guard.key in self.guards:
            raise LostRaceError
        self.versions[version.version_id], self.guards[guard.key] = version, guard

    def save(self, version: Version) -> None:
        self._require_revision_before(version)
        self.versions[version.version_id] = version

    def publish(self, version: Version, event: ProgramVersionPublished) -> None:
        self._require_revision_before(version)
        if event.number in self.numbers:
            raise ConflictError(retry_after_seconds=1)
        self.versions[version.version_id] = version
        self.numbers[event.number] = ProgrammeVersion(number=event.number, effective_from=event.effective_from, programme=version.programme)
        self.events.append(event)

    def _require_revision_before(self, version: Version) -> None:
        if self.versions[version.version_id].revision != version.revision - 1:
            raise LostRaceError
