"""What the programme's services need from outside."""

from typing import Protocol

from regulars.kernel.idempotency import Guard
from regulars.program.events import ProgramVersionPublished
from regulars.program.model import ProgrammeVersion
from regulars.program.versions import Version


class ProgramStore(Protocol):
    """Reads the published versions."""

    def published(self) -> tuple[ProgrammeVersion, ...]:
        """Every published version in order of number; none in a new installation."""
        ...


class VersionStore(ProgramStore, Protocol):
    """Keeps versions on their way to being published; each write is one transaction."""

    def version(self, version_id: str) -> Version | None:
        """A version as it is now."""
        ...

    def page(self, limit: int, after: str | None) -> tuple[tuple[Version, ...], str | None]:
        """At most `limit` versions, the newest first, from the one after the id `after`; and the id to go on after."""
        ...

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a request."""
        ...

    def create(self, version: Version, guard: Guard) -> None:
        """Writes a new version and its guard.

        Raises:
            LostRaceError: the guard was there already.
        """
        ...

    def save(self, version: Version) -> None:
        """Writes a version over the revision before it.

        Raises:
            LostRaceError: it is at another revision.
        """
        ...

    def publish(self, version: Version, event: ProgramVersionPublished) -> None:
        """Writes a version over the revision before it, and with it the published version of its number and the event.

        Raises:
            LostRaceError: it is at another revision.
            ConflictError: its number was just given to another version.
        """
        ...
