"""Imports and exports on the wire."""

from datetime import date
from typing import Annotated

from pydantic import Field

from regulars.accounts.jobs.imports import FILE_BYTES_MAX, UPLOADS, ImportFormat, ImportKind
from regulars.accounts.jobs.service import Job
from regulars.kernel.wire import Instant, PlainText, RequestDate, RequestModel, ResponseModel


class ImportRequest(RequestModel):
    """What is imported, and where the file is."""

    kind: ImportKind
    format: ImportFormat = Field(description="CSV with a header, or JSON Lines; UTF-8, one record a line.")
    source: Annotated[PlainText, Field(min_length=1, max_length=64)] = Field(
        description="The system that the lines come from: each line counts once for its source and reference."
    )
    key: Annotated[PlainText, Field(min_length=1, max_length=512)] | None = Field(
        None, description=f"A file under `{UPLOADS}` of the installation's bucket; without it the answer says where to upload one."
    )


class ImportResultResponse(ResponseModel):
    """Results from a line on, one JSON object a line: `line`, `status`, and `id` or `code` and `field`."""

    first_line: int
    url: str = Field(description="Signed for an hour.")


class ImportResponse(ResponseModel):
    """An import: `waiting` for its file, `running`, or `finished`."""

    import_id: str
    kind: str
    format: str
    source: str
    key: str
    status: str
    requested_by: str
    requested_at: Instant
    ended_at: Instant | None
    upload_url: str | None = Field(description=f"Where the file is to be PUT within an hour (at most {FILE_BYTES_MAX // 1024**2} MB).")
    bytes_read: int
    bytes_in_all: int
    lines: int
    recorded: int
    replayed: int
    refused: int
    results: tuple[ImportResultResponse, ...]


class JobSummaryResponse(ResponseModel):
    """A job in a list."""

    id: str
    status: str
    requested_by: str
    requested_at: Instant
    ended_at: Instant | None


class JobPageResponse(ResponseModel):
    """A page of jobs, newest first."""

    items: tuple[JobSummaryResponse, ...]
    next_cursor: str | None


class ExportRequest(RequestModel):
    """Over which business dates; at most 366, today at the latest."""

    first_day: RequestDate
    last_day: RequestDate


class ExportResponse(ResponseModel):
    """An export of the ledger: `running` or `finished`; the files are told when all of them are there."""

    export_id: str
    status: str
    first_day: date
    last_day: date
    requested_by: str
    requested_at: Instant
    ended_at: Instant | None
    members: int
    entries: int
    urls: tuple[str, ...] = Field(description="JSON Lines, one entry a line, member by member; signed for an hour.")


def import_of(job: Job, upload_url: str | None, results: list[tuple[int, str]]) -> ImportResponse:
    """An import on the wire."""
    request, state, counts = job.request, job.state, job.state["counts"]
    return ImportResponse(
        import_id=job.job_id,
        kind=request["kind"],
        format=request["format"],
        source=request["source"],
        key=request["key"],
        status=job.status.value,
        requested_by=job.requested_by,
        requested_at=job.requested_at,
        ended_at=job.ended_at,
        upload_url=upload_url,
        bytes_read=min(state["offset"], state["size"]),
        bytes_in_all=state["size"],
        lines=state["line"],
        recorded=counts.get("recorded", 0),
        replayed=counts.get("replayed", 0),
        refused=counts.get("refused", 0),
        results=tuple(ImportResultResponse(first_line=line, url=url) for line, url in results),
    )


def export_of(job: Job, urls: list[str]) -> ExportResponse:
    """An export on the wire."""
    return ExportResponse(
        export_id=job.job_id,
        status=job.status.value,
        first_day=date.fromisoformat(job.request["first_day"]),
        last_day=date.fromisoformat(job.request["last_day"]),
        requested_by=job.requested_by,
        requested_at=job.requested_at,
        ended_at=job.ended_at,
        members=job.state["members"],
        entries=job.state["entries"],
        urls=tuple(urls),
    )


def summary_of(job: Job) -> JobSummaryResponse:
    """A job in a list."""
    return JobSummaryResponse(
        id=job.job_id, status=job.status.value, requested_by=job.requested_by, requested_at=job.requested_at, ended_at=job.ended_at
    )
