"""`/v1/imports`: members, opening balances and purchases from a file, line by line."""

from functions.jobs.file_wire import ImportRequest, ImportResponse, JobPageResponse, import_of, summary_of
from regulars.accounts.errors import ImportFileMissingError, ImportKeyError, ImportStateError, ImportTooLargeError
from regulars.accounts.jobs import imports
from regulars.accounts.jobs.service import Job, JobStatus
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.wiring import wiring

routes = Routes()

_FILE = (ImportFileMissingError, ImportTooLargeError)


@routes.post(
    "/v1/imports", Action.RUN_IMPORTS, summary="Begin an import", status=202, errors=(ImportKeyError, *_FILE), idempotency="required"
)
def begin_import(call: Call, body: ImportRequest) -> Reply[ImportResponse]:
    """Takes a file that is in the bucket already, or answers where to PUT one (`upload_url`), after which `…/start` begins the work.

    Each line is recorded once for its source and reference; what became of it is in the results. A line that is refused stops no other.
    """
    request = imports.ImportRequest(body.kind, body.format, body.source, body.key)
    job, replayed = wiring().imports.ask(request, call.principal.actor, call.require_idempotency_key())
    headers = {"Location": f"/v1/imports/{job.job_id}"} | ({"Idempotent-Replayed": "true"} if replayed else {})
    return Reply(_response(job), headers=headers)


@routes.post("/v1/imports/{import_id}/start", Action.RUN_IMPORTS, summary="Start an import", status=202, errors=(*_FILE, ImportStateError))
def start_import(import_id: str) -> ImportResponse:
    """Begins the work on a file that has been uploaded; again it changes nothing."""
    return _response(wiring().imports.start(import_id))


@routes.get("/v1/imports", Action.RUN_IMPORTS, summary="Imports, the newest first")
def list_imports(query: PageQuery) -> JobPageResponse:
    """Imports without their figures."""
    page = wiring().imports.page(query.limit, query.cursor).map(summary_of)
    return JobPageResponse(items=page.items, next_cursor=page.next_cursor)


@routes.get("/v1/imports/{import_id}", Action.RUN_IMPORTS, summary="An import")
def get_import(import_id: str) -> ImportResponse:
    """How far it is, how many lines were recorded, had come before, or were refused, and where the results are."""
    return _response(wiring().imports.read(import_id))


def _response(job: Job) -> ImportResponse:
    is_waiting = job.status is JobStatus.WAITING
    return import_of(job, wiring().imports.upload_url(job) if is_waiting else None, wiring().imports.result_urls(job))
