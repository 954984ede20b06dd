"""`members`: one's own profile, consents and card; for staff, finding members, registering on behalf, reviewing."""

from functions.members.routes import applications, me, staff
from regulars.aws.http import HttpApp

app = HttpApp("members", me.routes, staff.routes, applications.routes)
lambda_handler = app.lambda_handler
