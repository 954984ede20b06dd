"""Many at once: a file of members, opening balances or purchases, read in ranges, worked off line by line, resumable, once for each line.

The state after a slice says from which byte and line the next goes on; a slice that was cut off is done again, and its lines answer what
they answered. What became of each line is written to a result file a slice, named by the slice's first line, so that doing it again
replaces it.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

from msgspec import Struct, field
from pydantic import ValidationError

from regulars.accounts.errors import ImportFileMissingError, ImportKeyError, ImportStateError, ImportTooLargeError
from regulars.accounts.jobs.service import SLICE_SECONDS, Job, JobKind, JobService, JobStatus, JobStore
from regulars.kernel.clock import Clock
from regulars.kernel.errors import ConflictError, RegularsError, UnavailableError
from regulars.kernel.ids import IdFactory
from regulars.kernel.retry import LostRaceError

if TYPE_CHECKING:
    from regulars.accounts.jobs.import_lines import LineImporter  # only the worker has what it needs: phone numbers, encryption

type ImportKind = Literal["members", "opening_balances", "purchases"]
type ImportFormat = Literal["csv", "jsonl"]

UPLOADS, RESULTS = "uploads/", "results/"
FILE_BYTES_MAX = 512 * 1024 * 1024
LINE_BYTES_MAX = 64 * 1024
CHUNK_BYTES = 512 * 1024
URL_SECONDS = 3600
"""For how long a signed address can be used."""


class Files(Protocol):
    """The installation's own bucket."""

    def size(self, key: str) -> int | None: ...

    def read(self, key: str, start: int, length: int) -> bytes: ...

    def write(self, key: str, content: bytes) -> None: ...

    def upload_url(self, key: str, seconds: int) -> str: ...

    def download_url(self, key: str, seconds: int) -> str: ...


class ImportRequest(Struct, frozen=True):
    """What is asked: lines of a kind in a format, from another system called `source`; `key` where the file is in the bucket already."""

    kind: ImportKind
    format: ImportFormat
    source: str
    key: str | None


class _NotNowError(Exception):
    """A line could not be recorded for a passing reason: the slice ends before it."""


class _Slice(Struct):
    """One go: where it stands in the file, and what became of its lines; inside a line while the rest of one that was refused is passed."""

    offset: int
    line: int
    header: list[str] | None
    is_inside: bool
    counts: Counter[str]
    results: list[str] = field(default_factory=list)


