"""What staff do to accounts, on the wire: adjustments, approvals, segments."""

from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from functions.accounts.wire.parts import CodeText, MovementResponse, Note
from regulars.accounts.segments import SEGMENTS_MAX
from regulars.kernel.language import Text
from regulars.kernel.wire import Instant, RequestModel, ResponseModel

_NOT_ZERO = Text("Points are added or taken: 0 is neither.", "调整积分不能为 0。")


class AdjustmentRequest(RequestModel):
    """Points to add (+) or take (-) with a reason of the programme's."""

    points: int = Field(ge=-(10**9), le=10**9)
    reason_code: CodeText
    note: Note = Field("", description="What happened, for whoever reads the ledger.")

    @field_validator("points")
    @classmethod
    def _moves_points(cls, points: int) -> int:
        if not points:
            raise PydanticCustomError("not_zero", "not zero", {"text": _NOT_ZERO})
        return points


class AdjustmentResponse(ResponseModel):
    """An adjustment: recorded (201), or kept for a second person (202)."""

    adjustment_id: str
    status: Literal["recorded", "awaiting_approval"]
    approval_id: str | None
    movement: MovementResponse | None


class ApprovalResponse(ResponseModel):
    """What waits, or waited, for a second person, and how it was decided; `facts` are what is asked for."""

    approval_id: str
    kind: str
    status: str
    member_id: str
    facts: dict[str, str | int]
    requested_by: str
    requested_at: Instant
    decided_by: str | None
    decided_at: Instant | None
    note: str = Field(description="What was said about the decision.")
    entry_id: str | None = Field(description="The ledger's entry that the decision became; lists leave it out.")
    points_held: int | None = Field(description="Of an open `abuse_case`: how many points wait for the decision; lists leave it out.")


class ApprovalPageResponse(ResponseModel):
    """A page of requests, newest first."""

    items: tuple[ApprovalResponse, ...]
    next_cursor: str | None


class ApprovalDecisionRequest(RequestModel):
    """A decision on a request."""

    approved: bool
    note: Note = ""


class SegmentsRequest(RequestModel):
    """The segments of a member, as a whole: what is not named is taken away."""

    segments: tuple[CodeText, ...] = Field(max_length=SEGMENTS_MAX, strict=False)


class SegmentsResponse(ResponseModel):
    """The segments of a member, who set them and when; earning rules look at them."""

    member_id: str
    segments: tuple[str, ...]
    set_by: str | None
    set_at: Instant | None
