"""`registrations`: what people do before they are logged in."""

from functions.registrations.routes import registrations, sessions
from regulars.aws.http import HttpApp

app = HttpApp("registrations", registrations.routes, sessions.routes)
lambda_handler = app.lambda_handler
