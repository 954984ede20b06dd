"""How entries and guards name each other: an entry the facts it recorded, a guard the entry it stands for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from regulars.accounts.books.replaying import Difference, Finding
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Entry, EntryKind, entry_version
from regulars.accounts.ports import LedgerAudit, LedgerStore, Row
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import derived_id

_BATCH = 100

_IDS = {
    EntryKind.REFUND: "refund_id",
    EntryKind.HOLD: "hold_id",
    EntryKind.REDEMPTION: "redemption_id",
    EntryKind.ADJUSTMENT: "adjustment_id",
    EntryKind.TRANSFER_OUT: "transfer_id",
    EntryKind.TRANSFER_IN: "transfer_id",
    EntryKind.ACTIVITY: "activity_id",
    EntryKind.PARTNER_CREDIT: "credit_id",
    EntryKind.OPENING_BALANCE: "opening_id",
    EntryKind.TIER_PURCHASE: "tier_purchase_id",
    EntryKind.TIER_OVERRIDE: "override_id",
    EntryKind.CASE_DECISION: "case_id",
    EntryKind.CLOSURE_NOTICE: "closure_id",
    EntryKind.CLOSURE_CANCELLATION: "cancellation_id",
    EntryKind.CLOSURE: "closure_id",
}
"""The kinds whose own id is their guard's key, and where an entry keeps it; a purchase's is in its facts, a gift's in both entries.

The end that a run-off comes to has none: time brought it.
"""

_ENDS = {
    EntryKind.HOLD_COMMIT: ("hcm", "hold_id"),
    EntryKind.HOLD_CANCELLATION: ("hcx", "hold_id"),
    EntryKind.REDEMPTION_CANCELLATION: ("rcx", "redemption_id"),
}
"""The kinds that end something: their guard's key follows from its id."""


def guard_of(entry: Entry) -> str | None:
    """The key of the guard that makes an entry's fact count once; `None` for what settling did."""
    if entry.purchase:
        return entry.purchase.purchase_id
    if entry.kind in _ENDS:
        prefix, name = _ENDS[entry.kind]
        return derived_id(prefix, str(entry.detail[name]))
    fact_id = entry.detail.get(_IDS.get(entry.kind, ""))
    return str(fact_id) if fact_id else None


def entry_of(guard: Guard) -> tuple[str, int] | None:
    """Member and version of the entry that a guard's answer names; `None` where it names none (a refund that waits, a request)."""
    try:
        answer: Any = json.loads(guard.answer)
    except ValueError:
        return None
    if isinstance(answer, Mapping) and isinstance(answer.get("movement"), Mapping):
        answer = answer["movement"]
    if not isinstance(answer, Mapping) or "entry_id" not in answer or "member_id" not in answer:
        return None
    version = entry_version(str(answer["member_id"]), str(answer["entry_id"]))
    return (str(answer["member_id"]), version) if version else None


def owner_of(entry_id: str) -> tuple[str, int]:
    """Member and version of an entry's id.

    Raises:
        ValueError: it is no entry's id.
    """
    member, _, number = entry_id.removeprefix("ent_").rpartition("_")
    return f"mem_{member}", int(number)


class FactsCheck:
    """Each fact counts once for ever: its entry has its guard, and each guard and each refund its entry.

    Both are written in one transaction and neither ever goes, so consistent reads agree at any time.
    """

    def __init__(self, store: LedgerStore, audit: LedgerAudit) -> None:
        self._store = store
        self._audit = audit

    def differences(self, rows: Sequence[Row]) -> Iterator[Finding]:
        """What stored items name and is not there."""
        values = [row.value for row in rows]
        yield from self._guards({key: entry for entry in values if isinstance(entry, Entry) and (key := guard_of(entry))})
        yield from self._entries({guard.key: place for guard in values if isinstance(guard, Guard) and (place := entry_of(guard))})
        for state in values:
            if isinstance(state, RefundState):
                yield from self._refunds(state)

    def _guards(self, wanted: Mapping[str, Entry]) -> Iterator[Finding]:
        for keys in batched(wanted, _BATCH, strict=False):
            found = self._audit.guards_of(keys)
            for key in keys:
                if key not in found or found[key].is_waiting:
                    yield Finding(wanted[key].member_id, Difference.GUARD_MISSING, f"{wanted[key].version}: {key}")

    def _entries(self, wanted: Mapping[str, tuple[str, int]]) -> Iterator[Finding]:
        for some in batched(wanted.items(), _BATCH, strict=False):
            found = self._audit.known(sorted({place for _, place in some}))
            for key, (member_id, version) in some:
                if (member_id, version) not in found:
                    yield Finding(member_id, Difference.ENTRY_OF_GUARD_MISSING, f"{version}: {key}")

    def _refunds(self, state: RefundState) -> Iterator[Finding]:
        """What a purchase's refunds came to is what their entries say."""
        found = [(entry_id, self._store.entry(*owner_of(entry_id))) for entry_id in state.refunds.values()]
        facts = [entry.detail for _, entry in found if entry]
        amount = state.by_amount + sum(state.by_line.values())
        stored = {"points_due": state.points, "points_returned": state.returned, "amount": amount}
        said = {name: sum(int(detail.get(name, 0)) for detail in facts) for name in stored}
        if len(facts) < len(found) or said != stored:
            yield Finding(owner_of(found[0][0])[0], Difference.REFUNDS_DIFFER, state.purchase_id)
