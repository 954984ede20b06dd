"""The only place that builds concrete objects; each is built on first use and kept for the process.

Imports stand inside the builders on purpose: a function loads the adapters it uses and no others, and importing a handler
builds nothing.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
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
    from regulars.members.activation import Activation
    from regulars.members.cognito import CognitoIdentity
    from regulars.members.contact_book import ContactBook
    from regulars.members.directory import MemberDirectory
    from regulars.members.dynamodb import DynamoMemberStore, DynamoRegistrationStore
    from regulars.members.encryption import KmsVault
    from regulars.members.limits import Limiter
    from regulars.members.profile import ProfileService
    from regulars.members.resets import PasswordResets
    from regulars.members.reviewing import Reviewing
    from regulars.members.service import RegistrationService
    from regulars.members.sessions import SessionService
    from regulars.messaging.dynamodb import DynamoMessageStore
    from regulars.messaging.mailbox import Mailbox
    from regulars.messaging.model import CodeRef
    from regulars.messaging.ports import Sender
    from regulars.messaging.reading import MessageReader
    from regulars.messaging.recipients import ContactBookRecipients
    from regulars.messaging.service import DeliveryService
    from regulars.messaging.sqs import DeliveryQueue
    from regulars.program.model import ProgrammeVersion
    from regulars.program.service import ProgramService, VersionService
    from regulars.service.service import FeedbackService


def random_digits(count: int) -> str:
    """Digits from the system's own source of randomness."""
    return f"{secrets.randbelow(10**count):0{count}d}"


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

        return MemberDirectory(self.member_store, lambda: self.keys)

    @cached_property
    def member_store(self) -> "DynamoMemberStore":
        """Members, their contacts' guards and their cards."""
        from regulars.members.dynamodb import DynamoMemberStore

        return DynamoMemberStore(self.table("members"))

    @cached_property
    def registration_store(self) -> "DynamoRegistrationStore":
        """Registrations."""
        from regulars.members.dynamodb import DynamoRegistrationStore

        return DynamoRegistrationStore(self.table("members"))

    @cached_property
    def vault(self) -> "KmsVault":
        """Encrypts and decrypts personal fields."""
        from regulars.members.encryption import KmsVault

        return KmsVault(self.client("kms"), self.settings["DATA_KEY_ID"], self.clock)

    @cached_property
    def identity(self) -> "CognitoIdentity":
        """Users, passwords and tokens."""
        from regulars.members.cognito import CognitoIdentity

        return CognitoIdentity(self.client("cognito-idp"), self.settings["USER_POOL_ID"], self.settings["USER_POOL_CLIENT_ID"])

    @cached_property
    def limiter(self) -> "Limiter":
        """Limits per contact, per address and in all."""
        from regulars.members.dynamodb import DynamoCounters
        from regulars.members.limits import Limiter

        return Limiter(DynamoCounters(self.table("members")), self.keys, self.clock, self.settings.limit)

    def programme_at(self, instant: datetime) -> "ProgrammeVersion":
        """The programme's version in force at an instant."""
        return self.program.history().at(instant)

    @cached_property
    def reviewing(self) -> "Reviewing":
        """Reviews of applications, and the opening of members."""
        from regulars.members.reviewing import Reviewing

        return Reviewing(
            self.registration_store, self.member_store, self.vault, self.programme_at, self.clock, random_digits, self.patience
        )

    @cached_property
    def registrations(self) -> "RegistrationService":
        """Joining, until the review is over."""
        from regulars.members.service import RegistrationService

        return RegistrationService(
            self.registration_store, self.vault, self.keys, self.limiter, self.reviewing, self.programme_at, self.clock, self.new_id,
            self.patience,
        )  # fmt: skip

    @cached_property
    def activation(self) -> "Activation":
        """The password that completes joining."""
        from regulars.members.activation import Activation

        return Activation(self.registration_store, self.member_store, self.identity, self.keys, self.limiter, self.clock, self.patience)

    @cached_property
    def sessions(self) -> "SessionService":
        """Log-in, refresh, log-out."""
        from regulars.members.sessions import SessionService

        return SessionService(self.member_store, self.identity, self.keys, self.limiter, self.programme_at, self.clock)

    @cached_property
    def password_resets(self) -> "PasswordResets":
        """Forgotten passwords."""
        from regulars.members.dynamodb import DynamoResetStore
        from regulars.members.resets import PasswordResets

        store = DynamoResetStore(self.table("members"))
        return PasswordResets(store, self.member_store, self.identity, self.keys, self.limiter, self.clock, self.new_id, self.patience)

    @cached_property
    def profiles(self) -> "ProfileService":
        """Profiles, consents, cards, and finding members."""
        from regulars.members.profile import ProfileService

        return ProfileService(self.member_store, self.vault, self.keys, self.programme_at, self.clock, self.patience)

    @cached_property
    def contact_book(self) -> "ContactBook":
        """Whom messages go to, in clear."""
        from regulars.members.contact_book import ContactBook

        return ContactBook(self.member_store, self.registration_store, self.vault)

    @cached_property
    def ledger(self) -> "DynamoLedgerStore":
        """Accounts, entries and guards."""
        from regulars.accounts.dynamodb import DynamoLedgerStore

        return DynamoLedgerStore(self.table("accounts"), self._due_shards)

    @cached_property
    def accounts(self) -> "AccountsService":
        """Purchases, points and tiers."""
        from regulars.accounts.service import AccountsService

        return AccountsService(self.ledger, self.ledger_writer, self.program.history, lambda: self.member_directory, self.clock)

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

    @cached_property
    def message_store(self) -> "DynamoMessageStore":
        """Claims and the communication record."""
        from regulars.messaging.dynamodb import DynamoMessageStore

        return DynamoMessageStore(self.table("messaging"), keeps_outbox=self.settings.is_local)

    @cached_property
    def recipients(self) -> "ContactBookRecipients":
        """How people are reached."""
        from regulars.messaging.recipients import ContactBookRecipients

        return ContactBookRecipients(self.contact_book)

    @cached_property
    def deliveries(self) -> "DeliveryService":
        """Tells people what concerns them, by e-mail and SMS."""
        from regulars.members.model import MessageChannel
        from regulars.messaging.rendering import JinjaRenderer
        from regulars.messaging.service import DeliveryService
        from regulars.messaging.ses import SesSender
        from regulars.messaging.sns import SnsSender

        senders: dict[MessageChannel, Sender] = {
            MessageChannel.EMAIL: SesSender(self.client("sesv2"), self.settings["SENDER_EMAIL"]),
            MessageChannel.SMS: SnsSender(self.client("sns")),
        }
        return DeliveryService(
            self.message_store, self.recipients, JinjaRenderer(), senders, self._message_code, self.program.history, self.clock, self.new_id
        )

    @cached_property
    def delivery_queue(self) -> "DeliveryQueue":
        """The queue that deliveries come from."""
        from regulars.messaging.sqs import DeliveryQueue

        return DeliveryQueue(self.client("sqs"), self.settings["DELIVER_QUEUE_URL"])

    @cached_property
    def message_reader(self) -> "MessageReader":
        """What people were sent."""
        from regulars.messaging.reading import MessageReader
        from regulars.messaging.rendering import JinjaRenderer

        return MessageReader(self.message_store, JinjaRenderer(), self.member_directory)

    @cached_property
    def mailbox(self) -> "Mailbox":
        """Every message with its address and code; stage `local` alone."""
        from regulars.messaging.mailbox import Mailbox
        from regulars.messaging.rendering import JinjaRenderer

        return Mailbox(self.message_store, self.recipients, JinjaRenderer(), self._message_code, is_local=self.settings.is_local)

    def _message_code(self, code: "CodeRef") -> str:
        from regulars.members.codes import verification_code

        return verification_code(self.keys, code.subject_id, code.attempt)

    @cached_property
    def feedback(self) -> "FeedbackService":
        """What members say, and what was answered."""
        from regulars.service.dynamodb import DynamoFeedbackStore
        from regulars.service.service import FeedbackService

        store = DynamoFeedbackStore(self.table("service"))
        return FeedbackService(store, self.member_directory, self.clock, self.new_id, self.patience)

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
