"""`service`: feedback from members and staff, and what becomes of it."""

from functions.service.routes import desk, mine
from regulars.aws.http import HttpApp

app = HttpApp("service", mine.routes, desk.routes)
lambda_handler = app.lambda_handler
