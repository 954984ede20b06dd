"""Work that is longer than a request: kept as it stands, worked off slice by slice, read by its id."""

from collections.abc import Callable, Mapping
from copy import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard


class JobKind(StrEnum):
    """What a job does."""

    SIMULATION = "simulation"
    IMPORT = "import"
    EXPORT = "export"


class JobStatus(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Job(Struct, frozen=True):
    """One job: what was asked, how far it has come (`state`, plain JSON), and whether it has ended; `problem` says why it failed."""

    job_id: str
    kind: JobKind
    request: Mapping[str, Any]
    requested_by: str
    requested_at: datetime
    state: Mapping[str, Any]
    status: JobStatus = JobStatus.RUNNING
    ended_at: datetime | None = None
    problem: str = ""
    revision: int = 1

    @property
    def is_running(self) -> bool:
        """Whether something is left to do."""
        return self.status is JobStatus.RUNNING

    def with_state(self, state: Mapping[str, Any]) -> "Job":
        """The job further on."""
        return replace(self, state=state)

    def ended(self, at: datetime, problem: str = "") -> "Job":
        """The job at its end."""
        return replace(self, status=JobStatus.FAILED if problem else JobStatus.FINISHED, ended_at=at, problem=problem)

    def started(self) -> "Job":
        """The job that waited, now to be worked off."""
        return replace(self, status=JobStatus.RUNNING)


class JobStore(Protocol):
    """Keeps jobs; a job that is to be worked off lets out the event that starts its worker."""

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a request."""
        ...

    def create(self, job: Job, guard: Guard) -> None:
        """Writes a new job and its guard, and with a running one the event.

        Raises:
            GuardExistsError: it was asked for before.
        """
        ...

    def save(self, job: Job, *, is_started: bool = False) -> Job:
        """Writes a job over the revision it was read at; answers it with the next. `is_started` lets the event out.

        Raises:
            LostRaceError: somebody else has gone on with it.
        """
        ...

    def job(self, kind: JobKind, job_id: str) -> Job | None:
        """One job as it is now."""
        ...

    def page(self, kind: JobKind, *, limit: int, after: str | None) -> tuple[list[Job], str | None]:
        """Jobs of a kind, newest first, and the id to go on after."""
        ...


type Resume = Callable[[str, Callable[[Job], None]], Job]
"""Goes on with a job of an id; what could not be finished is put back by the second argument. Raises: NotFoundError."""


def resumed(resume: Resume, message: Mapping[str, Any], put: Callable[[Job], None]) -> Job | None:
    """Goes on with the job that a message names; `None` when there is none.

    A job is written before its event is let out, so where there is none nothing is to be done.
    """
    try:
        return resume(message["detail"]["job_id"], put)
    except NotFoundError:
        return None
