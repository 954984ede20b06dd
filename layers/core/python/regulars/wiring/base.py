"""What every context's objects are built from."""

import random
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.kernel.clock import Clock
from regulars.kernel.ids import IdFactory, new_id
from regulars.kernel.retry import Patience
from regulars.settings import Settings

if TYPE_CHECKING:
    from regulars.aws.bus import EventBus
    from regulars.aws.secrets import KeyRing
    from regulars.aws.table import Table
    from regulars.program.model import ProgrammeVersion
    from regulars.program.service import ProgramService, VersionService


class BaseWiring:
    """Settings, clock, ids, clients, keys and the programme, which every context reads."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        new_id: IdFactory = new_id,
        client: Callable[[str], Any] | None = None,
    ) -> None:
        self.settings = settings
        self.new_id = new_id
        self._clock = clock
        self._client = client

    @cached_property
    def clock(self) -> Clock:
        """The clock: the `local` stage's can be moved, every other stage's is real time."""
        from regulars.aws.clock import file_clock, system_clock

        path = self.settings.get("CLOCK_FILE") if self.settings.is_local else None
        return self._clock or (file_clock(Path(path)) if path else system_clock)

    def client(self, service: str) -> Any:
        """The boto3 client of an AWS service."""
        from regulars.aws.clients import client

        return (self._client or client)(service)

    def table(self, context: str) -> "Table":
        """A context's table."""
        from regulars.aws.table import Table

        return Table(self.client("dynamodb"), self.settings[f"TABLE_{context.upper()}"])

    @cached_property
    def patience(self) -> Patience:
        """How lost races are waited out."""
        return Patience(time.sleep, random.random)

    @cached_property
    def keys(self) -> "KeyRing":
        """The HMAC keys of the installation."""
        from regulars.aws.secrets import KeyRing, stored_secret

        return KeyRing(stored_secret(self.client("secretsmanager"), self.settings["SECRET_NAME"]))

    @cached_property
    def bus(self) -> "EventBus":
        """The event bus."""
        from regulars.aws.bus import EventBus

        return EventBus(self.client("events"), self.settings["EVENT_BUS_NAME"])

    @cached_property
    def program(self) -> "ProgramService":
        """The programme's rules and their versions."""
        from regulars.program.dynamodb import DynamoProgramStore
        from regulars.program.service import ProgramService

        return ProgramService(DynamoProgramStore(self.table("program")), self.clock)

    @cached_property
    def program_versions(self) -> "VersionService":
        """The programme's versions, as staff make them."""
        from regulars.program.dynamodb import DynamoProgramStore
        from regulars.program.service import VersionService

        return VersionService(DynamoProgramStore(self.table("program")), self.clock, self.new_id)

    def programme_at(self, instant: datetime) -> "ProgrammeVersion":
        """The programme's version in force at an instant."""
        return self.program.history().at(instant)
