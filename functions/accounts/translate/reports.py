"""The books between the accounts' language and the wire's."""

from typing import Any

from functions.accounts.wire.reports import (
    DayResponse,
    FlowsResponse,
    MoneyResponse,
    OutstandingResponse,
    PointsOfResponse,
    PointsReportResponse,
    TierMembersResponse,
    TierMovementResponse,
    TierPointsResponse,
    TiersReportResponse,
)
from regulars.accounts.books.model import Figure, Figures
from regulars.accounts.books.reports import PointsOf, PointsReport, TiersReport
from regulars.program.model import Programme
from regulars.program.parts import Words


def points_report_response(report: PointsReport, programme: Programme) -> PointsReportResponse:
    """The points' report."""
    return PointsReportResponse(
        date_from=report.first,
        date_to=report.last,
        days=tuple(DayResponse(date=day, **_flows(figures)) for day, figures in report.days),
        tiers=tuple(
            TierPointsResponse(tier=points.tier, name=_name(programme, points.tier), **_points(points, report.currency))
            for points in report.tiers
        ),
        total=PointsOfResponse(**_points(report.total, report.currency)),
    )


def tiers_report_response(report: TiersReport, programme: Programme) -> TiersReportResponse:
    """The tiers' report."""
    return TiersReportResponse(
        date_from=report.first,
        date_to=report.last,
        members=sum(members for _, members in report.distribution),
        distribution=tuple(
            TierMembersResponse(tier=tier, name=_name(programme, tier), members=members) for tier, members in report.distribution
        ),
        ups=report.count("up"),
        downs=report.count("down"),
        movements=tuple(
            TierMovementResponse(
                from_tier=each.from_tier, to_tier=each.to_tier, cause=each.cause, direction=each.direction, members=each.members
            )
            for each in report.movements
        ),
    )


def _points(points: PointsOf, currency: str) -> dict[str, Any]:
    standing = points.standing
    outstanding = OutstandingResponse(
        points=points.outstanding,
        available=standing[Figure.AVAILABLE],
        pending=standing[Figure.PENDING],
        held=standing[Figure.HELD],
        debt=standing[Figure.DEBT],
        liability=MoneyResponse(amount=points.liability_value, currency=currency),
    )
    rate = points.redemption_rate_thousandths
    return {"flows": FlowsResponse(**_flows(points.flows)), "outstanding": outstanding, "redemption_rate_thousandths": rate}


def _flows(figures: Figures) -> dict[str, int]:
    return {name: figures.get(Figure(name), 0) for name in FlowsResponse.model_fields}


def _name(programme: Programme, code: str) -> Words | None:
    return next((tier.name for tier in programme.tiers if tier.code == code), None)
