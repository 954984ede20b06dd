"""The accounts' table.

| item | pk | sk | more |
|---|---|---|---|
| account | `mem_…` | `ACCOUNT` | `due_shard`, `due_on` (`<day>#<member>`) while something is due |
| entry | `mem_…` | `ENTRY#<version, 10 digits>` | immutable; in order by itself |
| guard | `pur_…` | `GUARD` | immutable; `ih` input hash, `an` answer in codes |

Index `due`: `due_shard`, `due_on`, keys only, sparse: the cost of a night grows with what is due.
"""

import zlib
from collections.abc import Mapping
from datetime import date

from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account, Entry
from regulars.accounts.ports import GuardExistsError
from regulars.accounts.records import account_record, entry_record, read_account, read_entry
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError

_ACCOUNT = "ACCOUNT"
_GUARD = "GUARD"
_ENTRY = "ENTRY#"
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

    def commit(self, before: Account, outcome: Outcome, guard: Guard | None) -> None:
        """One transaction: the account under its version, the entry, the guard with must-not-exist."""
        account, entry = outcome.account, outcome.entry
        if entry is None:
            raise ValueError("nothing to commit")
        condition = ("v = :v", {":v": before.version}) if before.version else (ABSENT, None)
        writes = [Put(self._account_item(account), *condition), Put(_entry_item(entry), ABSENT)]
        if guard:
            writes.append(Put({"pk": guard.key, "sk": _GUARD, "ih": guard.input_hash, "an": guard.answer}, ABSENT))
        try:
            self._table.transact(writes)
        except ConditionFailedError as error:
            known = error.failed.get(2)
            if known:
                raise GuardExistsError(_read_guard(known)) from error
            raise LostRaceError from error

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

    def _account_item(self, account: Account) -> Item:
        item: Item = {"pk": account.member_id, "sk": _ACCOUNT, **account_record(account)}
        if account.next_due_on:
            item["due_shard"] = _shard_key(shard_of(account.member_id, self._shards))
            item["due_on"] = f"{account.next_due_on.isoformat()}#{account.member_id}"
        return item


def shard_of(member_id: str, shards: int) -> int:
    """The shard of the due index a member belongs to."""
    return zlib.crc32(member_id.encode()) % shards


def _shard_key(shard: int) -> str:
    return f"DUE#{shard:02d}"


def _entry_key(version: int) -> str:
    return f"{_ENTRY}{version:010d}"


def _entry_item(entry: Entry) -> Item:
    return {"pk": entry.member_id, "sk": _entry_key(entry.version), **entry_record(entry), "h": bytes.fromhex(entry.hash)}


def _read_guard(item: Item) -> Guard:
    return Guard(item["pk"], item["ih"], item["an"])
