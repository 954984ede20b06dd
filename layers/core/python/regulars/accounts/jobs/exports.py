"""The ledger of a period as files of JSON Lines: one entry a line, member by member, each in the order in which it was recorded.

Whatever was recorded on the business dates of the period is in it, by the entries' recorded time; what is recorded later is not.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from regulars.accounts.entries import Entry
from regulars.accounts.jobs.imports import URL_SECONDS, Files
from regulars.accounts.jobs.periods import Period
from regulars.accounts.jobs.reading import entry_pages
from regulars.accounts.jobs.service import SLICE_SECONDS, Job, JobKind, JobService, JobStore
from regulars.accounts.model import NEVER
from regulars.accounts.ports import LedgerStore, Programmes
from regulars.kernel.clock import Clock, instant_text
from regulars.kernel.ids import IdFactory

EXPORTS = "exports/"
PART_BYTES_MAX = 32 * 1024 * 1024
_PAGE = 100


class Exports(JobService):
    """The use case: asking, reading, going on."""

    kind = JobKind.EXPORT

    def __init__(
        self,
        jobs: JobStore,
        files: Files,
        store: LedgerStore,
        programmes: Programmes,
        clock: Clock,
        *,
        new_id: IdFactory,
        stopwatch: Callable[[], float],
    ) -> None:
        super().__init__(jobs, clock, new_id=new_id, stopwatch=stopwatch)
        self._files = files
        self._store = store
        self._programmes = programmes

    def ask(self, period: Period, actor: str, idempotency_key: str) -> tuple[Job, bool]:
        """Begins an export; also answers whether it had been begun by the same request before.

        Raises:
            PeriodUnfitError: the days do not fit.
            IdempotencyMismatchError: the key came with other content before.
        """

        def begin() -> Job:
            period.check(self._programmes, self._clock())
            state = {"start": None, "members": 0, "entries": 0, "parts": 0}
            return Job(self._new_id("exp"), self.kind, period.to_json(), actor, self._clock(), state)

        return self._ask_once(actor, idempotency_key, period.to_json(), begin)

    def urls(self, job: Job) -> list[str]:
        """Where the files can be read, once all are there."""
        numbers = range(1, job.state["parts"] + 1) if not job.is_running else ()
        return [self._files.download_url(_part_key(job, number), URL_SECONDS) for number in numbers]

    def _slice(self, job: Job) -> Job:
        """A slice is one file."""
        state: dict[str, Any] = dict(job.state)
        lines, is_done = self._lines(job, state)
        if lines:
            state["parts"] += 1
            self._files.write(_part_key(job, state["parts"]), "".join(lines).encode())
        job = job.with_state(state)
        return job.ended(self._clock()) if is_done else job

    def _lines(self, job: Job, state: dict[str, Any]) -> tuple[list[str], bool]:
        """The lines of one file, and whether nobody is left; a page of members is never cut."""
        started, size = self._stopwatch(), 0
        first, end = Period.span(job, self._programmes)
        lines: list[str] = []
        while True:
            members, start = self._store.members(limit=_PAGE, start=state["start"])
            for member_id in members:
                found = [
                    json.dumps(entry_json(entry), separators=(",", ":"), ensure_ascii=False) + "\n"
                    for entry in self._entries(member_id, first, end)
                ]
                lines += found
                size += sum(map(len, found))
                state["entries"] += len(found)
            state |= {"start": dict(start) if start else None, "members": state["members"] + len(members)}
            if start is None:
                return lines, True
            if self._stopwatch() - started > SLICE_SECONDS or size > PART_BYTES_MAX:
                return lines, False

    def _entries(self, member_id: str, first: datetime, end: datetime) -> list[Entry]:
        """A member's entries of the span, oldest first; reading stops at the first page that ends before it."""
        found: list[Entry] = []
        for page in entry_pages(self._store, member_id):
            found += page
            if page and page[-1].recorded_at < first:
                break
        return [entry for entry in reversed(found) if first <= entry.recorded_at < end]


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry in full, as plain JSON: instants as RFC 3339, days as YYYY-MM-DD; a lot that never ends has none."""
    plain: dict[str, Any] = _plain({"entry_id": entry.entry_id, **asdict(entry)})
    return {name: value for name, value in plain.items() if value not in (None, [], {})}


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return None if value == NEVER else value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _part_key(job: Job, number: int) -> str:
    return f"{EXPORTS}{job.job_id}/{number:05d}.jsonl"
