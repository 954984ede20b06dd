"""Trying a programme before it is in force: a period's facts of a sample of members, played under a draft and under the programme in force.

A sample is drawn without looking at anybody: of all accounts, those whose id hashes lowest with the simulation's own id. The work is
bounded by members, by entries a member, and by time; what a request cannot finish becomes a job.
"""

import hashlib
import heapq
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from regulars.accounts.entries import Entry
from regulars.accounts.errors import PeriodUnfitError
from regulars.accounts.jobs import Job, JobKind, JobStore
from regulars.accounts.ports import GuardExistsError, LedgerStore, Programmes
from regulars.accounts.tally import Tally
from regulars.accounts.what_if import Question, compare
from regulars.kernel.clock import Clock, business_date, start_of_day
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard, guard_key, input_hash
from regulars.kernel.ids import IdFactory
from regulars.kernel.retry import LostRaceError
from regulars.program.model import Programme

DAYS_MAX = 366
SAMPLE_MAX = 1000
MEMBERS_LISTED_MAX = 200_000
"""How many accounts the sample is drawn from at most."""

ENTRIES_MAX = 2000
"""How many of a member's entries are read; of longer accounts the latest are, and they are counted as cut."""

REQUEST_SECONDS = 8.0
SLICE_SECONDS = 25.0
_PAGE = 100

type ReadDraft = Callable[[str], Programme]
"""The content of a version. Raises: NotFoundError."""


class SimulationRequest(Struct, frozen=True):
    """What is asked: which version, over which days, on how many members at most."""

    version_id: str
    first_day: date
    last_day: date
    sample_size: int


class Simulations:
    """The use case: asking, going on, reading."""

    def __init__(
        self,
        jobs: JobStore,
        store: LedgerStore,
        programmes: Programmes,
        read_draft: ReadDraft,
        clock: Clock,
        *,
        new_id: IdFactory,
        stopwatch: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._programmes = programmes
        self._read_draft = read_draft
        self._clock = clock
        self._new_id = new_id
        self._stopwatch = stopwatch

    def ask(self, request: SimulationRequest, actor: str, idempotency_key: str) -> tuple[Job, bool]:
        """Simulates as far as a request has time for; answers the job, ended or running, and whether it had been asked for before.

        Raises:
            NotFoundError: there is no such version.
            PeriodUnfitError: the days do not fit.
            IdempotencyMismatchError: the key came with other content before.
        """
        key = guard_key("simulate", actor, idempotency_key)
        facts = {**asdict(request), "first_day": request.first_day.isoformat(), "last_day": request.last_day.isoformat()}
        content = input_hash(facts)
        known = self._jobs.guard(key)
        if known is None:
            self._check(request)
            facts["draft"] = _fingerprint(self._read_draft(request.version_id))
            state: dict[str, Any] = {"is_listed": False, "start": None, "known": 0, "sample": [], "place": 0, "tally": Tally().to_json()}
            job = Job(self._new_id("sim"), JobKind.SIMULATION, facts, actor, self._clock(), state)
            job = self._go_on(job, REQUEST_SECONDS)
            try:
                self._jobs.create(job, Guard(key, content, job.job_id))
            except GuardExistsError as error:
                known = error.guard
            else:
                return job, False
        return self._job(known.answer_for(content)), True

    def read(self, version_id: str, job_id: str) -> Job:
        """A simulation of a version. Raises: NotFoundError."""
        job = self._job(job_id)
        if job.request["version_id"] != version_id:
            raise NotFoundError
        return job

    def resume(self, job_id: str, put: Callable[[Job], None]) -> Job:
        """Goes on with a job for one slice and puts what is left; a job that has ended, or that another worker has, is left alone.

        Raises:
            NotFoundError: there is none of this id.
        """
        job = self._job(job_id)
        if not job.is_running:
            return job
        try:
            job = self._jobs.save(self._go_on(job, SLICE_SECONDS))
        except LostRaceError:
            return self._job(job_id)
        if job.is_running:
            put(job)
        return job

    def _job(self, job_id: str) -> Job:
        job = self._jobs.job(JobKind.SIMULATION, job_id)
        if job is None:
            raise NotFoundError
        return job

    def _check(self, request: SimulationRequest) -> None:
        now = self._clock()
        today = business_date(now, self._programmes().at(now).programme.time_zone)
        days = (request.last_day - request.first_day).days + 1
        if not (1 <= days <= DAYS_MAX and request.last_day <= today):
            raise PeriodUnfitError(days=DAYS_MAX)

    def _go_on(self, job: Job, seconds: float) -> Job:
        """The job after a slice: first the sample, page by page, then its members one by one."""
        started = self._stopwatch()
        draft = self._read_draft(str(job.request["version_id"]))
        if _fingerprint(draft) != job.request["draft"]:
            return job.ended(self._clock(), "version_changed")
        question = self._question(job, draft)
        state: dict[str, Any] = dict(job.state)
        while True:
            is_done = self._play(question, state) if state["is_listed"] else self._choose(job, state)
            if is_done:
                return job.with_state(state).ended(self._clock())
            if self._stopwatch() - started > seconds:
                return job.with_state(state)

    def _question(self, job: Job, draft: Programme) -> Question:
        history = self._programmes()
        in_force = history.at(job.requested_at)
        zone = in_force.programme.time_zone
        start = start_of_day(date.fromisoformat(job.request["first_day"]), zone)
        end = start_of_day(date.fromisoformat(job.request["last_day"]) + timedelta(days=1), zone)
        return Question.of(history, in_force, draft, start, min(end, job.requested_at))

    def _choose(self, job: Job, state: dict[str, Any]) -> bool:
        """One more page of the accounts there are; the lowest hashes stay."""
        found, start = self._store.members(limit=_PAGE, start=state["start"])
        ranked = heapq.nsmallest(job.request["sample_size"], {*state["sample"], *found}, key=lambda name: _rank(job.job_id, name))
        known = state["known"] + len(found)
        is_listed = start is None or known >= MEMBERS_LISTED_MAX
        state |= {"sample": ranked, "known": known, "start": dict(start) if start else None, "is_listed": is_listed}
        return False

    def _play(self, question: Question, state: dict[str, Any]) -> bool:
        """One more member of the sample; whether that was the last."""
        if state["place"] < len(state["sample"]):
            member_id = state["sample"][state["place"]]
            entries, is_cut = self._entries(member_id)
            tally = Tally.of(state["tally"])
            tally.cut += is_cut
            sides = compare(member_id, entries, question)
            if sides:
                tally.add(member_id, *sides, (question.current.at(question.end).programme, question.draft.at(question.end).programme))
            state |= {"place": state["place"] + 1, "tally": tally.to_json()}
        return bool(state["place"] >= len(state["sample"]))

    def _entries(self, member_id: str) -> tuple[Sequence[Entry], bool]:
        """A member's entries, oldest first, and whether earlier ones were left out."""
        found: list[Entry] = []
        before: int | None = None
        while True:
            page, before = self._store.entries(member_id, limit=_PAGE, before=before)
            found += page
            if before is None or len(found) >= ENTRIES_MAX:
                return found[::-1], before is not None


def _rank(job_id: str, member_id: str) -> bytes:
    return hashlib.sha256(f"{job_id}{member_id}".encode()).digest()


def _fingerprint(programme: Programme) -> str:
    return input_hash(programme.model_dump(mode="json"))
