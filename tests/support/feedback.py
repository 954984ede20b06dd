"""Feedback for tests: requests with meaningful defaults, and the desk where members and staff meet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from functions.service.handler import app
from regulars.aws.table import Table
from regulars.kernel.principal import Principal, Role
from regulars.kernel.retry import Patience
from regulars.program.service import ProgramService
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from tests.support.accounts import FakeDirectory
from tests.support.calls import MEMBER_ID, Answer, Caller, member, staff
from tests.support.clock import MovableClock
from tests.support.memory import MemoryTable
from tests.support.program import FakeProgramStore, counting_ids

STRANGER = "mem_01JD0000000000000000000404"
"""No member has this id."""


def feedback(**parts: Any) -> dict[str, Any]:
    """Feedback as a member's app sends it; a part that is `...` is left out."""
    filled = {"channel": "app", "kind": "complaint", "text": "The parcel came open. 包裹破损。", "order_reference": "A-1001", **parts}
    return {name: value for name, value in filled.items() if value is not ...}


class ServiceWiring(Wiring):
    """A wiring with tables in memory: the service's own, and the accounts' to be read; everybody but the stranger is a member."""

    tables: dict[str, MemoryTable]
    member_directory: Any = None
    patience = Patience(lambda _seconds: None, lambda: 0.0)

    def table(self, context: str) -> Table:
        return self.tables[context]


@dataclass
class Desk:
    """Where members speak and staff see it through; `accounts` is the table that tells the members' tiers."""

    table: MemoryTable
    accounts: MemoryTable
    clock: MovableClock
    member: Caller = field(default_factory=lambda: Caller(app, member()))
    agent: Caller = field(default_factory=lambda: Caller(app, staff(Role.AGENT)))
    keys: Iterator[str] = field(default_factory=lambda: (f"key-{number}" for number in range(10**6)))

    def caller(self, principal: Principal) -> Caller:
        """Anybody."""
        return Caller(app, principal)

    def post(self, caller: Caller, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Answer:
        """A write with an idempotency key of its own unless one is given."""
        return caller.post(path, body, headers={"Idempotency-Key": key or next(self.keys), **headers})

    def give(self, **parts: Any) -> Answer:
        """The member gives feedback."""
        return self.post(self.member, "/v1/me/feedback", feedback(**parts))

    def given(self, **parts: Any) -> str:
        """The id of feedback the member gives."""
        answer = self.give(**parts)
        assert answer.status == 201, answer.text
        return str(answer.json["feedback_id"])

    def classify(self, feedback_id: str, *, key: str | None = None, **headers: str) -> Answer:
        """An agent says what it is about."""
        body = {"category": "delivery", "severity": "high"}
        return self.post(self.agent, f"/v1/feedback/{feedback_id}/classification", body, key=key, **headers)

    def answer(self, feedback_id: str, text: str = "We are sorry. 非常抱歉。", *, key: str | None = None, **headers: str) -> Answer:
        """An agent answers."""
        return self.post(self.agent, f"/v1/feedback/{feedback_id}/answer", {"text": text}, key=key, **headers)

    def assign(self, feedback_id: str, agent: str | None = "wu", *, key: str | None = None, **headers: str) -> Answer:
        """An agent gives it to another one."""
        return self.post(self.agent, f"/v1/feedback/{feedback_id}/assignment", {"agent": agent}, key=key, **headers)

    def close(self, feedback_id: str, *, key: str | None = None, **headers: str) -> Answer:
        """An agent closes it."""
        return self.post(self.agent, f"/v1/feedback/{feedback_id}/closure", key=key, **headers)

    def seen(self, feedback_id: str, member_id: str = MEMBER_ID) -> Answer:
        """What the member sees of it."""
        return self.caller(member(member_id)).get(f"/v1/me/feedback/{feedback_id}")

    def events(self) -> list[str]:
        """The types of the events let out, in order of the items' keys."""
        texts = [text for item in self.table.items for text in item.get("events", ())]
        return [text.split('"')[3] for text in texts]


def service_table() -> MemoryTable:
    """The service's table with its indexes."""
    return MemoryTable(queue=("queue", "queued_at"), agent=("agent_queue", "queued_at"))


@contextmanager
def desk(clock: MovableClock) -> Iterator[Desk]:
    """A fresh desk."""
    wiring = ServiceWiring(Settings({}), clock=clock, new_id=counting_ids())
    wiring.tables = {"service": service_table(), "accounts": MemoryTable(due=("due_shard", "due_on"))}
    wiring.program = ProgramService(FakeProgramStore(), clock)
    wiring.member_directory = FakeDirectory(unknown=(STRANGER,))
    with use(wiring):
        yield Desk(wiring.tables["service"], wiring.tables["accounts"], clock)
