"""What the programme's service needs from outside."""

from typing import Protocol

from regulars.program.model import ProgrammeVersion


class ProgramStore(Protocol):
    """Keeps the published versions."""

    def published(self) -> tuple[ProgrammeVersion, ...]:
        """Every published version; none in a new installation."""
        ...
