"""The only place that builds concrete objects; each is built on first use and kept for the process.

Imports stand inside the builders on purpose: a function loads the adapters it uses and no others, and importing a handler
builds nothing.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.kernel.clock import Clock
from regulars.kernel.ids import IdFactory, new_id
from regulars.kernel.retry import Patience
from regulars.settings import Settings
from regulars.settings import settings as process_settings

if TYPE_CHECKING:
    from regulars.accounts.dynamodb import DynamoLedgerStore
    from regulars.accounts.nightly import NightlySettlement
    from regulars.accounts.service import AccountsService
    from regulars.accounts.writer import LedgerWriter
    from regulars.aws.bus import EventBus
    from regulars.aws.secrets import KeyRing
    from regulars.aws.table import Table
    from regulars.members.directory import MemberDirectory
    from regulars.program.service import ProgramService, VersionService


class Wiring:
    """The objects of one process; tests pass their own settings, clock, ids and clients."""

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

    @cached_property
    def member_directory(self) -> "MemberDirectory":
        """Which members there are, by id and by card; no personal data."""
        from regulars.members.directory import MemberDirectory

        return MemberDirectory(self.table("members"), self.keys)

    @cached_property
    def ledger(self) -> "DynamoLedgerStore":
        """Accounts, entries and guards."""
        from regulars.accounts.dynamodb import DynamoLedgerStore

        return DynamoLedgerStore(self.table("accounts"), self._due_shards)

    @cached_property
    def accounts(self) -> "AccountsService":
        """Purchases, points and tiers."""
        from regulars.accounts.service import AccountsService

        return AccountsService(self.ledger, self.ledger_writer, self.program.history, self.member_directory, self.clock)

    @cached_property
    def ledger_writer(self) -> "LedgerWriter":
        """The one way in which an account changes."""
        from regulars.accounts.writer import LedgerWriter

        return LedgerWriter(self.ledger, self.program.history, self.clock, self.patience)

    @cached_property
    def settlement(self) -> "NightlySettlement":
        """The nightly job."""
        from regulars.accounts.nightly import NightlySettlement
        from regulars.accounts.sqs import SqsTaskQueue
        from regulars.aws.queues import JsonQueue

        queue = SqsTaskQueue(JsonQueue(self.client("sqs"), self.settings["SETTLE_QUEUE_URL"]))
        return NightlySettlement(
            self.ledger_writer, self.ledger, self.program.history, self.clock, queue, shards=self._due_shards, stopwatch=time.monotonic
        )

    @property
    def _due_shards(self) -> int:
        return int(self.settings.get("DUE_SHARDS") or 16)


_current: list[Wiring] = []


def wiring() -> Wiring:
    """The wiring of this process."""
    if not _current:
        _current.append(Wiring(process_settings()))
    return _current[-1]


@contextmanager
def use(replacement: Wiring) -> Iterator[Wiring]:
    """Uses another wiring inside a `with` block (tests)."""
    _current.append(replacement)
    try:
        yield replacement
    finally:
        _current.remove(replacement)
