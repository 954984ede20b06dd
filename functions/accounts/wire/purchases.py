"""Purchases on the wire."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, PlainValidator, StringConstraints

from functions.accounts.wire.parts import EARLIEST, BuyerRequest, CodeText, ExplanationResponse, Name, Reference
from regulars.kernel.money import AMOUNT_MAX, CURRENCY_PATTERN
from regulars.kernel.wire import Instant, PlainText, RequestInstant, RequestModel, ResponseModel

BATCH_MAX = 100
"""The most purchases of one batch; the body's limit of 64 KB holds as well."""


class LineRequest(RequestModel):
    """One line of a purchase."""

    sku: Name = Field(description="The article.")
    category: Annotated[PlainText, StringConstraints(max_length=64)] = Field("", description="Its category; may be empty.")
    quantity: int = Field(ge=0, le=10**6, description="How many; 0 is valid.")
    amount: int = Field(ge=0, le=AMOUNT_MAX, description="What was paid for the line, in minor units; 0 is valid.")
    brand: Annotated[PlainText, StringConstraints(max_length=64)] = Field("", description="Its brand; may be empty.")
    is_reward: bool = Field(False, description="Whether the line is a reward that points paid for: it earns nothing.")


class PurchaseRequest(BuyerRequest):
    """A purchase as a till or shop reports it; (`source`, `reference`) counts once for ever."""

    source: Name = Field(description="The system that reports, such as a till or shop.")
    reference: Reference = Field(description="Its own number of the receipt or order.")
    store_id: Name
    channel: Name = Field("store", description="Where it was bought: store, website, app …")
    occurred_at: RequestInstant = Field(ge=EARLIEST, description="When, RFC 3339 with an offset.")
    currency: str = Field(pattern=CURRENCY_PATTERN)
    lines: tuple[LineRequest, ...] = Field(min_length=1, max_length=200, strict=False)
    hold_id: str | None = Field(None, pattern=r"^hold_[0-9A-Z]{26}$", description="A hold that pays a part: it is used with the purchase.")
    vouchers_amount: int = Field(0, ge=0, le=AMOUNT_MAX, description="What vouchers paid of the lines, in minor units: it earns nothing.")
    campaigns: tuple[CodeText, ...] = Field((), max_length=20, strict=False, description="Campaigns that the purchase takes part in.")


class HeldForReviewResponse(ResponseModel):
    """The points of a purchase that went above a limit against abuse: they are pending until somebody has looked at the case."""

    case_id: str = Field(description="The request for a second person in `/v1/approvals`.")
    releases_on: date = Field(description="The day on which they are free by themselves, if nobody has decided by then.")


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
    points_available_from: date | None = Field(description="Set while the points are pending until a day.")
    held_for_review: HeldForReviewResponse | None = Field(description="Set where the points wait for a look (PTS-23).")
    points_expire_on: date | None = Field(description="The last day they can be used.")
    parts: tuple[EarnedPartResponse, ...]
    eligible_amount: int = Field(description="What earned points, in minor units: without exclusions and what points or vouchers paid.")
    balance: int = Field(description="Points available after the purchase.")
    pending: int
    tier: str
    tier_before: str
    tier_changed: bool
    program_version: int


class LineResponse(ResponseModel):
    """A recorded line with the points it gave."""

    line: int = Field(description="Its number, from 1: refunds name it by this.")
    sku: str
    category: str
    quantity: int
    amount: int
    brand: str
    is_reward: bool
    points: int
    eligible_amount: int


class RecordedPurchaseResponse(PurchaseResponse):
    """A recorded purchase, whole; `refunded_amount` is what was refunded of it so far."""

    source: str
    reference: str
    store_id: str
    channel: str
    occurred_at: Instant
    recorded_at: Instant
    currency: str
    amount: int
    hold_id: str | None
    paid_with_points: int = Field(description="What a hold paid, in minor units.")
    vouchers_amount: int
    refunded_amount: int
    refund_ids: tuple[str, ...]
    lines: tuple[LineResponse, ...]


def _as_sent(value: object) -> object:
    return value


type AnyPurchase = Annotated[Mapping[str, Any], PlainValidator(_as_sent, json_schema_input_type=PurchaseRequest)]
"""A purchase that is checked on its own: what is wrong with it is answered in its place and stops no other."""


class PurchaseBatchRequest(RequestModel):
    """Purchases, each as `POST /v1/purchases` takes one; each counts on its own."""

    purchases: tuple[AnyPurchase, ...] = Field(
        min_length=1, max_length=BATCH_MAX, strict=False, json_schema_extra={"x-regulars-items": "answered one by one"}
    )


class ProblemResponse(ResponseModel):
    """A refusal, as problem details tell it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[dict[str, str], ...] = Field(description="`field`, `code` and `message` of each field.")


class BatchItemResponse(ResponseModel):
    """What came of one purchase: its status and either the purchase or the problem."""

    status: int
    is_replay: bool = Field(description="Whether it had been recorded before.")
    purchase: PurchaseResponse | None
    problem: ProblemResponse | None


class PurchaseBatchResponse(ResponseModel):
    """What came of each purchase, in the order in which they were sent."""

    items: tuple[BatchItemResponse, ...]
