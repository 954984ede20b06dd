"""The programme's books: points by day and tier, and how members stand in tiers."""

from functions.accounts.translate.reports import points_report_response, tiers_report_response
from functions.accounts.wire.reports import PeriodQuery, PointsReportResponse, TiersReportResponse
from regulars.aws.http import Routes
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/reports/points", Action.READ_REPORTS, summary="Points of a period")
def get_points_report(query: PeriodQuery) -> PointsReportResponse:
    """Issued, used, expired and otherwise gone by day and tier; what is outstanding, in points and in money; the redemption rate (PTS-25).

    Figures follow the ledger within seconds.
    """
    report = wiring().reports.points(query.first, query.last)
    return points_report_response(report, wiring().program.history().at(wiring().clock()).programme)


@routes.get("/v1/reports/tiers", Action.READ_REPORTS, summary="Members by tier")
def get_tiers_report(query: PeriodQuery) -> TiersReportResponse:
    """How many members each tier had at the end of the period, and who went up or down in it, by cause (TIER-18)."""
    report = wiring().reports.tiers(query.first, query.last)
    return tiers_report_response(report, wiring().program.history().at(wiring().clock()).programme)
