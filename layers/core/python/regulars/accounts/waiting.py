"""Refunds that came before their purchase: kept in the purchase's place, applied with it in one transaction (law F4)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from msgspec import Struct, field

from regulars.accounts.commands import Command, RecordRefund, RefundState
from regulars.accounts.entries import Entry
from regulars.accounts.ledger import Outcome
from regulars.kernel.clock import instant_text, parse_instant
from regulars.kernel.idempotency import Guard

WAITING_MAX = 20
"""The most refunds that wait for one purchase."""


class RefundRequest(Struct, frozen=True):
    """A refund as it was asked for: by line numbers (from 1) or over the whole purchase.

    `more` is what a newer version of the code has kept with it, and stays.
    """

    refund_id: str
    purchase_id: str
    source: str
    reference: str
    occurred_at: datetime
    by_line: Mapping[int, int]
    by_amount: int
    actor: str
    may_import: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    def command(self, purchase: Entry, state: RefundState | None, *, is_waiting: bool = False, is_forfeited: bool = False) -> RecordRefund:
        """The command for a purchase and what was refunded of it so far."""
        return RecordRefund(
            self.refund_id,
            self.source,
            self.reference,
            self.occurred_at,
            purchase,
            state or RefundState(self.purchase_id),
            self.by_line,
            self.by_amount,
            self.actor,
            is_waiting,
            self.may_import,
            is_forfeited,
        )

    def to_json(self) -> dict[str, Any]:
        """The request as a guard keeps it."""
        return {
            "refund_id": self.refund_id,
            "purchase_id": self.purchase_id,
            "source": self.source,
            "reference": self.reference,
            "occurred_at": instant_text(self.occurred_at),
            "by_line": {str(number): amount for number, amount in self.by_line.items()},
            "by_amount": self.by_amount,
            "actor": self.actor,
            "may_import": self.may_import,
            **self.more,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """The request that a guard kept."""
        by_line = {int(number): amount for number, amount in fields["by_line"].items()}
        plain = {name: fields[name] for name in cls.__struct_fields__ if name in fields}
        more = {name: value for name, value in fields.items() if name not in cls.__struct_fields__}
        return cls(**{**plain, "occurred_at": parse_instant(fields["occurred_at"]), "by_line": by_line, "more": more})


class Waiting(Struct, frozen=True):
    """What waits for a purchase, in the order in which it came."""

    requests: tuple[RefundRequest, ...] = ()

    @classmethod
    def of(cls, guard: Guard | None) -> Self:
        """What a guard that keeps a purchase's place lists."""
        return cls(tuple(RefundRequest.from_json(fields) for fields in json.loads(guard.answer))) if guard else cls()

    def guard(self, purchase_id: str) -> Guard:
        """The guard that keeps the place."""
        return Guard(purchase_id, "", json.dumps([request.to_json() for request in self.requests], separators=(",", ":")))

    def following(self, outcomes: tuple[Outcome, ...]) -> Command | None:
        """The next waiting refund's command, after the purchase and those before it."""
        done = [outcome for outcome in outcomes if not outcome.is_partial]
        place, purchase = len(done) - 1, outcomes[0].entry
        if purchase is None or place >= len(self.requests):
            return None
        return self.requests[place].command(purchase, done[-1].refund, is_waiting=True)
