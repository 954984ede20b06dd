"""Builders for refunds: what was bought, and the parts that come back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from regulars.accounts.commands import RecordRefund, RefundState
from regulars.accounts.entries import Entry, Line
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account
from regulars.program.model import ProgrammeHistory
from tests.support.accounts import NOON, purchase

type Part = Mapping[int, int] | int
"""Amounts by line number, or one amount over the whole."""


def refund(bought: Entry, part: Part, state: RefundState | None = None, *, number: int = 1, is_waiting: bool = False) -> RecordRefund:
    """The command for one part of a purchase."""
    assert bought.purchase is not None
    purchase_id = bought.purchase.purchase_id
    by_line, by_amount = ({}, part) if isinstance(part, int) else (part, 0)
    known = state or RefundState(purchase_id)
    name = f"ref_{number}"
    return RecordRefund(name, "till-1", f"back-{number}", NOON, bought, known, by_line, by_amount, "machine:till", is_waiting)


def bought_and_refunded(
    account: Account, programmes: ProgrammeHistory, lines: Sequence[Line], parts: Sequence[Part], now: datetime = NOON
) -> list[Outcome]:
    """The outcomes of a purchase and of its refunds, one after the other."""
    outcomes = [apply(account, purchase(lines=lines), programmes, now)]
    bought = outcomes[0].entry
    assert bought is not None
    for number, part in enumerate(parts, 1):
        outcomes.append(apply(outcomes[-1].account, refund(bought, part, outcomes[-1].refund, number=number), programmes, now))
    return outcomes
