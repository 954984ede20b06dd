"""The books on the wire."""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from regulars.accounts.books.reports import REPORT_DAYS_MAX
from regulars.kernel.language import Text
from regulars.kernel.wire import QueryModel, RequestDate, ResponseModel, refused_fields
from regulars.program.parts import Words

_ORDER = Text("It lies before `from`.", "不得早于 from。")
_TOO_LONG = Text("A report covers at most 366 days.", "报表最长 366 天。")


class PeriodQuery(QueryModel):
    """The business days of a report, both included."""

    first: RequestDate = Field(alias="from", description="The first business day, YYYY-MM-DD.")
    last: RequestDate = Field(alias="to", description="The last business day, at most 366 days in all.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last < self.first:
            raise refused_fields([(("to",), "period_order", _ORDER)])
        if self.last - self.first >= timedelta(days=REPORT_DAYS_MAX):
            raise refused_fields([(("to",), "period_too_long", _TOO_LONG)])
        return self


class FlowsResponse(ResponseModel):
    """Points that came and went, by what happened to them; each figure counts from 0 up."""

    issued: int = Field(description="Earned, bonuses included, pending ones too.")
    activated: int = Field(description="Pending points that became usable.")
    redeemed: int = Field(description="Used: redemptions, payments, tiers bought.")
    returned: int = Field(description="Used points given back.")
    expired: int
    reversed: int = Field(description="Taken back by refunds, owed ones included.")
    adjusted_up: int = Field(description="Added by staff, or taken over from another system.")
    adjusted_down: int
    transferred_in: int
    transferred_out: int
    forfeited: int = Field(description="Given up at the end of a membership, or taken after a look.")
    repaid: int = Field(description="Of what came in, what repaid a debt.")


class DayResponse(FlowsResponse):
    """One business day."""

    date: date


class MoneyResponse(ResponseModel):
    """An amount in minor units."""

    amount: int
    currency: str


class OutstandingResponse(ResponseModel):
    """Points that members had at the end of the period, what they are worth, and what members owed."""

    points: int = Field(description="available, pending and held together.")
    available: int
    pending: int
    held: int
    debt: int
    liability: MoneyResponse = Field(description="`points` at the programme's rate for payments, rounded down.")


class PointsOfResponse(ResponseModel):
    """The points of a tier, or of all."""

    flows: FlowsResponse
    outstanding: OutstandingResponse
    redemption_rate_thousandths: int | None = Field(description="Redeemed less returned, of 1000 issued; null where nothing was issued.")


class TierPointsResponse(PointsOfResponse):
    """The points of a tier's members, at the time."""

    tier: str
    name: Words | None = Field(description="null for a tier the programme does not have any more.")


class PointsReportResponse(ResponseModel):
    """The programme's books of a period."""

    date_from: date = Field(serialization_alias="from")
    date_to: date = Field(serialization_alias="to")
    days: tuple[DayResponse, ...] = Field(description="Days on which anything happened.")
    tiers: tuple[TierPointsResponse, ...]
    total: PointsOfResponse


class TierMembersResponse(ResponseModel):
    """How many members a tier has."""

    tier: str
    name: Words | None
    members: int


class TierMovementResponse(ResponseModel):
    """How many members went from one tier to another, for one cause."""

    from_tier: str
    to_tier: str
    cause: str
    direction: Literal["up", "down", "level"]
    members: int


class TiersReportResponse(ResponseModel):
    """Members by tier at the end of a period, and who moved in it."""

    date_from: date = Field(serialization_alias="from")
    date_to: date = Field(serialization_alias="to")
    members: int
    distribution: tuple[TierMembersResponse, ...]
    ups: int
    downs: int
    movements: tuple[TierMovementResponse, ...]
