"""The accounts' table.

| item | pk | sk | more |
|---|---|---|---|
| account | `mem_…` | `ACCOUNT` | `due_shard`, `due_on` (`<day>#<member>`; a day that never comes while nothing is due) |
| entry | `mem_…` | `ENTRY#<version, 10 digits>` | immutable; in order by itself |
| guard | the fact's id: `pur_…`, `ref_…`, `hold_…` | `GUARD` | immutable; `ih` input hash, `an` answer in codes |
| refunds | `pur_…` | `REFUNDS` | `n` revision, amounts by line and whole, what they came to |
| request | `APPROVALS` | `apr_…` | `n` revision, what is asked, who decided |
| segments | `mem_…` | `SEGMENTS` | `s` codes, `by` who set them, `at` when; replaced as a whole, read only where a rule looks at them |

A refund that comes before its purchase keeps the purchase's place: a guard without `ih`, whose `an` lists what waits.

Index `due`: `due_shard`, `due_on`, keys only: the cost of a night grows with what is due, as it is read up to today. To its end it lists
every member, for jobs that look at everybody.
"""

import zlib
from collections.abc import Mapping
from datetime import date

from regulars.accounts.approvals import Approval, ApprovalKind, ApprovalStatus
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Entry
from regulars.accounts.model import NEVER, Account
from regulars.accounts.ports import Change, Commit, GuardExistsError
from regulars.accounts.records import account_record, due_text, entry_record, instant, milliseconds, read_account, read_entry
from regulars.accounts.segments import Segments
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table, Write
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError

_ACCOUNT = "ACCOUNT"
_DUE = "DUE#"
_GUARD = "GUARD"
_ENTRY = "ENTRY#"
_REFUNDS = "REFUNDS"
_APPROVALS = "APPROVALS"
_SEGMENTS = "SEGMENTS"
_VERSIONS_END = 10**10
"""Past every version: an entry's key has ten digits."""


class DynamoLedgerStore:
    """The ledger on DynamoDB."""

    def __init__(self, table: Table, shards: int) -> None:
        self._table = table
        self._shards = shards

    def load(self, member_id: str) -> Account | None:
        """The account, read consistently."""
        item = self._table.get(member_id, _ACCOUNT)
        return read_account(member_id, item) if item else None

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a fact."""
        item = self._table.get(key, _GUARD)
        return _read_guard(item) if item else None

    def commit(self, commit: Commit) -> None:
        """One transaction: the guard, then each account under its version with its entries and refunds."""
        writes: list[Write] = [_guard_put(commit.guard, commit.replaced)] if commit.guard else []
        for change in commit.changes:
            writes += self._change_writes(change)
        if commit.approval:
            writes.append(_decision_put(commit.approval))
        self._transact(writes, has_guard=commit.guard is not None)

    def _change_writes(self, change: Change) -> list[Write]:
        version = change.before.version
        condition = ("v = :v", {":v": version}) if version else (ABSENT, None)
        writes: list[Write] = [Put(self._account_item(change.after), *condition)]
        writes += [Put(_entry_item(entry), ABSENT) for entry in change.entries]
        if change.refunds:
            revision = change.refund_revision_before
            writes.append(Put(_refunds_item(change.refunds), *(("n = :n", {":n": revision}) if revision else (ABSENT, None))))
        return writes

    def _transact(self, writes: list[Write], *, has_guard: bool) -> None:
        try:
            self._table.transact(writes)
        except ConditionFailedError as error:
            known = error.failed.get(0) if has_guard else None
            if known:
                raise GuardExistsError(_read_guard(known)) from error
            raise LostRaceError from error

    def refunds(self, purchase_id: str) -> RefundState | None:
        """What has been refunded of a purchase."""
        item = self._table.get(purchase_id, _REFUNDS)
        return _read_refunds(item) if item else None

    def wait(self, waiting: Guard, before: Guard | None, refund: Guard) -> None:
        """One transaction: the refund's guard, and the purchase's place."""
        self._transact([_guard_put(refund, None), _guard_put(waiting, before)], has_guard=True)

    def entry(self, member_id: str, version: int) -> Entry | None:
        """One entry."""
        item = self._table.get(member_id, _entry_key(version))
        return read_entry(member_id, version, item) if item else None

    def entries(self, member_id: str, *, limit: int, before: int | None) -> tuple[list[Entry], int | None]:
        """Entries newest first: one query."""
        high = _entry_key(min(_VERSIONS_END if before is None else before, _VERSIONS_END) - 1)
        items, following = self._table.query(
            "pk = :pk AND sk BETWEEN :low AND :high",
            {":pk": member_id, ":low": _ENTRY, ":high": high},
            limit=limit,
            forward=False,
        )
        entries = [read_entry(member_id, int(item["sk"].removeprefix(_ENTRY)), item) for item in items]
        return entries, entries[-1].version if following and entries and entries[-1].version > 1 else None

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        """Members of a shard that are due by a day, soonest first."""
        items, following = self._table.query(
            "due_shard = :shard AND due_on <= :high",
            {":shard": _shard_key(shard), ":high": f"{today.isoformat()}#~"},
            limit=limit,
            index="due",
            start=start,
        )
        return [item["pk"] for item in items], following

    def members(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        """All members with an account, one shard of the due index after the other."""
        shard = int(start["due_shard"].removeprefix(_DUE)) if start else 0
        found, following = self.due(shard, NEVER, limit=limit, start=start if start and "due_on" in start else None)
        if following is None and shard + 1 < self._shards:
            following = {"due_shard": _shard_key(shard + 1)}
        return found, following

    def request(self, approval: Approval, guard: Guard) -> None:
        """One transaction: the guard and the request."""
        self._transact([_guard_put(guard, None), Put(_approval_item(approval), ABSENT)], has_guard=True)

    def decide(self, approval: Approval) -> None:
        """One conditional write."""
        try:
            self._table.write(_decision_put(approval))
        except ConditionFailedError as error:
            raise LostRaceError from error

    def approval(self, approval_id: str) -> Approval | None:
        """One request."""
        item = self._table.get(_APPROVALS, approval_id)
        return _read_approval(item) if item else None

    def approvals(self, *, limit: int, after: str | None) -> tuple[list[Approval], str | None]:
        """Requests, newest first: their ids sort by time."""
        start = {"pk": _APPROVALS, "sk": after} if after else None
        items, following = self._table.query("pk = :pk", {":pk": _APPROVALS}, limit=limit, forward=False, start=start)
        return [_read_approval(item) for item in items], following["sk"] if following else None

    def segments(self, member_id: str) -> Segments:
        """A member's segments."""
        item = self._table.get(member_id, _SEGMENTS)
        return Segments(member_id, tuple(item["s"]), item["by"], instant(item["at"])) if item else Segments(member_id)

    def keep_segments(self, segments: Segments) -> None:
        """One write."""
        at = milliseconds(segments.set_at) if segments.set_at else 0
        self._table.write(Put({"pk": segments.member_id, "sk": _SEGMENTS, "s": list(segments.codes), "by": segments.set_by, "at": at}))

    def _account_item(self, account: Account) -> Item:
        due = {"due_shard": _shard_key(shard_of(account.member_id, self._shards)), "due_on": due_text(account)}
        return {"pk": account.member_id, "sk": _ACCOUNT, **account_record(account), **due}


