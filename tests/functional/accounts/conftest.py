"""What the accounts' tests share: a till, the importer, a member, staff, and the real store on tables in memory."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from functions.accounts.handler import app
from functions.settle_accounts.handler import lambda_handler as settle_accounts
from regulars.accounts.nightly import JOB, NightlySettlement
from regulars.accounts.walking import ShardTask, message_of
from regulars.aws.queues import JsonQueue
from regulars.kernel.clock import instant_text
from regulars.kernel.principal import Role, Scope
from regulars.program.model import Programme
from regulars.program.presets import preset
from regulars.wiring import Wiring
from tests.support.accounts import FakeDirectory, changed, history
from tests.support.calls import MEMBER_ID, Answer, Caller, machine, member, staff
from tests.support.clock import MovableClock
from tests.support.queues import QueueClient

TILL = Caller(app, machine(Scope.PURCHASES_WRITE))
IMPORTER = Caller(app, machine(Scope.PURCHASES_WRITE, Scope.PURCHASES_IMPORT, client_id="importer"))
CHECKOUT = Caller(app, machine(Scope.CHECKOUT_WRITE))
ME = Caller(app, member())
FRIEND_ID = "mem_01JABCDEFGHJKMNPQRSTVWXYZ1"
FRIEND = Caller(app, member(FRIEND_ID))
CLERK = Caller(app, staff(Role.CLERK))
AGENT = Caller(app, staff(Role.AGENT))
MANAGER = Caller(app, staff(Role.MANAGER))


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

    def refund(self, reference: str = "f1", purchase: str = "r1", **fields: Any) -> Answer:
        """Refunds the purchase of a reference."""
        body = {"source": "till-1", "reference": reference, "purchase_source": "till-1", "purchase_reference": purchase}
        return TILL.post("/v1/refunds", {**body, **fields})

    def hold(self, points: int, reference: str = "h1", **fields: Any) -> Answer:
        """Sets the member's points aside."""
        body = {"source": "till-1", "reference": reference, "member_id": MEMBER_ID, "points": points}
        return CHECKOUT.post("/v1/holds", {**body, **fields})

    def redeem(self, points: int, reference: str = "x1", query: dict[str, str] | None = None, **fields: Any) -> Answer:
        """Uses the member's points."""
        body = {"source": "desk", "reference": reference, "member_id": MEMBER_ID, "points": points, "purpose": "gift"}
        return CHECKOUT.post("/v1/redemptions", {**body, **fields}, query=query)

    def points(self, caller: Caller = ME) -> dict[str, Any]:
        """The balance as the member sees it."""
        found: dict[str, Any] = caller.get("/v1/me/points").json
        return found

    def statement(self, caller: Caller = ME) -> list[dict[str, Any]]:
        """Every entry as the member sees it, newest first."""
        entries: list[dict[str, Any]] = []
        query = {"limit": "100"}
        while True:
            page = caller.get("/v1/me/points/entries", query=query).json
            entries += page["items"]
            if page["next_cursor"] is None:
                return entries
            query = {"limit": "100", "cursor": page["next_cursor"]}

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


def play_by(wiring: Wiring, *versions: tuple[datetime, Programme], **parts: Any) -> None:
    """The preset `four` with parts changed from the beginning, and further versions from their instants on."""
    first = changed(preset("four"), **parts)
    programmes = history((datetime(2000, 1, 1, tzinfo=UTC), first), *versions)
    for built in ("ledger_writer", "accounts", "operations", "refunds"):
        wiring.__dict__.pop(built, None)
    wiring.__dict__["program"] = type("Fixed", (), {"history": staticmethod(lambda: programmes)})()
    wiring.__dict__["settlement"] = nightly(wiring, wiring.settlement._queue)


def night_queue(messages: list[dict[str, Any]]) -> JsonQueue[ShardTask]:
    """The job's queue, which is a list."""
    return JsonQueue(QueueClient(messages), "queue", partial(message_of, JOB))


def nightly(wiring: Wiring, queue: Any) -> NightlySettlement:
    """The job on a queue in memory."""
    return NightlySettlement(
        wiring.ledger_writer, wiring.ledger, wiring.program.history, wiring.clock, queue, shards=16, stopwatch=lambda: 0.0
    )  # fmt: skip


@pytest.fixture
def shop(wiring: Wiring, clock: MovableClock) -> Shop:
    """The shop on the real store."""

    made = Shop(clock)
    wiring.__dict__["member_directory"] = made.directory
    wiring.__dict__["settlement"] = nightly(wiring, night_queue(made.queue))
    return made
