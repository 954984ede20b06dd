"""Simulations on the wire."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from regulars.accounts.jobs.periods import DAYS_MAX
from regulars.accounts.jobs.service import Job
from regulars.accounts.jobs.simulations import SAMPLE_MAX
from regulars.accounts.jobs.tally import SideTally, Tally
from regulars.accounts.redeeming import value_of
from regulars.kernel.wire import Instant, RequestDate, RequestModel, ResponseModel
from regulars.program.model import Programme, ProgrammeVersion
from regulars.program.parts import Words
from regulars.program.versions import Version


class SimulationRequest(RequestModel):
    """Over which days, and on how many members."""

    first_day: RequestDate
    last_day: RequestDate = Field(description=f"Today at the latest, and at most {DAYS_MAX} days with the first.")
    sample_size: int = Field(200, ge=1, le=SAMPLE_MAX, description="How many members at most; fewer are all there are.")


class PointsWorth(ResponseModel):
    """Points, and what they pay at the till by `redemption.points_per_unit`, in minor units."""

    points: int
    amount: int
    currency: str


class SimulatedTierResponse(ResponseModel):
    """One tier at the period's end: its members, and the points they were issued in the period."""

    code: str
    name: Words
    members: int
    points_issued: int


class RefusedFactResponse(ResponseModel):
    """Facts that the programme would have refused, by the code of the refusal."""

    code: str
    count: int


class SimulatedSideResponse(ResponseModel):
    """What the period came to under one programme."""

    issued: PointsWorth
    redeemed: PointsWorth
    expired: PointsWorth
    reversed: PointsWorth
    outstanding: PointsWorth
    tiers: tuple[SimulatedTierResponse, ...]
    refused: tuple[RefusedFactResponse, ...]


class DifferenceResponse(ResponseModel):
    """The draft less the programme in force; `cost_amount` is what the issued points would have cost more, in minor units."""

    points_issued: int
    points_redeemed: int
    points_expired: int
    points_outstanding: int
    cost_amount: int
    liability_amount: int
    currency: str


class MoveResponse(ResponseModel):
    """How many members would be in another tier at the period's end."""

    from_tier: str
    to_tier: str
    members: int


class MovesResponse(ResponseModel):
    """Members who would be higher or lower, from where to where, and a few of them by id."""

    up: int
    down: int
    by_tier: tuple[MoveResponse, ...]
    examples_up: tuple[str, ...]
    examples_down: tuple[str, ...]


class SampleResponse(ResponseModel):
    """Whom the figures are of: `known` accounts there are, `chosen` of them were taken, `played` are done so far.

    `cut` have more entries than are read: their earliest ones are left out.
    """

    known: int
    chosen: int
    played: int
    members: int
    cut: int


class SimulationResponse(ResponseModel):
    """A simulation; while `status` is `running`, the figures are of those played so far."""

    simulation_id: str
    version_id: str
    status: str = Field(description="`running`, `finished` or `failed`.")
    problem: str | None = Field(description="Why it failed: `version_changed`.")
    requested_by: str
    requested_at: Instant
    ended_at: Instant | None
    first_day: date
    last_day: date
    program_version: int = Field(description="The programme in force that the version is compared with.")
    sample: SampleResponse
    current: SimulatedSideResponse
    draft: SimulatedSideResponse
    difference: DifferenceResponse
    moves: MovesResponse
    not_played: tuple[str, ...] = Field(description="Rules of either programme that ask for what entries do not keep; they gave nothing.")


def simulation_of(job: Job, in_force: ProgrammeVersion, version: Version) -> SimulationResponse:
    """A simulation on the wire."""
    state, tally = job.state, Tally.of(job.state["tally"])
    current, draft = _side(tally.current, in_force.programme), _side(tally.draft, version.programme)
    return SimulationResponse(
        simulation_id=job.job_id,
        version_id=version.version_id,
        status=job.status.value,
        problem=job.problem or None,
        requested_by=job.requested_by,
        requested_at=job.requested_at,
        ended_at=job.ended_at,
        first_day=date.fromisoformat(job.request["first_day"]),
        last_day=date.fromisoformat(job.request["last_day"]),
        program_version=in_force.number,
        sample=SampleResponse(
            known=state["known"], chosen=len(state["sample"]), played=state["place"], members=tally.members, cut=tally.cut
        ),
        current=current,
        draft=draft,
        difference=_difference(current, draft),
        moves=_moves(tally),
        not_played=tuple(sorted({*_not_played(in_force.programme), *_not_played(version.programme)})),
    )


def _side(tally: SideTally, programme: Programme) -> SimulatedSideResponse:
    def worth(flow: str) -> PointsWorth:
        points = tally.flows[flow]
        return PointsWorth(points=points, amount=value_of(programme, points), currency=programme.currency)

    return SimulatedSideResponse(
        issued=worth("issued"),
        redeemed=worth("redeemed"),
        expired=worth("expired"),
        reversed=worth("reversed"),
        outstanding=worth("outstanding"),
        tiers=tuple(
            SimulatedTierResponse(
                code=tier.code, name=tier.name, members=tally.members[tier.code], points_issued=tally.issued[tier.code]
            )
            for tier in programme.tiers
        ),
        refused=tuple(RefusedFactResponse(code=code, count=count) for code, count in sorted(tally.refused.items())),
    )  # fmt: skip


def _difference(current: SimulatedSideResponse, draft: SimulatedSideResponse) -> DifferenceResponse:
    return DifferenceResponse(
        points_issued=draft.issued.points - current.issued.points,
        points_redeemed=draft.redeemed.points - current.redeemed.points,
        points_expired=draft.expired.points - current.expired.points,
        points_outstanding=draft.outstanding.points - current.outstanding.points,
        cost_amount=draft.issued.amount - current.issued.amount,
        liability_amount=draft.outstanding.amount - current.outstanding.amount,
        currency=draft.issued.currency,
    )


def _moves(tally: Tally) -> MovesResponse:
    by_tier = tuple(
        MoveResponse(from_tier=before, to_tier=after, members=members)
        for (before, _, after), members in ((name.partition(">"), members) for name, members in sorted(tally.moves.items()))
    )
    examples = {"examples_up": tuple(tally.examples_up), "examples_down": tuple(tally.examples_down)}
    return MovesResponse(up=tally.up, down=tally.down, by_tier=by_tier, **examples)


def _not_played(programme: Programme) -> Iterable[str]:
    """Entries keep neither the campaigns a purchase named, nor segments, nor birthdays."""
    return (rule.code for rule in programme.earning.rules if rule.when.campaign or rule.when.segments or rule.when.birthday_month)
