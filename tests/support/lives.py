"""Members who do everything that accounts can: a random life over some months, on the services, with the ledger in memory."""

import random
from collections.abc import Callable
from contextlib import suppress
from copy import replace
from datetime import UTC, date, datetime, timedelta

from regulars.accounts.books.checking import LedgerCheck
from regulars.accounts.books.dynamodb import DynamoBooksStore
from regulars.accounts.commands import (
    Adjust,
    CancelHold,
    CancelRedemption,
    CloseAccount,
    Command,
    CommitHold,
    OpenBalance,
    OverrideTier,
    PlaceHold,
    Redeem,
)
from regulars.accounts.entries import Entry, EntryKind, Line, TierCause
from regulars.accounts.operations import Fact, OperationsService
from regulars.accounts.refunds import RefundsService
from regulars.accounts.service import Buyer
from regulars.accounts.waiting import RefundRequest
from regulars.kernel.errors import RegularsError
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import Patience
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import Desk, changed, history, purchase
from tests.support.ledger import FakeLedgerStore
from tests.support.memory import MemoryTable

MEMBERS = tuple(f"mem_01JD000000000000000000000{number}" for number in range(1, 5))
_ACTOR = "staff:a"


def lively_programmes() -> ProgrammeHistory:
    """Short lives of points, a return window, reviews by quarter with grace, gifts; and stricter tiers from May on."""
    rules = changed(
        preset("four"),
        expiry={"policy": "fixed_days", "days": 60, "reminder_days": 10},
        earning={"return_window_days": 3},
        qualification={"window": "calendar_quarter", "cycle": "quarterly", "demotion": "one_down", "grace_days": 10},
        transfers={"enabled": True},
        redemption={"hold_minutes": 4000},
    )
    second = changed(rules, expiry={"policy": "fixed_days", "days": 45, "reminder_days": 0}, earning={})
    return history((datetime(2000, 1, 1, tzinfo=UTC), rules), (datetime(2026, 5, 1, tzinfo=UTC), second))


