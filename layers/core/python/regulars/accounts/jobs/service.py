"""Work that is longer than a request: kept as it stands, worked off slice by slice, read by its id."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from regulars.accounts.ports import GuardExistsError
from regulars.kernel.clock import Clock
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard, guard_key, input_hash
from regulars.kernel.ids import IdFactory
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import LostRaceError

SLICE_SECONDS = 25.0
"""For how long a worker goes on with a job before it hands on the rest."""


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


class JobService(ABC):
    """What every kind of job has in common: it is asked for once, read, listed, and worked off slice by slice."""

    kind: JobKind

    def __init__(self, jobs: JobStore, clock: Clock, *, new_id: IdFactory, stopwatch: Callable[[], float]) -> None:
        self._jobs = jobs
        self._clock = clock
        self._new_id = new_id
        self._stopwatch = stopwatch

    @abstractmethod
    def _slice(self, job: Job) -> Job:
        """The job after as much work as a slice has time for, ended or further on."""

    def _ask_once(self, actor: str, idempotency_key: str, content: object, begin: Callable[[], Job]) -> tuple[Job, bool]:
        """The job that `begin` makes; for a request that came before its job as it is now, and that it had come.

        Raises:
            IdempotencyMismatchError: the key came with other content before.
        """
        key, hashed = guard_key(self.kind.value, actor, idempotency_key), input_hash(content)
        known = self._jobs.guard(key)
        if known is None:
            job = begin()
            try:
                self._jobs.create(job, Guard(key, hashed, job.job_id))
            except GuardExistsError as error:
                known = error.guard
            else:
                return job, False
        return self.read(known.answer_for(hashed)), True

    def read(self, job_id: str) -> Job:
        """One of these jobs. Raises: NotFoundError."""
        job = self._jobs.job(self.kind, job_id)
        if job is None:
            raise NotFoundError
        return job

    def page(self, limit: int, cursor: str | None) -> Page[Job]:
        """These jobs, newest first. Raises: InvalidCursorError."""
        after = decode_cursor(cursor).get("after") if cursor else None
        found, following = self._jobs.page(self.kind, limit=limit, after=after)
        return Page(tuple(found), encode_cursor({"after": following}) if following else None)

    def resume(self, job_id: str, put: Callable[[Sequence[Job]], None]) -> Job:
        """Goes on with a job for one slice and puts what is left; one that has ended, or that another worker has, is left alone.

        Raises:
            NotFoundError: there is none of this id.
            UnavailableError: nothing could be done now; try again.
        """
        job = self.read(job_id)
        if not job.is_running:
            return job
        try:
            job = self._jobs.save(self._slice(job))
        except LostRaceError:
            return self.read(job_id)
        if job.is_running:
            put([job])
        return job


def message_of(job: Job) -> dict[str, Any]:
    """A job's next slice, in the shape in which the bus brings the first."""
    return {"detail": {"job_id": job.job_id, "kind": job.kind.value}}


def resumed(jobs: JobService, message: Mapping[str, Any], put: Callable[[Sequence[Job]], None]) -> Job | None:
    """Goes on with the job that a message names; `None` when there is none.

    A job is written before its event is let out, so where there is none nothing is to be done.
    """
    try:
        return jobs.resume(message["detail"]["job_id"], put)
    except NotFoundError:
        return None
