"""`program`: what the programme is, for everybody; its versions, for staff."""

from functions.program.wire import ProgramResponse
from regulars.aws.http import HttpApp, Reply, Routes
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/program", Action.READ_PUBLIC, summary="The programme in force")
def get_program() -> Reply[ProgramResponse]:
    """Tiers, benefits, earning, expiry, the join form with each field's purpose, terms and privacy policy (REG-06, REG-12)."""
    version = wiring().program.history().at(wiring().clock())
    body = ProgramResponse(version=version.number, effective_from=version.effective_from, programme=version.programme)
    return Reply(body, headers={"Cache-Control": "public, max-age=300", "ETag": f'"{version.number}"'})


app = HttpApp("program", routes)
lambda_handler = app.lambda_handler
