"""`program`: what the programme is, for everybody; its versions, for staff."""

from functions.program.routes import programme, versions
from regulars.aws.http import HttpApp

app = HttpApp("program", programme.routes, versions.routes)
lambda_handler = app.lambda_handler
