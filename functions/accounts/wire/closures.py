"""The end of an account on the wire."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from functions.accounts.wire.parts import MovementResponse, Reason
from regulars.kernel.language import Text
from regulars.kernel.wire import RequestModel

_ONE_END = Text("Send closes_on or at_once, not both.", "closes_on 与 at_once 只能提供其一。")


class ClosureRequest(RequestModel):
    """Why an account ends, and when: as the programme says unless a day is named, or at once."""

    reason: Reason
    closes_on: date | None = Field(
        None, strict=False, description="The last day on which points can be used; left out: after the programme's `closure.run_off_days`."
    )
    at_once: bool = Field(False, description="`true`: now, whatever is left, also where an end is coming already.")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.at_once and self.closes_on:
            raise PydanticCustomError("one_end", "one end", {"text": _ONE_END})
        return self


class ClosureResponse(MovementResponse):
    """The end that is coming (`closing`), or has come (`closed`): then `points` are what was forfeited or compensated (-)."""

    closure_id: str
    status: Literal["closing", "closed"]
    closes_on: date | None = Field(description="The last day on which points can be used, while it is coming.")
    compensation: int = Field(description="What the shop pays for the points that were left, in minor units; 0 where they are forfeited.")


class ClosureCancellationResponse(MovementResponse):
    """The account goes on."""

    cancellation_id: str
