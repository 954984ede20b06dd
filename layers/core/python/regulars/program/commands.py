"""What staff ask of the programme's versions; `actor` is how records name the caller, `revision` what the caller has read."""

from datetime import datetime

from msgspec import Struct

from regulars.program.model import Programme


class DraftVersion(Struct, frozen=True):
    """Begins a version. May raise `IdempotencyMismatchError`, `CurrencyFixedError`, `TimeZoneFixedError`."""

    programme: Programme
    note: str
    actor: str
    idempotency_key: str


class ChangeDraft(Struct, frozen=True):
    """Replaces a draft's content. May raise `NotFoundError`, `PreconditionFailedError`, `VersionStateError` and what drafting may."""

    version_id: str
    revision: str
    programme: Programme
    note: str
    actor: str


class SubmitVersion(Struct, frozen=True):
    """Asks for approval; the content is fixed from here on. May raise `NotFoundError`, `PreconditionFailedError`, `VersionStateError`."""

    version_id: str
    revision: str
    actor: str


class DecideVersion(Struct, frozen=True):
    """Approves a submitted version, or sends it back as a draft. May raise what submitting may and `SeparationOfDutiesError`."""

    version_id: str
    revision: str
    approved: bool
    note: str
    actor: str


class PublishVersion(Struct, frozen=True):
    """Puts an approved version in force from an instant.

    May raise what submitting may, `EffectiveFromTooEarlyError`, `EffectiveFromTooLateError`, `CurrencyFixedError`,
    `TimeZoneFixedError`, and `ConflictError` when another version was published at the same time.
    """

    version_id: str
    revision: str
    effective_from: datetime
    actor: str


type VersionCommand = ChangeDraft | SubmitVersion | DecideVersion | PublishVersion
