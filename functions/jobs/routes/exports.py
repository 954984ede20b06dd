"""`/v1/exports`: the ledger of a period as files."""

from functions.jobs.file_wire import ExportRequest, ExportResponse, JobPageResponse, export_of, summary_of
from regulars.accounts.errors import PeriodUnfitError
from regulars.accounts.jobs.periods import Period
from regulars.accounts.jobs.service import Job
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.wiring import wiring

routes = Routes()


@routes.post(
    "/v1/exports", Action.EXPORT_LEDGER, summary="Export the ledger", status=202, errors=(PeriodUnfitError,), idempotency="required"
)
def begin_export(call: Call, body: ExportRequest) -> Reply[ExportResponse]:
    """Begins to write every entry recorded on the days of a period, member by member, as JSON Lines; no personal data is in it."""
    job, replayed = wiring().exports.ask(Period(body.first_day, body.last_day), call.principal.actor, call.require_idempotency_key())
    headers = {"Location": f"/v1/exports/{job.job_id}"} | ({"Idempotent-Replayed": "true"} if replayed else {})
    return Reply(_response(job), headers=headers)


@routes.get("/v1/exports", Action.EXPORT_LEDGER, summary="Exports, the newest first")
def list_exports(query: PageQuery) -> JobPageResponse:
    """Exports without their figures."""
    page = wiring().exports.page(query.limit, query.cursor).map(summary_of)
    return JobPageResponse(items=page.items, next_cursor=page.next_cursor)


@routes.get("/v1/exports/{export_id}", Action.EXPORT_LEDGER, summary="An export")
def get_export(export_id: str) -> ExportResponse:
    """How far it is; once it is finished, where its files can be read."""
    return _response(wiring().exports.read(export_id))


def _response(job: Job) -> ExportResponse:
    return export_of(job, wiring().exports.urls(job))
