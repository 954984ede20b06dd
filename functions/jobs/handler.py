"""`jobs`: what takes longer than a request: programmes tried on a period's facts, imports, exports of the ledger."""

from functions.jobs.routes import exports, imports, simulations
from regulars.aws.http import HttpApp

app = HttpApp("jobs", simulations.routes, imports.routes, exports.routes)
lambda_handler = app.lambda_handler
