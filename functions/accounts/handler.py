"""`accounts`: purchases, refunds, points as payment; points, statement and tier for members and staff."""

from functions.accounts.routes import holds, me, members, purchases, redemptions, refunds
from regulars.aws.http import HttpApp

app = HttpApp(
    "accounts",
    purchases.routes,
    refunds.routes,
    holds.routes,
    redemptions.routes,
    me.routes,
    members.routes,
)
lambda_handler = app.lambda_handler
