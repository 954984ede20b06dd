"""The life of a version: `draft` → `submitted` → `approved` → `published`; a decision against it makes it a draft again.

Each step is a pure function of the version, the command and the present instant; it answers the version after the step or refuses.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import asdict
from pydantic import BaseModel, ConfigDict

from regulars.kernel.clock import instant_text
from regulars.kernel.idempotency import input_hash
from regulars.program.commands import ChangeDraft, DecideVersion, DraftVersion, PublishVersion, SubmitVersion, VersionCommand
from regulars.program.errors import (
    CurrencyFixedError,
    EffectiveFromTooEarlyError,
    EffectiveFromTooLateError,
    SeparationOfDutiesError,
    TimeZoneFixedError,
    VersionStateError,
    VersionTooOftenChangedError,
)
from regulars.program.model import Programme, ProgrammeVersion

PUBLISHED_AHEAD = timedelta(minutes=5)
"""How long before its start a version is published at the latest: every process has read it by then (it is cached for one minute)."""

PUBLISHED_AHEAD_MAX = timedelta(days=3 * 366)
"""How far ahead a start may lie: a typing error in the year is refused."""

STEPS_MAX = 100
"""How many steps a version may take: its item stays small."""


class VersionStatus(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"


class Step(BaseModel):
    """One step of a version's life: what was done, by whom, when, and what was said about it."""

    model_config = ConfigDict(frozen=True)

    what: str
    by: str
    at: datetime
    note: str = ""


class Version(BaseModel):
    """A version on its way to being published, and for ever after.

    `revision` rises by one with every step and is the ETag; `authors` are all who wrote or submitted it; `last_command` is the
    hash of the step that led here, so that a step whose answer was lost can be asked again.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    version_id: str
    revision: int
    status: VersionStatus
    programme: Programme
    note: str
    authors: tuple[str, ...]
    steps: tuple[Step, ...]
    number: int | None = None
    effective_from: datetime | None = None
    last_command: str = ""


def drafted(version_id: str, command: DraftVersion, now: datetime) -> Version:
    """The first draft."""
    return Version(
        version_id=version_id,
        revision=1,
        status=VersionStatus.DRAFT,
        programme=command.programme,
        note=command.note,
        authors=(command.actor,),
        steps=(Step(what="drafted", by=command.actor, at=now, note=command.note),),
    )


def changed(version: Version, command: ChangeDraft, now: datetime) -> Version:
    """The draft with other content."""
    _require_status(version, VersionStatus.DRAFT)
    return _after(
        version,
        command,
        Step(what="changed", by=command.actor, at=now, note=command.note),
        programme=command.programme,
        note=command.note,
        authors=_with(version.authors, command.actor),
    )


def submitted(version: Version, command: SubmitVersion, now: datetime) -> Version:
    """The version as it waits for a decision."""
    _require_status(version, VersionStatus.DRAFT)
    step = Step(what="submitted", by=command.actor, at=now)
    return _after(version, command, step, status=VersionStatus.SUBMITTED, authors=_with(version.authors, command.actor))


def decided(version: Version, command: DecideVersion, now: datetime) -> Version:
    """The version approved, or a draft again (law A2: never by its authors)."""
    _require_status(version, VersionStatus.SUBMITTED)
    if command.actor in version.authors:
        raise SeparationOfDutiesError
    step = Step(what="approved" if command.approved else "rejected", by=command.actor, at=now, note=command.note)
    return _after(version, command, step, status=VersionStatus.APPROVED if command.approved else VersionStatus.DRAFT)


def published(version: Version, command: PublishVersion, now: datetime, latest: ProgrammeVersion) -> Version:
    """The version with its number and start; `latest` is the version published before it."""
    _require_status(version, VersionStatus.APPROVED)
    earliest = max(now + PUBLISHED_AHEAD, latest.effective_from)
    if command.effective_from < earliest:
        raise EffectiveFromTooEarlyError(earliest=instant_text(earliest))
    if command.effective_from > now + PUBLISHED_AHEAD_MAX:
        raise EffectiveFromTooLateError(latest=instant_text(now + PUBLISHED_AHEAD_MAX))
    step = Step(what="published", by=command.actor, at=now)
    number = latest.number + 1
    return _after(version, command, step, status=VersionStatus.PUBLISHED, number=number, effective_from=command.effective_from)


def require_same_units(programme: Programme, latest: ProgrammeVersion) -> None:
    """Refuses another currency or time zone than the published one's: what is recorded is counted in them.

    Raises:
        CurrencyFixedError: the currency differs.
        TimeZoneFixedError: the time zone differs.
    """
    if programme.currency != latest.programme.currency:
        raise CurrencyFixedError(currency=latest.programme.currency)
    if programme.time_zone != latest.programme.time_zone:
        raise TimeZoneFixedError(time_zone=latest.programme.time_zone)


def etag(version: Version) -> str:
    """How a caller names the revision it has read."""
    return f'"{version.revision}"'


def is_repeated(version: Version, command: VersionCommand) -> bool:
    """Whether the command is the very one that led to this revision: its answer was lost and it is asked again."""
    return version.last_command == _hash(command)


def _hash(command: VersionCommand) -> str:
    facts = asdict(command)
    if isinstance(command, ChangeDraft):
        facts["programme"] = command.programme.model_dump(mode="json")
    if isinstance(command, PublishVersion):
        facts["effective_from"] = instant_text(command.effective_from)
    return input_hash([type(command).__name__, facts])


def _after(version: Version, command: VersionCommand, step: Step, **update: object) -> Version:
    if len(version.steps) >= STEPS_MAX:
        raise VersionTooOftenChangedError(steps_max=STEPS_MAX)
    following = {"revision": version.revision + 1, "steps": (*version.steps, step), "last_command": _hash(command)}
    return version.model_copy(update={**following, **update})


def _require_status(version: Version, needed: VersionStatus) -> None:
    if version.status is not needed:
        raise VersionStateError(status=version.status.value, needed=needed.value)


def _with(authors: tuple[str, ...], actor: str) -> tuple[str, ...]:
    return authors if actor in authors else (*authors, actor)
