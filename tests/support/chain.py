"""The whole way in process: people join and act through the handlers, the relay and the delivery run, the mail is read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from functions.deliver_messages.handler import lambda_handler as deliver
from functions.messaging.handler import app as messaging_app
from functions.relay_events.handler import lambda_handler as relay
from regulars.aws.table import Table
from regulars.kernel.principal import Principal
from regulars.settings import Settings
from regulars.wiring import use
from tests.support.bus import LambdaContext, RecordingEvents, RecordingSqs, envelope, failed_in, queue_event, stream_records
from tests.support.calls import Answer, Caller, member
from tests.support.clock import MovableClock
from tests.support.files import MemoryFiles
from tests.support.members import Premises, RegisteringWiring, premises
from tests.support.memory import MemoryTable
from tests.support.messaging import RecordingSes, RecordingSns

SENDER = "care@regulars.example"
_RELAYED = ("program", "members", "accounts", "service")


class ChainWiring(RegisteringWiring):
    """A wiring with every context's table in memory."""

    tables: dict[str, MemoryTable]
    files: Any = MemoryFiles()

    def table(self, context: str) -> Table:
        return self.tables[context]


@dataclass
class Chain:
    """The premises with the bus, the providers and the mail behind them."""

    place: Premises
    wiring: ChainWiring
    bus: RecordingEvents = field(default_factory=RecordingEvents)
    ses: RecordingSes = field(default_factory=RecordingSes)
    sns: RecordingSns = field(default_factory=RecordingSns)
    sqs: RecordingSqs = field(default_factory=RecordingSqs)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, in order of its keys."""
        return self.wiring.tables[table].items

    def relay(self) -> list[str]:
        """Relays everything the tables hold, all of it anew each time, as after a lost checkpoint; answers what failed."""
        failed = []
        for table in _RELAYED:
            failed += failed_in(relay({"Records": stream_records(table, self.items(table))}, LambdaContext()))
        return failed

    def deliver(self) -> list[str]:
        """Delivers everything the bus has taken, all of it anew each time; answers what failed."""
        bodies = [envelope(entry["DetailType"], json.loads(entry["Detail"]), entry["Source"]) for entry in self.bus.entries]
        return failed_in(deliver(queue_event(*bodies), LambdaContext())) if bodies else []

    def run(self) -> None:
        """Relays and delivers, and nothing fails."""
        assert self.relay() == []
        assert self.deliver() == []

    def tell(self, event_type: str, detail: dict[str, Any], source: str = "regulars.members") -> list[str]:
        """Delivers one event; answers what failed."""
        return failed_in(deliver(queue_event(envelope(event_type, detail, source)), LambdaContext()))

    def messages(self, member_id: str, **options: Any) -> list[dict[str, Any]]:
        """What the member reads of what was sent, newest first."""
        answer = self.call(member(member_id), "/v1/me/messages", **options)
        assert answer.status == 200, answer.text
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    @staticmethod
    def call(principal: Principal, path: str, **options: Any) -> Answer:
        """A read of the communication record by anybody."""
        return Caller(messaging_app, principal).get(path, **options)


@contextmanager
def chain(clock: MovableClock, **environment: str) -> Iterator[Chain]:
    """Fresh premises with everything behind them; further settings as named."""
    with premises(clock) as place:
        bus, ses, sns, sqs = RecordingEvents(), RecordingSes(), RecordingSns(), RecordingSqs()
        clients: dict[str, Any] = {"kms": place.kms, "events": bus, "sesv2": ses, "sns": sns, "sqs": sqs}
        settings = {
            **place.wiring.settings.environment,
            **{f"TABLE_{context.upper()}": context for context in (*_RELAYED, "books")},
            "EVENT_BUS_NAME": "regulars-test",
            "SENDER_EMAIL": SENDER,
            "DELIVER_QUEUE_URL": "https://queue/deliver",
            "SETTLE_QUEUE_URL": "https://queue/settle",
            **environment,
        }
        wiring = ChainWiring(Settings(settings), clock=clock, new_id=place.wiring.new_id, client=clients.__getitem__)
        wiring.tables = {
            context: MemoryTable(queue=("queue", "queued_at"), agent=("agent_queue", "queued_at"), due=("due_shard", "due_on"))
            for context in (*_RELAYED, "messaging", "books")
        }
        wiring.tables["members"] = place.table
        wiring.identity, wiring.program = place.identity, place.program
        with use(wiring):
            yield Chain(place, wiring, bus, ses, sns, sqs)
