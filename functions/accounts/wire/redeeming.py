"""Points used, on the wire: holds at the till and redemptions."""

from typing import Literal

from pydantic import Field

from functions.accounts.wire.parts import BuyerRequest, MovementResponse, Name, Reason, Reference
from regulars.kernel.money import AMOUNT_MAX
from regulars.kernel.wire import Instant, RequestModel

POINTS_MAX = 10**9


class HoldRequest(BuyerRequest):
    """Points to set aside for a payment; (`source`, `reference`) counts once for ever."""

    source: Name = Field(description="The system that asks, such as a till.")
    reference: Reference = Field(description="Its own number of the payment.")
    points: int = Field(ge=1, le=POINTS_MAX)
    order_amount: int | None = Field(
        None, ge=0, le=AMOUNT_MAX, description="The order's total in minor units, if the programme's share of an order is to be checked."
    )


class HoldCommitRequest(RequestModel):
    """How many points of the hold are used; all of them if it is not said."""

    points: int | None = Field(None, ge=1, le=POINTS_MAX)


class HoldResponse(MovementResponse):
    """A hold and the account right after what was asked.

    `status` is `open`, `committed`, `cancelled`, or `ended`: a purchase used it, or its time was over. `points` are what was set aside
    (as a negative figure), what a commit used, or what a cancellation gave back.
    """

    hold_id: str
    status: Literal["open", "committed", "cancelled", "ended"]
    source: str
    reference: str
    points_held: int = Field(description="What was set aside.")
    points_used: int = Field(description="What a commit used; a purchase that used it says so itself.")
    value: int = Field(description="What the points pay, in minor units: those used of a committed hold, else those set aside.")
    currency: str
    expires_at: Instant = Field(description="When the points return by themselves.")


class RedemptionRequest(BuyerRequest):
    """Points to use; (`source`, `reference`) counts once for ever."""

    source: Name = Field(description="The system that asks, such as a till or service desk.")
    reference: Reference = Field(description="Its own number.")
    points: int = Field(ge=1, le=POINTS_MAX)
    order_amount: int | None = Field(
        None, ge=0, le=AMOUNT_MAX, description="The order's total in minor units, if the programme's share of an order is to be checked."
    )
    purpose: Name = Field(description="What for: cash, a gift, an offer …")


class RedemptionCancelRequest(RequestModel):
    """Why a redemption is taken back."""

    reason: Reason


class RedemptionResponse(MovementResponse):
    """A redemption and the account right after what was asked; `points` are taken (-), or given back (+) by a cancellation."""

    redemption_id: str
    status: Literal["redeemed", "cancelled"]
    source: str
    reference: str
    purpose: str
    points_used: int
    value: int = Field(description="What the points are worth, in minor units.")
    currency: str
