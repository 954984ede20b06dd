"""What several of the accounts' objects are made of."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from regulars.kernel.language import Text
from regulars.kernel.wire import PlainText, QueryModel, RequestModel, ResponseModel

type Name = Annotated[PlainText, StringConstraints(min_length=1, max_length=64)]
type Reference = Annotated[PlainText, StringConstraints(min_length=1, max_length=128)]
type Note = Annotated[PlainText, StringConstraints(max_length=500)]
type Reason = Annotated[PlainText, StringConstraints(min_length=1, max_length=500)]
type CodeText = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]

MEMBER_ID = r"^mem_[0-9A-Z]{26}$"
CARD_NUMBER = r"^[0-9]{8,19}$"

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing that is recorded is older; the first programme is in force from here."""

_ONE_BUYER = Text(
    "Send exactly one of member_id, card_number and card_token.",
    "请在 member_id、card_number、card_token 中提供且仅提供一个。",
)


class BuyerRequest(RequestModel):
    """Who it is about: a member by id, by card number, or by the rotating token that the card shows."""

    member_id: str | None = Field(None, pattern=MEMBER_ID)
    card_number: str | None = Field(None, pattern=CARD_NUMBER)
    card_token: str | None = Field(None, min_length=1, max_length=128, pattern=r"^[0-9A-Za-z.\-]+$")

    @model_validator(mode="after")
    def _one_buyer(self) -> Self:
        if sum(value is not None for value in (self.member_id, self.card_number, self.card_token)) != 1:
            raise PydanticCustomError("one_buyer", "one buyer", {"text": _ONE_BUYER})
        return self


class DryRunQuery(QueryModel):
    """Whether it is only tried."""

    dry_run: bool = Field(False, description="`true`: 200 with what would come of it now; nothing is written.")


class ExplanationResponse(ResponseModel):
    """A stable code with its figures, and the sentence in the caller's language."""

    code: str
    params: dict[str, str | int]
    text: str


class MovementResponse(ResponseModel):
    """What was recorded, and the account right after it; `points` are added (+) or taken (-)."""

    entry_id: str
    member_id: str
    points: int
    balance: int = Field(description="Points available after it.")
    pending: int
    held: int
    debt: int
    tier: str
    tier_before: str
    tier_changed: bool
    program_version: int
