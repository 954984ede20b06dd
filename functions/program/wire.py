"""The programme on the wire."""

from regulars.kernel.wire import Instant, ResponseModel
from regulars.program.model import Programme


class ProgramResponse(ResponseModel):
    """The programme in force: tiers, benefits, earning, expiry, join form with each field's purpose, documents."""

    version: int
    effective_from: Instant
    programme: Programme
