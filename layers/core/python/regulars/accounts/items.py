"""The items of the accounts' table, but for the account's own record (`records`): entries, guards, refunds, requests."""

from regulars.accounts.approvals import Approval, ApprovalKind, ApprovalStatus
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Entry
from regulars.accounts.records import entry_record, instant, milliseconds, unknown
from regulars.aws.table import ABSENT, Item, Put
from regulars.kernel.idempotency import Guard

ACCOUNT = "ACCOUNT"
GUARD = "GUARD"
ENTRY = "ENTRY#"
REFUNDS = "REFUNDS"
APPROVALS = "APPROVALS"

_APPROVAL_NAMES = frozenset(("pk", "sk", "n", "k", "m", "f", "rb", "ra", "s", "db", "da", "nt"))
_REFUNDS_NAMES = frozenset(("pk", "sk", "n", "bl", "ba", "due", "rf"))


def entry_key(version: int) -> str:
    """The sort key of a member's entry number `version`."""
    return f"{ENTRY}{version:010d}"


def entry_item(entry: Entry) -> Item:
    """An entry with its keys."""
    return {"pk": entry.member_id, "sk": entry_key(entry.version), **entry_record(entry), "h": bytes.fromhex(entry.hash)}


def guard_put(guard: Guard, replaced: Guard | None) -> Put:
    """Writes a guard that must not be there, or that takes the place of what waited."""
    item = {"pk": guard.key, "sk": GUARD, "ih": guard.input_hash, "an": guard.answer}
    return Put(item, "ih = :none AND an = :an", {":none": "", ":an": replaced.answer}) if replaced else Put(item, ABSENT)


def approval_item(approval: Approval) -> Item:
    """A request with its keys."""
    decided = {"db": approval.decided_by, "da": milliseconds(approval.decided_at), "nt": approval.note} if approval.decided_at else {}
    return {
        "pk": APPROVALS,
        "sk": approval.approval_id,
        "n": approval.revision,
        "k": approval.kind.value,
        "m": approval.member_id,
        "f": dict(approval.facts),
        "rb": approval.requested_by,
        "ra": milliseconds(approval.requested_at),
        "s": approval.status.value,
        **decided,
        **approval.more,
    }


def approval_put(approval: Approval) -> Put:
    """Writes a new request, or a decision over the revision before it."""
    before = approval.revision - 1
    return Put(approval_item(approval), *(("n = :n", {":n": before}) if before else (ABSENT, None)))


def read_approval(item: Item) -> Approval:
    """The request of an item."""
    return Approval(
        approval_id=item["sk"],
        kind=ApprovalKind(item["k"]),
        member_id=item["m"],
        facts=item["f"],
        requested_by=item["rb"],
        requested_at=instant(item["ra"]),
        status=ApprovalStatus(item["s"]),
        decided_by=item.get("db", ""),
        decided_at=instant(item["da"]) if "da" in item else None,
        note=item.get("nt", ""),
        revision=item["n"],
        more=unknown(item, _APPROVAL_NAMES),
    )


def refunds_item(state: RefundState) -> Item:
    """What was refunded of a purchase, with its keys."""
    return {
        "pk": state.purchase_id,
        "sk": REFUNDS,
        "n": state.revision,
        "bl": {str(number): amount for number, amount in state.by_line.items()},
        "ba": state.by_amount,
        "due": [state.points, state.spend, state.returned],
        "rf": dict(state.refunds),
        **state.more,
    }


def read_refunds(item: Item) -> RefundState:
    """What was refunded of a purchase."""
    by_line = {int(number): amount for number, amount in sorted(item["bl"].items(), key=lambda pair: int(pair[0]))}
    points, spend, returned = item["due"]
    more = unknown(item, _REFUNDS_NAMES)
    return RefundState(item["pk"], item["n"], by_line, item["ba"], points, spend, returned, dict(item["rf"]), more)


def read_guard(item: Item) -> Guard:
    """The guard of an item."""
    return Guard(item["pk"], item["ih"], item["an"])
