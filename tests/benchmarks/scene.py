"""A member with a year behind: the account on which costs are counted, made by the service itself, purchase by purchase.

Twelve lots (the first month's purchases came to nothing), thirteen months of buckets, three upgrades.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from copy import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from functions.accounts.handler import app
from regulars.accounts.ledger import Outcome
from regulars.accounts.ports import Change, Commit
from regulars.aws.table import Put, Table, encode_item
from regulars.kernel.clock import add_months, month_of
from regulars.kernel.principal import Scope
from regulars.members import items
from regulars.members.card import card_number
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from tests.support.calls import Answer, Caller, machine, member
from tests.support.clock import MovableClock
from tests.support.meter import Meter, item_size
from tests.support.schema import table_schemas

NOW = datetime(2026, 3, 15, 4, 0, tzinfo=UTC)
MEMBER = "mem_01JQ7Y5V2M8K4R6T9W3XBZ0CDE"
CARD = card_number("1234567890123")
TILL = machine(Scope.PURCHASES_WRITE, client_id="4k8s2v9qj1m7c3x5b6n0d2f8ga")
_MONTHS = 13
_PURCHASES_A_MONTH = 2
_BATCH = 25
_CATEGORIES = ("dairy", "bakery", "fresh produce", "household", "frozen food", "beverages", "snacks", "personal care")


class Scene:
    """Tables, a clock, the accounts' function in process, and a meter between it and DynamoDB."""

    def __init__(self, dynamodb: Any, tables: Mapping[str, str]) -> None:
        self.dynamodb = dynamodb
        self.tables = tables
        self.meter = Meter(dynamodb)
        self.clock = MovableClock(NOW)
        self.wiring = self.wiring_on(self.meter)
        self._receipts = 0

    @classmethod
    def on_emulator(cls, dynamodb: Any, name: str) -> "Scene":
        """The scene on tables of its own, with the year lived; without streams, so that nothing else works meanwhile."""
        tables = {context: f"benchmark-{name}-{context}" for context in table_schemas()}
        for context, schema in table_schemas().items():
            arguments = {key: value for key, value in schema.items() if key != "StreamSpecification"}
            dynamodb.create_table(**{**arguments, "TableName": tables[context]})
        scene = cls(dynamodb, tables)
        scene.live_a_year()
        return scene

    def wiring_on(self, dynamodb: Any) -> Wiring:
        """The product's objects on a client."""
        settings = Settings({f"TABLE_{context.upper()}": name for context, name in self.tables.items()})
        return Wiring(settings, clock=self.clock, client=lambda _service: dynamodb)

    def move(self, **by: int) -> None:
        """Moves the clock on and reads the programme anew: a warm process does so once a minute, outside of what is counted."""
        self.clock.move(**by)
        self.wiring.program.history()

    def unmetered(self) -> AbstractContextManager[Wiring]:
        """Lets the function use the tables directly, where time is taken."""
        wiring = self.wiring_on(self.dynamodb)
        wiring.program.history()
        return use(wiring)

    def wired(self) -> AbstractContextManager[Wiring]:
        """Lets the function use the scene's tables inside a `with` block."""
        return use(self.wiring)

    def open_member(self, member_id: str = MEMBER, card: str = CARD) -> None:
        """A member as the directory knows one: the card, by which the first purchase finds its holder."""
        pk, sk = items.card_key(card)
        item = {"pk": pk, "sk": sk, "card_number": card, "member_id": member_id, "status": "active"}
        Table(self.dynamodb, self.tables["members"]).write(Put(item))

    def live_a_year(self, member_id: str = MEMBER, card: str = CARD) -> None:
        """Thirteen months of purchases, each at its time; the first by card."""
        self.open_member(member_id, card)
        buyer = {"card_number": card}
        with use(self.wiring_on(self.dynamodb)):
            for months_ago in reversed(range(_MONTHS)):
                for number in range(_PURCHASES_A_MONTH):
                    self.clock.now = _noon(add_months(month_of(NOW.date()), -months_ago), 1 + 9 * number)
                    self.buy(buyer, lines=8 + 6 * number, free=months_ago == _MONTHS - 1)
                    buyer = {"member_id": member_id}
        self.clock.now = NOW
        self.move()

    def buy(self, buyer: Mapping[str, str], *, lines: int, free: bool = False) -> Answer:
        """A new purchase of now."""
        return self.send(self.next_receipt(buyer, lines=lines, free=free))

    def send(self, receipt: Mapping[str, Any]) -> Answer:
        """Sends a purchase to the function as the till does.

        Raises:
            AssertionError: it was refused.
        """
        answer = Caller(app, TILL).post("/v1/purchases", receipt)
        assert answer.status == 201, answer.text
        return answer

    def next_receipt(self, buyer: Mapping[str, str], *, lines: int, free: bool = False) -> dict[str, Any]:
        """A purchase of now that was never sent."""
        self._receipts += 1
        return receipt(buyer, self._receipts, lines=lines, occurred_at=self.clock.now, free=free)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Something of their own that the member reads."""
        answer = Caller(app, member(MEMBER)).get(path, query=query)
        assert answer.status == 200, answer.text
        return answer

    def size(self, pk: str, sk: str) -> int:
        """The bytes of an item of the accounts' table."""
        return item_size(self.dynamodb.get_item(TableName=self.tables["accounts"], Key=encode_item({"pk": pk, "sk": sk}))["Item"])

    def entries(self, member_id: str = MEMBER) -> list[dict[str, Any]]:
        """A member's stored entries in order."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.tables["accounts"],
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues=encode_item({":pk": member_id, ":sk": "ENTRY#"}),
        )
        return [item for page in pages for item in page["Items"]]

    def add_member_with_past(self, member_id: str, entries: int) -> None:
        """Another member with the first one's account and a ledger of that many entries: copies, written past the service."""
        store = self.wiring_on(self.dynamodb).ledger
        account = store.load(MEMBER)
        assert account is not None
        last = store.entry(MEMBER, account.version)
        assert last is not None
        outcome = Outcome(
            replace(account, member_id=member_id, version=entries),
            replace(last, member_id=member_id, version=entries),
        )
        store.commit(Commit((Change(replace(account, version=0), (outcome,)),)))
        past = self.entries()
        keys = ({"pk": {"S": member_id}, "sk": {"S": f"ENTRY#{version:010d}"}} for version in range(1, entries))
        self._batch([{"PutRequest": {"Item": {**past[number % len(past)], **key}}} for number, key in enumerate(keys)])

    def _batch(self, requests: list[dict[str, Any]]) -> None:
        for offset in range(0, len(requests), _BATCH):
            left = {self.tables["accounts"]: requests[offset : offset + _BATCH]}
            while left:
                left = self.dynamodb.batch_write_item(RequestItems=left)["UnprocessedItems"]


def receipt(buyer: Mapping[str, str], number: int, *, lines: int, occurred_at: datetime, free: bool = False) -> dict[str, Any]:
    """A purchase as a supermarket's till writes it: store and receipt numbers, articles by their 13 digits."""
    random = Random(number)
    day = occurred_at.date().isoformat().replace("-", "")
    return {
        "source": "pos.hangzhou-0042",
        "reference": f"{day}-0042-07-{number:06d}",
        **buyer,
        "store_id": "hangzhou-0042",
        "occurred_at": occurred_at.isoformat(),
        "currency": "CNY",
        "lines": [_line(random, free=free) for _ in range(lines)],
    }


def _noon(month: str, day: int) -> datetime:
    return datetime(int(month[:4]), int(month[5:]), day, 4, tzinfo=UTC)


def _line(random: Random, *, free: bool) -> dict[str, Any]:
    return {
        "sku": f"69{random.randrange(10**11):011d}",
        "category": random.choice(_CATEGORIES),
        "quantity": random.randint(1, 4),
        "amount": 0 if free else random.randint(2_00, 49_99),
    }