class Lives(Desk):
    """The desk with its other services, and what keeps and checks the books."""

    def __init__(self, seed: int = 0, store: FakeLedgerStore | None = None) -> None:
        super().__init__(programmes=lively_programmes(), store=store or FakeLedgerStore())
        self.random = random.Random(seed)
        self.table = MemoryTable()
        self.books = DynamoBooksStore(self.table)
        patience = Patience(self.pauses.append, lambda: 0.5)
        self.operations = OperationsService(self.service, self.store, self.writer)
        self.refunds = RefundsService(self.service, self.store, self.writer, patience)
        self.check = LedgerCheck(
            self.store, self.store, self.books, lambda: self.programmes, lambda: self.now, stopwatch=lambda: 0.0, page_size=37
        )
        self.bought: list[tuple[str, str]] = []
        self.facts: dict[str, list[tuple[str, str]]] = {"hold": [], "red": []}
        self.numbers = 0

    def live(self, steps: int) -> "Lives":
        """So many things done or refused, hours or days apart."""
        for _ in range(steps):
            self.now += timedelta(hours=self.random.choice((1, 1, 5, 20, 60)))
            member_id = self.random.choice(MEMBERS)
            with suppress(RegularsError):
                self.random.choice(self.deeds)(member_id)
        return self

    @property
    def deeds(self) -> list[Callable[[str], None]]:
        return [self.buy, self.buy, self.buy, self.refund, self.redeem, self.hold, self.hold, self.end_hold, self.end_hold, self.take_back,
                self.adjust, self.give, self.override, self.settle, self.open, self.close]  # fmt: skip

    def entries(self) -> list[Entry]:
        """Every entry of everybody."""
        return [entry for member_id in self.store.entries_of for entry in self.store.all_entries(member_id)]

    def record(self, key: str, member_id: str, command: Command) -> str:
        self.operations.record(Fact(key, "hash"), Buyer(member_id), command)
        return key

    def next(self, prefix: str) -> str:
        self.numbers += 1
        return derived_id(prefix, str(self.numbers))

    def buy(self, member_id: str) -> None:
        self.numbers += 1
        lines = [Line(f"sku-{place}", "food", 1, self.random.choice((0, 99, 250_00, 1_700_00))) for place in range(3)]
        occurred_at = self.now - timedelta(hours=self.random.choice((0, 0, 100)))
        hold_id = self.random.choice([None, *(hold for owner, hold in self.facts["hold"] if owner == member_id)][-2:])
        command = purchase(reference=str(self.numbers), lines=lines, occurred_at=occurred_at)
        if hold_id:
            command = replace(command, hold_id=hold_id)
        self.service.record_purchase(Buyer(member_id), command, "hash")
        self.bought.append((member_id, str(self.numbers)))

    def refund(self, _member_id: str) -> None:
        _, reference = self.random.choice(self.bought or [("", "0")])
        purchase_id = derived_id("pur", "purchase", "till-1", reference)
        by_line = self.random.choice(({}, {2: 50}))
        amount = 0 if by_line else self.random.choice((10, 120_00))
        request = RefundRequest(self.next("ref"), purchase_id, "till-1", f"back-{self.numbers}", self.now, by_line, amount, _ACTOR)
        self.refunds.record(request, "hash")

    def redeem(self, member_id: str) -> None:
        key = self.next("red")
        command = Redeem(key, "till-1", key, self.random.choice((1, 90, 800)), None, "gift", _ACTOR)
        self.facts["red"].append((member_id, self.record(key, member_id, command)))

    def take_back(self, _member_id: str) -> None:
        member_id, redemption_id = self.random.choice(self.facts["red"] or [("", "")])
        recorded = self.operations.recorded(redemption_id, EntryKind.REDEMPTION)
        redemption = self.service.entry(member_id, recorded.entry_id)
        self.record(derived_id("rcx", redemption_id), member_id, CancelRedemption(redemption, "changed mind", _ACTOR))

    def hold(self, member_id: str) -> None:
        key = self.next("hold")
        command = PlaceHold(key, "till-1", key, self.random.choice((5, 5, 300)), None, _ACTOR)
        self.facts["hold"].append((member_id, self.record(key, member_id, command)))

    def end_hold(self, _member_id: str) -> None:
        _, hold_id = self.random.choice(self.facts["hold"][-3:] or [("", "")])
        if self.random.random() < 0.5:
            self.operations.commit_hold(CommitHold(hold_id, self.random.choice((None, 3)), _ACTOR), "hash")
        else:
            self.operations.cancel_hold(CancelHold(hold_id, _ACTOR), "hash")

    def adjust(self, member_id: str) -> None:
        key = self.next("adj")
        self.record(key, member_id, Adjust(key, self.random.choice((-20, 15, 400)), "goodwill", "", _ACTOR))

    def give(self, member_id: str) -> None:
        to = self.random.choice([other for other in MEMBERS if other != member_id])
        key = self.next("trf")
        self.operations.give(Fact(key, "hash"), member_id, Buyer(to), self.random.choice((1, 150)), _ACTOR)

    def override(self, member_id: str) -> None:
        ends_on = self.random.choice((None, self.now.date() + timedelta(days=9)))
        key, tier = self.next("ovr"), self.random.choice(("gold", "platinum"))
        self.record(key, member_id, OverrideTier(key, tier, ends_on, "care", TierCause.OVERRIDE, _ACTOR, "staff:b"))

    def open(self, member_id: str) -> None:
        key = self.next("opn")
        command = OpenBalance(key, 77, self.random.choice((None, date(2026, 12, 31))), "old", key, _ACTOR)
        self.record(key, member_id, command)

    def close(self, member_id: str) -> None:
        if self.random.random() < 0.03:
            key = self.next("clo")
            self.record(key, member_id, CloseAccount(key, "left", _ACTOR, at_once=self.random.random() < 0.3))

    def settle(self, member_id: str) -> None:
        self.service.settle(member_id, "job:settle_accounts")
