"""The ledger of a period as files of JSON Lines: one entry a line, member by member, each in the order in which it was recorded.

Whatever was recorded on the business dates of the period is in it, by the entries' recorded time; what is recorded later is not.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from regulars.accounts.entries import Entry
from regulars.accounts.errors import PeriodUnfitError
from regulars.accounts.imports import URL_SECONDS, Files
from regulars.accounts.jobs import Job, JobKind, JobStore
from regulars.accounts.model import NEVER
from regulars.accounts.ports import GuardExistsError, LedgerStore, Programmes
from regulars.kernel.clock import Clock, business_date, instant_text, start_of_day
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard, guard_key, input_hash
from regulars.kernel.ids import IdFactory
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import LostRaceError

EXPORTS = "exports/"
DAYS_MAX = 366
SLICE_SECONDS = 25.0
PART_BYTES_MAX = 32 * 1024 * 1024
_PAGE = 100


class Exports:
    """The use case: asking, reading, going on."""

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
        self._jobs = jobs
        self._files = files
        self._store = store
        self._programmes = programmes
        self._clock = clock
        self._new_id = new_id
        self._stopwatch = stopwatch

    def ask(self, first_day: date, last_day: date, actor: str, idempotency_key: str) -> tuple[Job, bool]:
        """Begins an export; also answers whether it had been begun by the same request before.

        Raises:
            PeriodUnfitError: the days do not fit.
            IdempotencyMismatchError: the key came with other content before.
        """
        key = guard_key("export", actor, idempotency_key)
        request = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
        content = input_hash(request)
        known = self._jobs.guard(key)
        if known is None:
            self._check(first_day, last_day)
            state = {"start": None, "members": 0, "entries": 0, "parts": 0}
            job = Job(self._new_id("exp"), JobKind.EXPORT, request, actor, self._clock(), state)
            try:
                self._jobs.create(job, Guard(key, content, job.job_id))
            except GuardExistsError as error:
                known = error.guard
            else:
                return job, False
        return self.read(known.answer_for(content)), True

    def _check(self, first_day: date, last_day: date) -> None:
        now = self._clock()
        today = business_date(now, self._programmes().at(now).programme.time_zone)
        if not (first_day <= last_day <= today and (last_day - first_day).days < DAYS_MAX):
            raise PeriodUnfitError(days=DAYS_MAX)

    def read(self, export_id: str) -> Job:
        """An export. Raises: NotFoundError."""
        job = self._jobs.job(JobKind.EXPORT, export_id)
        if job is None:
            raise NotFoundError
        return job

    def page(self, limit: int, cursor: str | None) -> Page[Job]:
        """Exports, newest first. Raises: InvalidCursorError."""
        after = decode_cursor(cursor).get("after") if cursor else None
        found, following = self._jobs.page(JobKind.EXPORT, limit=limit, after=after)
        return Page(tuple(found), encode_cursor({"after": following}) if following else None)

    def urls(self, job: Job) -> list[str]:
        """Where the files can be read, once all are there."""
        numbers = range(1, job.state["parts"] + 1) if not job.is_running else ()
        return [self._files.download_url(_part_key(job, number), URL_SECONDS) for number in numbers]

    def resume(self, export_id: str, put: Callable[[Job], None]) -> Job:
        """Goes on with an export for one slice, which is one file, and puts what is left; one that has ended is left alone.

        Raises:
            NotFoundError: there is none of this id.
        """
        job = self.read(export_id)
        if not job.is_running:
            return job
        state: dict[str, Any] = dict(job.state)
        lines, is_done = self._slice(job, state)
        if lines:
            state["parts"] += 1
            self._files.write(_part_key(job, state["parts"]), "".join(lines).encode())
        job = job.with_state(state)
        try:
            job = self._jobs.save(job.ended(self._clock()) if is_done else job)
        except LostRaceError:
            return self.read(export_id)
        if job.is_running:
            put(job)
        return job

    def _slice(self, job: Job, state: dict[str, Any]) -> tuple[list[str], bool]:
        """The lines of one file, and whether nobody is left; a page of members is never cut."""
        started, size = self._stopwatch(), 0
        first, end = self._span(job)
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

    def _span(self, job: Job) -> tuple[datetime, datetime]:
        zone = self._programmes().at(job.requested_at).programme.time_zone
        last = date.fromisoformat(job.request["last_day"])
        end = start_of_day(last + timedelta(days=1), zone)
        return start_of_day(date.fromisoformat(job.request["first_day"]), zone), min(end, job.requested_at)

    def _entries(self, member_id: str, first: datetime, end: datetime) -> Iterator[Entry]:
        """A member's entries of the span, oldest first; reading stops at the first that lies before it."""
        found: list[Entry] = []
        before: int | None = None
        while True:
            page, before = self._store.entries(member_id, limit=_PAGE, before=before)
            found += page
            if before is None or page[-1].recorded_at < first:
                return (entry for entry in reversed(found) if first <= entry.recorded_at < end)


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