class Imports(JobService):
    """The use case: asking, starting, reading, going on."""

    kind = JobKind.IMPORT

    def __init__(
        self,
        jobs: JobStore,
        files: Files,
        lines: "Callable[[], LineImporter]",
        clock: Clock,
        *,
        new_id: IdFactory,
        stopwatch: Callable[[], float],
    ) -> None:
        super().__init__(jobs, clock, new_id=new_id, stopwatch=stopwatch)
        self._files = files
        self._lines = lines

    def ask(self, request: ImportRequest, actor: str, idempotency_key: str) -> tuple[Job, bool]:
        """Begins an import: at once where the file is there, else it waits for its file and `start`; answers whether it had come before.

        Raises:
            ImportKeyError, ImportFileMissingError, ImportTooLargeError, IdempotencyMismatchError.
        """
        content = [request.kind, request.format, request.source, request.key]
        return self._ask_once(actor, idempotency_key, content, lambda: self._new(request, actor))

    def _new(self, request: ImportRequest, actor: str) -> Job:
        import_id = self._new_id("imp")
        if request.key is not None and not request.key.startswith(UPLOADS):
            raise ImportKeyError(folder=UPLOADS)
        facts = {"kind": request.kind, "format": request.format, "source": request.source, "key": request.key or f"{UPLOADS}{import_id}"}
        state: dict[str, Any] = {"offset": 0, "line": 0, "header": None, "is_inside": False, "size": 0, "counts": {}, "parts": []}
        job = Job(import_id, self.kind, facts, actor, self._clock(), state, JobStatus.WAITING)
        return self._with_file(job) if request.key else job

    def _with_file(self, job: Job) -> Job:
        size = self._files.size(job.request["key"])
        if size is None:
            raise ImportFileMissingError
        if size > FILE_BYTES_MAX:
            raise ImportTooLargeError(megabytes=FILE_BYTES_MAX // 1024**2)
        return job.with_state({**job.state, "size": size}).started()

    def start(self, import_id: str) -> Job:
        """Starts an import whose file has been uploaded; starting it again changes nothing.

        Raises:
            NotFoundError, ImportFileMissingError, ImportTooLargeError, ImportStateError.
        """
        job = self.read(import_id)
        if job.status is not JobStatus.WAITING:
            return job
        try:
            return self._jobs.save(self._with_file(job), is_started=True)
        except LostRaceError:
            raise ImportStateError from None

    def upload_url(self, job: Job) -> str:
        """Where the file is to be PUT."""
        return self._files.upload_url(job.request["key"], URL_SECONDS)

    def result_urls(self, job: Job) -> list[tuple[int, str]]:
        """Where the results can be read, by the number of their first line."""
        return [(line, self._files.download_url(_part_key(job, line), URL_SECONDS)) for line in job.state["parts"]]

    # --- the worker's side ------------------------------------------------------------------------------------------
    def _slice(self, job: Job) -> Job:
        """Whole lines, as many as there is time for. Raises: UnavailableError, not even one line could be recorded now."""
        state = job.state
        piece = _Slice(state["offset"], state["line"], state["header"], state.get("is_inside", False), Counter(state["counts"]))
        self._work(job, piece)
        parts = list(state["parts"])
        if piece.results:
            first = state["line"] + 1
            self._files.write(_part_key(job, first), ("\n".join(piece.results) + "\n").encode())
            parts = [*parts, first]
        place = {"offset": piece.offset, "line": piece.line, "header": piece.header, "is_inside": piece.is_inside}
        job = job.with_state({**state, **place, "counts": dict(piece.counts), "parts": parts})
        return job.ended(self._clock()) if piece.offset >= state["size"] else job

    def _work(self, job: Job, piece: _Slice) -> None:
        started, size, importer = self._stopwatch(), job.state["size"], self._lines()
        try:
            while piece.offset < size:
                chunk = self._files.read(job.request["key"], piece.offset, CHUNK_BYTES)
                self._work_off(job, importer, piece, chunk, is_last=piece.offset + len(chunk) >= size)
                if self._stopwatch() - started > SLICE_SECONDS:
                    return
        except _NotNowError as error:
            if not piece.results:
                raise UnavailableError(retry_after_seconds=1) from error

    def _work_off(self, job: Job, importer: "LineImporter", piece: _Slice, chunk: bytes, *, is_last: bool) -> None:
        """The whole lines of a chunk; what is left of it begins the next one, unless the line is longer than a chunk."""
        *lines, rest = chunk.split(b"\n")
        for text in lines:
            self._line(job, importer, piece, text)
            piece.offset += len(text) + 1
            piece.is_inside = False
        if is_last or not lines:
            self._line(job, importer, piece, rest)
            piece.offset += len(rest)
            piece.is_inside = True

    def _line(self, job: Job, importer: "LineImporter", piece: _Slice, text: bytes) -> None:
        if piece.is_inside or not text.strip():
            return
        if piece.header is None and job.request["format"] == "csv":
            piece.header = next(csv.reader([text.decode("utf-8-sig", "replace")]))
            return
        piece.line += 1
        result = self._result(job, importer, piece.header, text)
        piece.counts[str(result["status"])] += 1
        piece.results.append(json.dumps({"line": piece.line, **result}, separators=(",", ":"), ensure_ascii=False))

    def _result(self, job: Job, importer: "LineImporter", header: list[str] | None, text: bytes) -> dict[str, Any]:
        try:
            values = _values(header, text)
        except ValueError:
            return _refused("unreadable_line")
        try:
            found, is_replay = importer.take(job.request["kind"], values, job.request["source"], f"import:{job.job_id}")
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            return _refused(first["type"], ".".join(str(part) for part in first["loc"]))
        except (ConflictError, UnavailableError) as error:
            raise _NotNowError from error
        except RegularsError as error:
            named = error.errors[0] if error.errors else None
            return _refused(named.code if named else error.code, named.field if named else "")
        return {"status": "replayed" if is_replay else "recorded", "id": found}


def _values(header: list[str] | None, text: bytes) -> Mapping[str, Any]:
    """A line's fields by name. Raises: ValueError."""
    if len(text) > LINE_BYTES_MAX:
        raise ValueError("too long")
    line = text.decode("utf-8-sig")
    if header is None:
        values = json.loads(line)
        if not isinstance(values, dict):
            raise ValueError("no object")
        return values
    fields = next(csv.reader([line], strict=True))
    if len(fields) != len(header):
        raise ValueError("another number of fields than the header has")
    return {name: value for name, value in zip(header, fields, strict=True) if value != ""}


def _refused(code: str, name: str = "") -> dict[str, Any]:
    return {"status": "refused", "code": code, **({"field": name} if name else {})}


def _part_key(job: Job, line: int) -> str:
    return f"{RESULTS}{job.job_id}/{line:09d}.jsonl"
