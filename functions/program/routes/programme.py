"""`/v1/program`: what the programme is, for everybody."""

from functions.program.wire import ProgramResponse, criteria_of, for_everybody
from regulars.aws.http import Reply, Routes
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/program", Action.READ_PUBLIC, summary="The programme in force", conditional=True)
def get_program() -> Reply[ProgramResponse]:
    """Tiers and their criteria, benefits, earning, expiry, the join form with each field's purpose, terms and privacy policy.

    (REG-06, REG-12, REG-13, TIER-03, PRV-04.)
    """
    version = wiring().program.history().at(wiring().clock())
    programme = version.programme
    body = ProgramResponse(
        version=version.number,
        effective_from=version.effective_from,
        criteria=criteria_of(programme),
        programme=for_everybody(programme),
    )
    return Reply(body, headers={"Cache-Control": "public, max-age=300", "ETag": f'"{version.number}"'})
