"""`registrations`: what people do before they are logged in."""

from functions.registrations.routes import password_resets, registrations, sessions
from regulars.aws.http import HttpApp

app = HttpApp("registrations", registrations.routes, sessions.routes, password_resets.routes)
lambda_handler = app.lambda_handler
