"""Tiers on the wire: progress, history, what was bought or set."""

from datetime import date

from pydantic import Field

from functions.accounts.wire.parts import CodeText, MovementResponse, Reason
from regulars.kernel.wire import Instant, RequestDate, RequestModel, ResponseModel
from regulars.program.parts import Words


class TierNameResponse(ResponseModel):
    """A tier by code and name."""

    code: str
    name: Words


class FactorResponse(ResponseModel):
    """One factor: what was reached, and, where the next tier asks for it, the target and what is missing; money in minor units."""

    factor: str
    value: int
    target: int | None
    missing: int | None
    window_from: date | None = Field(description="The first day that counts; none for loyalty.")
    currency: str | None


class TierChangeResponse(ResponseModel):
    """One change of tier."""

    at: Instant
    from_tier: str
    to_tier: str
    cause: str
    program_version: int


class FigureResponse(ResponseModel):
    """One factor's figure; money in minor units."""

    factor: str
    value: int


class EvaluationResponse(ResponseModel):
    """One look at a tier with all it looked at: the same figures under the same version give the same outcome (TIER-04)."""

    at: Instant
    first_month: str
    last_month: str
    figures: tuple[FigureResponse, ...]
    tier: str
    qualified: str = Field(description="The tier that the figures qualify for.")
    outcome: str
    program_version: int


class GrantedResponse(ResponseModel):
    """A tier that was bought or set for a time, and the tier that is earned meanwhile."""

    tier: str
    ends_on: date
    cause: str
    earned_tier: str


class GraceResponse(ResponseModel):
    """The time in which figures can be made up, and what each factor still lacks (TIER-12)."""

    until: date
    shortfall: tuple[FigureResponse, ...]


class TierResponse(ResponseModel):
    """Tier and progress: figures, what is missing for the next tier, and when it is looked at next."""

    member_id: str
    tier: TierNameResponse
    since: Instant | None
    points_per_unit_thousandths: int
    next_tier: TierNameResponse | None
    factors: tuple[FactorResponse, ...]
    review_on: date
    granted: GrantedResponse | None
    grace: GraceResponse | None
    benefits: tuple[TierNameResponse, ...]
    history: tuple[TierChangeResponse, ...] = Field(description="The latest changes; the tier's history has all of them.")
    program_version: int


class TierHistoryItemResponse(ResponseModel):
    """An entry that changed or evaluated the tier, with the evidence: its kind, who, and the facts of its kind."""

    entry_id: str
    kind: str
    recorded_at: Instant
    actor: str
    changes: tuple[TierChangeResponse, ...]
    evaluations: tuple[EvaluationResponse, ...]
    purchase_id: str | None
    detail: dict[str, str | int]


class TierHistoryResponse(ResponseModel):
    """A page of the tier's history, newest first; a page may hold fewer items than asked for although more follow."""

    items: tuple[TierHistoryItemResponse, ...]
    next_cursor: str | None


class TierPurchaseRequest(RequestModel):
    """A tier offer of the programme's."""

    offer: CodeText


class TierPurchaseResponse(MovementResponse):
    """A tier that points bought; `points` are taken (-)."""

    tier_purchase_id: str
    offer: str
    ends_on: date = Field(description="The last day of the tier.")


class TierOverrideRequest(RequestModel):
    """A tier to be set for a member: through a day, or until its next review."""

    tier: CodeText
    ends_on: RequestDate | None = Field(None, description="The last day; without it the tier stands until its next review.")
    reason: Reason
