"""The balance and the statement on the wire."""

from datetime import date

from pydantic import Field

from functions.accounts.wire.parts import ExplanationResponse
from functions.accounts.wire.tiers import EvaluationResponse, TierChangeResponse
from regulars.kernel.wire import Instant, ResponseModel


class ExpiringResponse(ResponseModel):
    """Points that end on a day (the last day they can be used)."""

    points: int
    expires_on: date


class PendingResponse(ResponseModel):
    """Points that become usable on a day."""

    points: int
    available_from: date


class OpenHoldResponse(ResponseModel):
    """Points that a payment has set aside, and when they return by themselves."""

    hold_id: str
    points: int
    expires_at: Instant


class UnderReviewResponse(ResponseModel):
    """Pending points that somebody looks at first; they are free by themselves on a day at the latest."""

    points: int
    releases_on: date


class PointsResponse(ResponseModel):
    """The balance, right at this moment."""

    member_id: str
    available: int
    pending: int
    held: int
    debt: int = Field(description="Points owed after a refund: the next points repay them.")
    expiring: tuple[ExpiringResponse, ...]
    pending_until: tuple[PendingResponse, ...]
    under_review: UnderReviewResponse | None = Field(description="What of `pending` waits for a look, and is in none of `pending_until`.")
    holds: tuple[OpenHoldResponse, ...]
    lifetime_points: int = Field(description="Earned in all.")
    spent_total: int = Field(description="Used in all, less what was given back.")
    expired_total: int
    reversed_total: int = Field(description="Taken back by refunds in all.")
    closes_on: date | None = Field(description="The last day on which points can be used, where the end of the account is coming.")
    is_closed: bool
    account_version: int


class PostingResponse(ResponseModel):
    """One movement of points."""

    kind: str
    points: int
    expires_on: date | None
    rule: str | None = Field(description="What gave or moved them: a rule, a hold, a reason, a gift.")
    available_from: date | None = Field(description="Set while the points are pending.")
    is_debt: bool = Field(description="Whether they were not there and are owed.")


class ReminderResponse(ResponseModel):
    """Points of a lot that end soon, told with this entry."""

    expires_on: date
    points: int


class EntryResponse(ResponseModel):
    """One immutable entry of the ledger."""

    entry_id: str
    version: int
    kind: str
    points: int = Field(description="By how much the available balance changed.")
    postings: tuple[PostingResponse, ...]
    purchase_id: str | None
    source: str | None
    reference: str | None
    amount: int | None
    currency: str | None
    detail: dict[str, str | int] = Field(description="The facts of its kind: ids, reason, who approved.")
    tier_changes: tuple[TierChangeResponse, ...]
    evaluations: tuple[EvaluationResponse, ...]
    reminders: tuple[ReminderResponse, ...]
    program_version: int
    effective_at: Instant
    recorded_at: Instant
    actor: str
    balance_after: int
    pending_after: int
    held_after: int
    debt_after: int
    hash: str


class EntryPageResponse(ResponseModel):
    """A page of the statement, newest first."""

    items: tuple[EntryResponse, ...]
    next_cursor: str | None


class ExplainedPartResponse(ResponseModel):
    """One part of an entry in words: a posting, a change of tier or an evaluation."""

    kind: str
    points: int = Field(description="0 for what moves none.")
    explanation: ExplanationResponse


class EntryExplanationResponse(ResponseModel):
    """An entry in words: what each part did, by which rule and under which version of the programme."""

    entry_id: str
    kind: str
    program_version: int
    title: str
    parts: tuple[ExplainedPartResponse, ...]


class SettlementResponse(ResponseModel):
    """Whether anything was due."""

    settled: bool
