"""`accounts`: purchases, refunds, points as payment and otherwise; points, statement and tier for members and staff."""

from functions.accounts.routes import (
    approvals,
    corrections,
    holds,
    me,
    members,
    other_earning,
    own_points,
    purchases,
    redemptions,
    refunds,
    reports,
)
from regulars.aws.http import HttpApp

app = HttpApp(
    "accounts",
    purchases.routes,
    refunds.routes,
    holds.routes,
    redemptions.routes,
    other_earning.routes,
    me.routes,
    own_points.routes,
    members.routes,
    corrections.routes,
    approvals.routes,
    reports.routes,
)
lambda_handler = app.lambda_handler
