"""The ledger in memory: the same promises as the table, kept in the stored form so that the codec is exercised too."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from regulars.accounts.dynamodb import shard_of
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account, Entry
from regulars.accounts.ports import GuardExistsError
from regulars.accounts.records import account_record, entry_record, read_account, read_entry
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError


class FakeLedgerStore:
    """Accounts, entries and guards in dictionaries; a commit is all or nothing."""

    def __init__(self, shards: int = 4) -> None:
        self.accounts: dict[str, dict[str, Any]] = {}
        self.entries_of: dict[str, list[dict[str, Any]]] = {}
        self.guards: dict[str, Guard] = {}
        self.shards = shards

    def load(self, member_id: str) -> Account | None:
        record = self.accounts.get(member_id)
        return read_account(member_id, record) if record else None

    def guard(self, key: str) -> Guard | None:
        return self.guards.get(key)

    def commit(self, before: Account, outcome: Outcome, guard: Guard | None) -> None:
        assert outcome.entry is not None
        self.check_guard(guard)
        self.check_version(before)
        self.write_entry(outcome.entry)
        self.write_account(outcome.account)
        if guard:
            self.guards[guard.key] = guard

    def check_guard(self, guard: Guard | None) -> None:
        if guard and guard.key in self.guards:
            raise GuardExistsError(self.guards[guard.key])

    def check_version(self, before: Account) -> None:
        if self.accounts.get(before.member_id, {"v": 0})["v"] != before.version:
            raise LostRaceError

    def write_entry(self, entry: Entry) -> None:
        self.entries_of.setdefault(entry.member_id, []).append({**entry_record(entry), "h": bytes.fromhex(entry.hash)})

    def write_account(self, account: Account) -> None:
        record = account_record(account)
        if account.next_due_on:
            record["due_on"] = f"{account.next_due_on.isoformat()}#{account.member_id}"
        self.accounts[account.member_id] = record

    def entry(self, member_id: str, version: int) -> Entry | None:
        records = self.entries_of.get(member_id, [])
        return read_entry(member_id, version, records[version - 1]) if 0 < version <= len(records) else None

    def all_entries(self, member_id: str) -> list[Entry]:
        """Every entry in order, for checks."""
        return [read_entry(member_id, number, record) for number, record in enumerate(self.entries_of.get(member_id, []), 1)]

    def entries(self, member_id: str, *, limit: int, before: int | None) -> tuple[list[Entry], int | None]:
        found = [entry for entry in reversed(self.all_entries(member_id)) if before is None or entry.version < before]
        page = found[:limit]
        return page, page[-1].version if len(found) > limit else None

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        positions = sorted(
            record["due_on"]
            for member_id, record in self.accounts.items()
            if shard_of(member_id, self.shards) == shard and record.get("due_on", "~")[:10] <= today.isoformat()
        )
        rest = [position for position in positions if start is None or position > start["due_on"]]
        page = rest[:limit]
        return [position[11:] for position in page], {"due_on": page[-1]} if len(rest) > limit else None
