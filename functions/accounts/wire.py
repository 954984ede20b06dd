"""Purchases, points and tiers on the wire."""

from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from regulars.kernel.language import Text
from regulars.kernel.money import AMOUNT_MAX, CURRENCY_PATTERN
from regulars.kernel.wire import Instant, PlainText, RequestInstant, RequestModel, ResponseModel
from regulars.program.parts import Words

type Name = Annotated[PlainText, StringConstraints(min_length=1, max_length=64)]
type Reference = Annotated[PlainText, StringConstraints(min_length=1, max_length=128)]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No purchase is older; the first programme is in force from here."""

_ONE_BUYER = Text(
    "Send exactly one of member_id, card_number and card_token.",
    "请在 member_id、card_number、card_token 中提供且仅提供一个。",
)


class LineRequest(RequestModel):
    """One line of a purchase."""

    sku: Name = Field(description="The article.")
    category: Annotated[PlainText, StringConstraints(max_length=64)] = Field("", description="Its category; may be empty.")
    quantity: int = Field(ge=0, le=10**6, description="How many; 0 is valid.")
    amount: int = Field(ge=0, le=AMOUNT_MAX, description="What was paid for the line, in minor units; 0 is valid.")


class PurchaseRequest(RequestModel):
    """A purchase as a till or shop reports it; (`source`, `reference`) counts once for ever."""

    source: Name = Field(description="The system that reports, such as a till or shop.")
    reference: Reference = Field(description="Its own number of the receipt or order.")
    member_id: str | None = Field(None, pattern=r"^mem_[0-9A-Z]{26}$")
    card_number: str | None = Field(None, pattern=r"^[0-9]{8,19}$")
    card_token: str | None = Field(None, min_length=1, max_length=128, pattern=r"^[0-9A-Za-z.\-]+$")
    store_id: Name
    channel: Name = Field("store", description="Where it was bought: store, website, app …")
    occurred_at: RequestInstant = Field(ge=EARLIEST, description="When, RFC 3339 with an offset.")
    currency: str = Field(pattern=CURRENCY_PATTERN)
    lines: tuple[LineRequest, ...] = Field(min_length=1, max_length=200, strict=False)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(value is not None for value in (self.member_id, self.card_number, self.card_token)) != 1:
            raise PydanticCustomError("one_buyer", "one buyer", {"text": _ONE_BUYER})
        return self


class ExplanationResponse(ResponseModel):
    """A stable code with its figures, and the sentence in the caller's language."""

    code: str
    params: dict[str, str | int]
    text: str


class EarnedPartResponse(ResponseModel):
    """Points that one rule gave."""

    rule: str
    points: int
    explanation: ExplanationResponse


class PurchaseResponse(ResponseModel):
    """What a purchase came to."""

    purchase_id: str
    entry_id: str
    member_id: str
    points_earned: int
    points_available_from: date | None = Field(description="Set while the points are pending.")
    points_expire_on: date | None = Field(description="The last day they can be used.")
    parts: tuple[EarnedPartResponse, ...]
    eligible_amount: int
    balance: int = Field(description="Points available after the purchase.")
    pending: int
    tier: str
    tier_before: str
    tier_changed: bool
    program_version: int


class LineResponse(ResponseModel):
    """A recorded line with the points it gave."""

    sku: str
    category: str
    quantity: int
    amount: int
    points: int


class RecordedPurchaseResponse(PurchaseResponse):
    """A recorded purchase, whole."""

    source: str
    reference: str
    store_id: str
    channel: str
    occurred_at: Instant
    recorded_at: Instant
    currency: str
    amount: int
    lines: tuple[LineResponse, ...]


class ExpiringResponse(ResponseModel):
    """Points that end on a day (the last day they can be used)."""

    points: int
    expires_on: date


class PendingResponse(ResponseModel):
    """Points that become usable on a day."""

    points: int
    available_from: date


class PointsResponse(ResponseModel):
    """The balance, right at this moment."""

    member_id: str
    available: int
    pending: int
    held: int
    debt: int
    expiring: tuple[ExpiringResponse, ...]
    pending_until: tuple[PendingResponse, ...]
    lifetime_points: int = Field(description="Earned in all.")
    spent_total: int
    expired_total: int
    account_version: int


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


class TierResponse(ResponseModel):
    """Tier and progress: figures, what is missing for the next tier, and when it is looked at next."""

    member_id: str
    tier: TierNameResponse
    since: Instant | None
    points_per_unit_thousandths: int
    next_tier: TierNameResponse | None
    factors: tuple[FactorResponse, ...]
    review_on: date
    benefits: tuple[TierNameResponse, ...]
    history: tuple[TierChangeResponse, ...]
    program_version: int


class PostingResponse(ResponseModel):
    """One movement of points."""

    kind: str
    points: int
    expires_on: date | None
    rule: str | None
    available_from: date | None


class EntryResponse(ResponseModel):
    """One immutable entry of the ledger."""

    entry_id: str
    version: int
    kind: str
    points: int = Field(description="The sum of the postings to the available balance.")
    postings: tuple[PostingResponse, ...]
    purchase_id: str | None
    source: str | None
    reference: str | None
    amount: int | None
    currency: str | None
    tier_changes: tuple[TierChangeResponse, ...]
    program_version: int
    effective_at: Instant
    recorded_at: Instant
    actor: str
    balance_after: int
    pending_after: int
    hash: str


class EntryPageResponse(ResponseModel):
    """A page of the statement, newest first."""

    items: tuple[EntryResponse, ...]
    next_cursor: str | None


class SettlementResponse(ResponseModel):
    """Whether anything was due."""

    settled: bool
