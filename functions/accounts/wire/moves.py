"""Points that come and go otherwise, on the wire: gifts, activities, partners."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from functions.accounts.wire.parts import CARD_NUMBER, MEMBER_ID, BuyerRequest, CodeText, MovementResponse, Name, Reference
from regulars.kernel.language import Text
from regulars.kernel.wire import RequestModel

_ONE_RECEIVER = Text("Send exactly one of member_id and card_number.", "请在 member_id、card_number 中提供且仅提供一个。")


class TransferRequest(RequestModel):
    """Points for another member, named by id or card number."""

    member_id: str | None = Field(None, pattern=MEMBER_ID, description="The receiver's id.")
    card_number: str | None = Field(None, pattern=CARD_NUMBER, description="The receiver's card.")
    points: int = Field(ge=1, le=10**9)

    @model_validator(mode="after")
    def _one_receiver(self) -> Self:
        if (self.member_id is None) == (self.card_number is None):
            raise PydanticCustomError("one_receiver", "one receiver", {"text": _ONE_RECEIVER})
        return self


class TransferResponse(MovementResponse):
    """A gift of points, as its giver sees it; `points` are taken (-)."""

    transfer_id: str


class OwnActivityRequest(RequestModel):
    """Something the member did, such as signing in today."""

    activity: CodeText = Field(description="The code of a self-service activity of the programme's.")


class ActivityRequest(BuyerRequest):
    """Something a member did, as another system or staff report it; (`source`, `reference`) counts once for ever."""

    source: Name
    reference: Reference
    activity: CodeText = Field(description="The code of an activity of the programme's.")


class ActivityResponse(MovementResponse):
    """An activity that was credited."""

    activity_id: str
    activity: str


class PartnerCreditRequest(BuyerRequest):
    """A partner's points to exchange; (`source`, `reference`) counts once for ever."""

    source: Name = Field(description="The partner's system.")
    reference: Reference = Field(description="Its own number of the exchange.")
    partner: CodeText = Field(description="The code of a partner of the programme's.")
    partner_points: int = Field(ge=1, le=10**9)


class PartnerCreditResponse(MovementResponse):
    """Points exchanged at the partner's rate, rounded down."""

    credit_id: str
    partner: str
    partner_points: int
