"""What happened to the programme."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from regulars.kernel.events import DomainEvent


class ProgramVersionPublished(DomainEvent):
    """A version of the rules will be in force from `effective_from`; who wants its content reads the programme then."""

    context: ClassVar[str] = "program"

    version_id: str
    number: int = Field(ge=2)
    effective_from: datetime
