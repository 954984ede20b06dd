"""The accounts' table.

| item | pk | sk | more |
|---|---|---|---|
| account | `mem_…` | `ACCOUNT` | `due_shard`, `due_on` (`<day>#<member>`; a day that never comes while nothing is due) |
| entry | `mem_…` | `ENTRY#<version, 10 digits>` | immutable; in order by itself |
| guard | the fact's id: `pur_…`, `ref_…`, `hold_…` | `GUARD` | immutable; `ih` input hash, `an` answer in codes |
| refunds | `pur_…` | `REFUNDS` | `n` revision, amounts by line and whole, what they came to |
| review | `REVIEW#<version>` | `DUE#<shard>` | the shard has followed that version of the programme |
| request | `APPROVALS` | `apr_…` | `n` revision, what is asked, who decided |
| segments | `mem_…` | `SEGMENTS` | `s` codes, `by` who set them, `at` when; replaced as a whole, read only where a rule looks at them |

A refund that comes before its purchase keeps the purchase's place: a guard without `ih`, whose `an` lists what waits.

Index `due`: `due_shard`, `due_on`, keys only: the cost of a night grows with what is due, as it is read up to today. To its end it lists
every member, for jobs that look at everybody.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from regulars.accounts.account_records import account_record, due_text, read_account
from regulars.accounts.approvals import Approval
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Entry
from regulars.accounts.items import (
    ACCOUNT,
    APPROVALS,
    ENTRY,
    GUARD,
    REFUNDS,
    approval_put,
    entry_item,
    entry_key,
    guard_put,
    read_approval,
    read_guard,
    read_refunds,
    refunds_item,
)
from regulars.accounts.model import NEVER, Account
from regulars.accounts.ports import Change, Commit, GuardExistsError, Row, Unreadable
from regulars.accounts.records import instant, milliseconds, read_entry
from regulars.accounts.segments import Segments
from regulars.aws.observability import logger
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table, Write
from regulars.kernel.errors import UnavailableError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError

_DUE = "DUE#"
_REVIEW = "REVIEW#"
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
        item = self._table.get(member_id, ACCOUNT)
        return _readable(item, read_account, member_id) if item else None

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a fact."""
        item = self._table.get(key, GUARD)
        return read_guard(item) if item else None

    def commit(self, commit: Commit) -> None:
        """One transaction: the guard, then each account under its version with its entries and refunds."""
        writes: list[Write] = [guard_put(commit.guard, commit.replaced)] if commit.guard else []
        for change in commit.changes:
            writes += self._change_writes(change)
        if commit.approval:
            writes.append(approval_put(commit.approval))
        self._transact(writes, has_guard=commit.guard is not None)

    def _change_writes(self, change: Change) -> list[Write]:
        version = change.before.version
        condition = ("v = :v", {":v": version}) if version else (ABSENT, None)
        writes: list[Write] = [Put(self._account_item(change.after), *condition)]
        writes += [Put(entry_item(entry), ABSENT) for entry in change.entries]
        if change.refunds:
            revision = change.refund_revision_before
            writes.append(Put(refunds_item(change.refunds), *(("n = :n", {":n": revision}) if revision else (ABSENT, None))))
        return writes

    def _transact(self, writes: list[Write], *, has_guard: bool) -> None:
        try:
            self._table.transact(writes)
        except ConditionFailedError as error:
            known = error.failed.get(0) if has_guard else None
            if known:
                raise GuardExistsError(read_guard(known)) from error
            raise LostRaceError from error

    def refunds(self, purchase_id: str) -> RefundState | None:
        """What has been refunded of a purchase."""
        item = self._table.get(purchase_id, REFUNDS)
        return _readable(item, read_refunds) if item else None

    def wait(self, waiting: Guard, before: Guard | None, refund: Guard) -> None:
        """One transaction: the refund's guard, and the purchase's place."""
        self._transact([guard_put(refund, None), guard_put(waiting, before)], has_guard=True)

    def entry(self, member_id: str, version: int) -> Entry | None:
        """One entry."""
        item = self._table.get(member_id, entry_key(version))
        return _readable(item, read_entry, member_id, version) if item else None

    def entries(self, member_id: str, *, limit: int, before: int | None) -> tuple[list[Entry], int | None]:
        """Entries newest first: one query."""
        high = entry_key(min(_VERSIONS_END if before is None else before, _VERSIONS_END) - 1)
        items, following = self._table.query(
            "pk = :pk AND sk BETWEEN :low AND :high",
            {":pk": member_id, ":low": ENTRY, ":high": high},
            limit=limit,
            forward=False,
        )
        entries = [_readable(item, read_entry, member_id, int(item["sk"].removeprefix(ENTRY))) for item in items]
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

    def is_reviewed(self, version: int, shard: int) -> bool:
        """Whether a shard was walked under a version of the programme."""
        return self._table.get(f"{_REVIEW}{version:06d}", _shard_key(shard)) is not None

    def mark_reviewed(self, version: int, shard: int) -> None:
        """Keeps that a shard was walked."""
        self._table.write(Put({"pk": f"{_REVIEW}{version:06d}", "sk": _shard_key(shard)}))

    def page(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[Row], Mapping[str, str] | None]:
        """Every item of the table in turn; only the check of the ledger may."""
        items, following = self._table.scan(limit=limit, start=start)
        return [_row(item) for item in items], following

    def guards_of(self, keys: Sequence[str]) -> Mapping[str, Guard]:
        """Those of some guards that there are, read consistently."""
        found = self._table.batch_get([(key, GUARD) for key in keys], ("ih", "an"))
        return {item["pk"]: read_guard(item) for item in found}

    def known(self, entries: Sequence[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        """Those of some entries, by member and version, that there are."""
        found = self._table.batch_get([(member_id, entry_key(version)) for member_id, version in entries], ())
        return frozenset((item["pk"], int(item["sk"].removeprefix(ENTRY))) for item in found)

    def request(self, approval: Approval, guard: Guard) -> None:
        """One transaction: the guard and the request."""
        self._transact([guard_put(guard, None), approval_put(approval)], has_guard=True)

    def decide(self, approval: Approval) -> None:
        """One conditional write."""
        try:
            self._table.write(approval_put(approval))
        except ConditionFailedError as error:
            raise LostRaceError from error

    def approval(self, approval_id: str) -> Approval | None:
        """One request."""
        item = self._table.get(APPROVALS, approval_id)
        return _readable(item, read_approval) if item else None

    def approvals(self, *, limit: int, after: str | None) -> tuple[list[Approval], str | None]:
        """Requests, newest first: their ids sort by time."""
        start = {"pk": APPROVALS, "sk": after} if after else None
        items, following = self._table.query("pk = :pk", {":pk": APPROVALS}, limit=limit, forward=False, start=start)
        return [_readable(item, read_approval) for item in items], following["sk"] if following else None

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
        return {"pk": account.member_id, "sk": ACCOUNT, **account_record(account), **due}


def _readable[Read](item: Item, read: Callable[..., Read], *keys: str | int) -> Read:
    """What an item says, by a reader that takes the keys it is known by and then the item.

    Raises:
        UnavailableError: it cannot be read; while a deployment is under way, a newer version of the code wrote it and will answer.
    """
    try:
        return read(*keys, item)
    except (ValueError, LookupError, TypeError, AttributeError, zlib.error) as error:
        logger().error("unreadable item", pk=item["pk"], sk=item["sk"], error=type(error).__name__)
        raise UnavailableError(retry_after_seconds=1) from error


def shard_of(member_id: str, shards: int) -> int:
    """The shard of the due index a member belongs to."""
    return zlib.crc32(member_id.encode()) % shards


def _shard_key(shard: int) -> str:
    return f"{_DUE}{shard:02d}"


_READERS: dict[str, Callable[[Item], Guard | RefundState]] = {GUARD: read_guard, REFUNDS: read_refunds}


def _row(item: Item) -> Row:
    pk, sk = item["pk"], item["sk"]
    try:
        if sk == ACCOUNT:
            return Row(pk, sk, read_account(pk, item))
        if sk.startswith(ENTRY):
            return Row(pk, sk, read_entry(pk, int(sk.removeprefix(ENTRY)), item))
        reader = _READERS.get(sk)
        return Row(pk, sk, reader(item) if reader else None)
    except Exception as error:  # noqa: BLE001  # whatever an item has become, the check goes on and names it
        return Row(pk, sk, Unreadable(type(error).__name__))
