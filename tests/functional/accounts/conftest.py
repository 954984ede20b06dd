"""What the accounts' tests share: a till, the importer, a member, staff, and the real store on tables in memory."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from functions.accounts.handler import app
from functions.settle_accounts.handler import lambda_handler as settle_accounts
from regulars.accounts.nightly import NightlySettlement
from regulars.accounts.sqs import SqsTaskQueue
from regulars.aws.queues import JsonQueue
from regulars.kernel.clock import instant_text
from regulars.kernel.principal import Role, Scope
from regulars.wiring import Wiring
from tests.support.accounts import FakeDirectory
from tests.support.calls import MEMBER_ID, Answer, Caller, machine, member, staff
from tests.support.clock import MovableClock

TILL = Caller(app, machine(Scope.PURCHASES_WRITE))
IMPORTER = Caller(app, machine(Scope.PURCHASES_WRITE, Scope.PURCHASES_IMPORT, client_id="importer"))
ME = Caller(app, member())
CLERK = Caller(app, staff(Role.CLERK))


@dataclass
class Shop:
    """Buys by HTTP and lets nights pass."""

    clock: MovableClock
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    queue: list[dict[str, Any]] = field(default_factory=list)

    def body(self, amount: int = 10_00, reference: str = "r1", **fields: Any) -> dict[str, Any]:
        """A purchase of one line, now, by the member, unless told otherwise."""
        return {
            "source": "till-1",
            "reference": reference,
            "member_id": MEMBER_ID,
            "store_id": "s1",
            "occurred_at": instant_text(self.clock()),
            "currency": "CNY",
            "lines": [{"sku": "milk", "category": "food", "quantity": 1, "amount": amount}],
            **fields,
        }

    def buy(self, amount: int = 10_00, reference: str = "r1", caller: Caller = TILL, **fields: Any) -> Answer:
        """Sends a purchase."""
        return caller.post("/v1/purchases", self.body(amount, reference, **fields))

    def night(self) -> None:
        """Runs the schedule's message and every task that it leads to."""
        self.queue.append({"job": "settle_accounts"})
        while self.queue:
            record = {"messageId": "m1", "body": json.dumps(self.queue.pop(0))}
            assert settle_accounts({"Records": [record]}, None) == {"batchItemFailures": []}

    def pass_days(self, days: int) -> None:
        """Moves the clock, then lets the night run."""
        self.clock.now += timedelta(days=days)
        self.night()


class QueueClient:
    """The part of SQS's client that the job uses, in memory."""

    def __init__(self, queue: list[dict[str, Any]]) -> None:
        self.queue = queue

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803  # AWS's names
        assert QueueUrl == "queue"
        self.queue += [json.loads(entry["MessageBody"]) for entry in Entries]
        return {}


@pytest.fixture
def shop(wiring: Wiring, clock: MovableClock) -> Shop:
    """The shop on the real store."""

    made = Shop(clock)
    wiring.__dict__["member_directory"] = made.directory
    queue = SqsTaskQueue(JsonQueue(QueueClient(made.queue), "queue"))
    wiring.__dict__["settlement"] = NightlySettlement(
        wiring.ledger_writer, wiring.ledger, wiring.program.history, wiring.clock, queue, shards=16, stopwatch=lambda: 0.0
    )
    return made
