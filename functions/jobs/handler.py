"""`jobs`: what takes longer than a request: programmes tried on a period's facts."""

from functions.jobs.routes import simulations
from regulars.aws.http import HttpApp

app = HttpApp("jobs", simulations.routes)
lambda_handler = app.lambda_handler
