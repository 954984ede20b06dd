"""`/v1/program/versions/{version_id}/simulation`: what a draft would have come to (TIER-03; try before you do)."""

from functions.jobs.simulation_wire import SimulationRequest, SimulationResponse, simulation_of
from regulars.accounts.errors import PeriodUnfitError
from regulars.accounts.jobs import simulations
from regulars.accounts.jobs.periods import Period
from regulars.accounts.jobs.service import Job
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()

_PATH = "/v1/program/versions/{version_id}/simulation"


@routes.post(
    _PATH,
    Action.SIMULATE_PROGRAM,
    summary="Try a version on what happened",
    status=201,
    errors=(PeriodUnfitError,),
    idempotency="required",
)
def simulate_program_version(call: Call, version_id: str, body: SimulationRequest) -> Reply[SimulationResponse]:
    """Plays the facts of a period again, once under the programme in force and once under the version, and compares points, tiers and cost.

    All members, or a sample of them by chance. 201 with the whole result; where a request has not time enough,
    202, and `GET …/simulation/{simulation_id}` tells how far it is. Nothing is changed.
    """
    request = simulations.SimulationRequest(version_id, Period(body.first_day, body.last_day), body.sample_size)
    job, replayed = wiring().simulations.ask(request, call.principal.actor, call.require_idempotency_key())
    headers = {"Location": f"{_PATH.format(version_id=version_id)}/{job.job_id}"}
    return _reply(job, headers | ({"Idempotent-Replayed": "true"} if replayed else {}), status=202 if job.is_running else 201)


@routes.get(f"{_PATH}/{{simulation_id}}", Action.SIMULATE_PROGRAM, summary="A simulation")
def get_program_simulation(version_id: str, simulation_id: str) -> SimulationResponse:
    """The result, or how far it is; `failed` with `version_changed` where the draft was changed meanwhile."""
    return _response(wiring().simulations.of_version(version_id, simulation_id))


def _reply(job: Job, headers: dict[str, str], *, status: int) -> Reply[SimulationResponse]:
    return Reply(_response(job), status=status, headers=headers)


def _response(job: Job) -> SimulationResponse:
    return simulation_of(job, wiring().program.history().at(job.requested_at), wiring().program_versions.read(job.request["version_id"]))
