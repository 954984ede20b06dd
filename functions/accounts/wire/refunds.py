"""Refunds on the wire."""

from typing import Literal, Self

from pydantic import Field, model_validator

from functions.accounts.wire.parts import EARLIEST, Name, Reference
from regulars.kernel.language import Text
from regulars.kernel.money import AMOUNT_MAX
from regulars.kernel.wire import Instant, RequestInstant, RequestModel, ResponseModel, refused_fields

_LINES_OR_AMOUNT = Text("Send either lines or amount.", "请提供 lines 或 amount 其中之一。")
_TWICE = Text("This line stands twice.", "该行重复。")


class RefundLineRequest(RequestModel):
    """What is refunded of one line."""

    line: int = Field(ge=1, le=200, description="The line's number in the purchase, from 1.")
    amount: int = Field(ge=1, le=AMOUNT_MAX, description="In minor units, at most what the line has left.")


class PurchaseRefundRequest(RequestModel):
    """A refund of a purchase, by lines or by an amount of the whole; (`source`, `reference`) counts once for ever."""

    source: Name = Field(description="The system that reports, such as a till or shop.")
    reference: Reference = Field(description="Its own number of the refund.")
    occurred_at: RequestInstant | None = Field(None, ge=EARLIEST, description="When, RFC 3339 with an offset; now if it is not said.")
    lines: tuple[RefundLineRequest, ...] | None = Field(None, min_length=1, max_length=200, strict=False)
    amount: int | None = Field(None, ge=1, le=AMOUNT_MAX, description="Of the whole purchase, in minor units.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.lines is None) == (self.amount is None):
            raise refused_fields([(("amount",), "one_of", _LINES_OR_AMOUNT)])
        numbers = [line.line for line in self.lines or ()]
        twice = [place for place, number in enumerate(numbers) if number in numbers[:place]]
        if twice:
            raise refused_fields([(("lines", place, "line"), "duplicate", _TWICE) for place in twice])
        return self


class RefundRequest(PurchaseRefundRequest):
    """A refund that names its purchase as the till did; it may come before the purchase."""

    purchase_source: Name = Field(description="The purchase's `source`.")
    purchase_reference: Reference = Field(description="The purchase's `reference`.")


class RefundResponse(ResponseModel):
    """What a refund came to; all that follows from the purchase is null while it waits for it.

    `points_due` are what the refunded part had earned, `points_taken` what of them was taken back (also as a debt); `points_returned`
    are points that had paid for the purchase and are the member's again.
    """

    refund_id: str
    purchase_id: str
    status: Literal["recorded", "awaiting_purchase"]
    source: str | None
    reference: str | None
    entry_id: str | None
    member_id: str | None
    occurred_at: Instant | None
    amount: int | None = Field(description="What was refunded, in minor units.")
    points_due: int | None
    points_taken: int | None
    points_returned: int | None
    balance: int | None
    pending: int | None
    held: int | None
    debt: int | None
    program_version: int | None
