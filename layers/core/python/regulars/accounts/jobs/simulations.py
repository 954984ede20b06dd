"""Trying a programme before it is in force: a period's facts of a sample of members, played under a draft and under the programme in force.

A sample is drawn without looking at anybody: of all accounts, those whose id hashes lowest with the simulation's own id. The work is
bounded by members, by entries a member, and by time; what a request cannot finish becomes a job.
"""

import hashlib
import heapq
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from regulars.accounts.entries import Entry
from regulars.accounts.jobs.periods import Period
from regulars.accounts.jobs.reading import entry_pages
from regulars.accounts.jobs.service import SLICE_SECONDS, Job, JobKind, JobService, JobStore
from regulars.accounts.jobs.tally import Tally
from regulars.accounts.jobs.what_if import Question, compare
from regulars.accounts.ports import LedgerStore, Programmes
from regulars.kernel.clock import Clock
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import IdFactory
from regulars.program.model import Programme

SAMPLE_MAX = 1000
MEMBERS_LISTED_MAX = 200_000
"""How many accounts the sample is drawn from at most."""

ENTRIES_MAX = 2000
"""How many of a member's entries are read; of longer accounts the latest are, and they are counted as cut."""

REQUEST_SECONDS = 8.0
_PAGE = 100

type ReadDraft = Callable[[str], Programme]
"""The content of a version. Raises: NotFoundError."""


class SimulationRequest(Struct, frozen=True):
    """What is asked: which version, over which days, on how many members at most."""

    version_id: str
    period: Period
    sample_size: int


class Simulations(JobService):
    """The use case: asking, going on, reading."""

    kind = JobKind.SIMULATION

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
        super().__init__(jobs, clock, new_id=new_id, stopwatch=stopwatch)
        self._store = store
        self._programmes = programmes
        self._read_draft = read_draft

    def ask(self, request: SimulationRequest, actor: str, idempotency_key: str) -> tuple[Job, bool]:
        """Simulates as far as a request has time for; answers the job, ended or running, and whether it had been asked for before.

        Raises:
            NotFoundError: there is no such version.
            PeriodUnfitError: the days do not fit.
            IdempotencyMismatchError: the key came with other content before.
        """
        facts = {"version_id": request.version_id, **request.period.to_json(), "sample_size": request.sample_size}

        def begin() -> Job:
            request.period.check(self._programmes, self._clock())
            draft = {"draft": _fingerprint(self._read_draft(request.version_id))}
            state: dict[str, Any] = {"is_listed": False, "start": None, "known": 0, "sample": [], "place": 0, "tally": Tally().to_json()}
            return self._go_on(Job(self._new_id("sim"), self.kind, facts | draft, actor, self._clock(), state), REQUEST_SECONDS)

        return self._ask_once(actor, idempotency_key, facts, begin)

    def of_version(self, version_id: str, job_id: str) -> Job:
        """A simulation of a version. Raises: NotFoundError."""
        job = self.read(job_id)
        if job.request["version_id"] != version_id:
            raise NotFoundError
        return job

    def _slice(self, job: Job) -> Job:
        return self._go_on(job, SLICE_SECONDS)

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
        return Question.of(history, history.at(job.requested_at), draft, *Period.span(job, self._programmes))

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
        for page in entry_pages(self._store, member_id):
            found += page
            if len(found) >= ENTRIES_MAX:
                break
        return found[::-1], bool(found) and found[-1].version > 1


def _rank(job_id: str, member_id: str) -> bytes:
    return hashlib.sha256(f"{job_id}{member_id}".encode()).digest()


def _fingerprint(programme: Programme) -> str:
    return input_hash(programme.model_dump(mode="json"))