def shard_of(member_id: str, shards: int) -> int:
    """The shard of the due index a member belongs to."""
    return zlib.crc32(member_id.encode()) % shards


def _shard_key(shard: int) -> str:
    return f"{_DUE}{shard:02d}"


def _entry_key(version: int) -> str:
    return f"{_ENTRY}{version:010d}"


def _entry_item(entry: Entry) -> Item:
    return {"pk": entry.member_id, "sk": _entry_key(entry.version), **entry_record(entry), "h": bytes.fromhex(entry.hash)}


def _guard_put(guard: Guard, replaced: Guard | None) -> Put:
    item = {"pk": guard.key, "sk": _GUARD, "ih": guard.input_hash, "an": guard.answer}
    return Put(item, "ih = :none AND an = :an", {":none": "", ":an": replaced.answer}) if replaced else Put(item, ABSENT)


def _approval_item(approval: Approval) -> Item:
    decided = {"db": approval.decided_by, "da": milliseconds(approval.decided_at), "nt": approval.note} if approval.decided_at else {}
    return {
        "pk": _APPROVALS,
        "sk": approval.approval_id,
        "n": approval.revision,
        "k": approval.kind.value,
        "m": approval.member_id,
        "f": dict(approval.facts),
        "rb": approval.requested_by,
        "ra": milliseconds(approval.requested_at),
        "s": approval.status.value,
        **decided,
    }


def _decision_put(approval: Approval) -> Put:
    return Put(_approval_item(approval), "n = :n", {":n": approval.revision - 1})


def _read_approval(item: Item) -> Approval:
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
    )


def _refunds_item(state: RefundState) -> Item:
    return {
        "pk": state.purchase_id,
        "sk": _REFUNDS,
        "n": state.revision,
        "bl": {str(number): amount for number, amount in state.by_line.items()},
        "ba": state.by_amount,
        "due": [state.points, state.spend, state.returned],
        "rf": dict(state.refunds),
    }


def _read_refunds(item: Item) -> RefundState:
    by_line = {int(number): amount for number, amount in sorted(item["bl"].items(), key=lambda pair: int(pair[0]))}
    points, spend, returned = item["due"]
    return RefundState(item["pk"], item["n"], by_line, item["ba"], points, spend, returned, dict(item["rf"]))


def _read_guard(item: Item) -> Guard:
    return Guard(item["pk"], item["ih"], item["an"])
