"""`accounts`: purchases, refunds, points as payment and otherwise; points, statement and tier for members and staff."""

from functions.accounts.routes import purchases
from regulars.aws.http import HttpApp

_BUSIEST_FIRST = (
    "own_points",
    "me",
    "members",
    "redemptions",
    "holds",
    "refunds",
    "other_earning",
    "corrections",
    "closures",
    "approvals",
    "reports",
)

app = HttpApp("accounts", purchases.routes, later=[f"functions.accounts.routes.{name}" for name in _BUSIEST_FIRST])
lambda_handler = app.lambda_handler
