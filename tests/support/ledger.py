"""The ledger in memory: the same promises as the table, kept in the stored form so that the codec is exercised too."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from regulars.accounts.account_records import account_record, due_text, read_account
from regulars.accounts.approvals import Approval
from regulars.accounts.commands import RefundState
from regulars.accounts.dynamodb import shard_of
from regulars.accounts.entries import Entry
from regulars.accounts.model import Account
from regulars.accounts.ports import Change, Commit, GuardExistsError, Row
from regulars.accounts.records import entry_record, read_entry
from regulars.accounts.segments import Segments
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError


class FakeLedgerStore:
    """Accounts, entries, refunds and guards in dictionaries; a commit is all or nothing."""

    def __init__(self, shards: int = 4) -> None:
        self.accounts: dict[str, dict[str, Any]] = {}
        self.entries_of: dict[str, list[dict[str, Any]]] = {}
        self.guards: dict[str, Guard] = {}
        self.refunds_of: dict[str, RefundState] = {}
        self.approvals_of: dict[str, Approval] = {}
        self.segments_of: dict[str, Segments] = {}
        self.reviewed: set[tuple[int, int]] = set()
        self.shards = shards

    def load(self, member_id: str) -> Account | None:
        record = self.accounts.get(member_id)
        return read_account(member_id, record) if record else None

    def guard(self, key: str) -> Guard | None:
        return self.guards.get(key)

    def refunds(self, purchase_id: str) -> RefundState | None:
        return self.refunds_of.get(purchase_id)

    def commit(self, commit: Commit) -> None:
        self.check(commit)
        for change in commit.changes:
            for entry in change.entries:
                self.write_entry(entry)
            self.write_account(change.after)
            if change.refunds:
                self.refunds_of[change.refunds.purchase_id] = change.refunds
        if commit.guard:
            self.guards[commit.guard.key] = commit.guard
        if commit.approval:
            self.approvals_of[commit.approval.approval_id] = commit.approval

    def check(self, commit: Commit) -> None:
        if commit.guard:
            self.check_guard(commit.guard, commit.replaced)
        for change in commit.changes:
            self.check_version(change.before)
            self.check_refunds(change)
        if commit.approval:
            self.check_approval(commit.approval)

    def request(self, approval: Approval, guard: Guard) -> None:
        self.check_guard(guard, None)
        self.guards[guard.key] = guard
        self.approvals_of[approval.approval_id] = approval

    def decide(self, approval: Approval) -> None:
        self.check_approval(approval)
        self.approvals_of[approval.approval_id] = approval

    def approval(self, approval_id: str) -> Approval | None:
        return self.approvals_of.get(approval_id)

    def approvals(self, *, limit: int, after: str | None) -> tuple[list[Approval], str | None]:
        rest = [name for name in sorted(self.approvals_of, reverse=True) if after is None or name < after]
        page = rest[:limit]
        return [self.approvals_of[name] for name in page], page[-1] if len(rest) > limit else None

    def segments(self, member_id: str) -> Segments:
        return self.segments_of.get(member_id) or Segments(member_id)

    def keep_segments(self, segments: Segments) -> None:
        self.segments_of[segments.member_id] = segments

    def check_approval(self, approval: Approval) -> None:
        known = self.approvals_of.get(approval.approval_id)
        if (known.revision if known else 0) != approval.revision - 1:
            raise LostRaceError

    def wait(self, waiting: Guard, before: Guard | None, refund: Guard) -> None:
        self.check_guard(refund, None)
        if self.guards.get(waiting.key) != before:
            raise LostRaceError
        self.guards |= {refund.key: refund, waiting.key: waiting}

    def check_guard(self, guard: Guard, replaced: Guard | None) -> None:
        known = self.guards.get(guard.key)
        if known and known != replaced:
            raise GuardExistsError(known)
        if replaced and known is None:
            raise LostRaceError

    def check_version(self, before: Account) -> None:
        if self.accounts.get(before.member_id, {"v": 0})["v"] != before.version:
            raise LostRaceError

    def check_refunds(self, change: Change) -> None:
        if change.refunds:
            known = self.refunds_of.get(change.refunds.purchase_id)
            if (known.revision if known else 0) != change.refund_revision_before:
                raise LostRaceError

    def write_entry(self, entry: Entry) -> None:
        self.entries_of.setdefault(entry.member_id, []).append({**entry_record(entry), "h": bytes.fromhex(entry.hash)})

    def write_account(self, account: Account) -> None:
        self.accounts[account.member_id] = account_record(account) | {"due_on": due_text(account)}

    def entry(self, member_id: str, version: int) -> Entry | None:
        records = self.entries_of.get(member_id, [])
        return read_entry(member_id, version, records[version - 1]) if 0 < version <= len(records) else None

    def all_entries(self, member_id: str) -> list[Entry]:
        """Every entry in order, for checks."""
        return [read_entry(member_id, number, record) for number, record in enumerate(self.entries_of.get(member_id, []), 1)]

    def entries(self, member_id: str, *, limit: int, before: int | None) -> tuple[list[Entry], int | None]:
        records = self.entries_of.get(member_id, [])
        last = len(records) if before is None else min(len(records), max(before - 1, 0))
        page = [read_entry(member_id, version, records[version - 1]) for version in range(last, max(last - limit, 0), -1)]
        return page, page[-1].version if last > limit else None

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        positions = sorted(
            record["due_on"]
            for member_id, record in self.accounts.items()
            if shard_of(member_id, self.shards) == shard and record["due_on"][:10] <= today.isoformat()
        )
        rest = [position for position in positions if start is None or position > start["due_on"]]
        page = rest[:limit]
        return [position[11:] for position in page], {"due_on": page[-1]} if len(rest) > limit else None

    def members(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        rest = [member_id for member_id in sorted(self.accounts) if start is None or member_id > start["pk"]]
        page = rest[:limit]
        return page, {"pk": page[-1]} if len(rest) > limit else None

    def is_reviewed(self, version: int, shard: int) -> bool:
        return (version, shard) in self.reviewed

    def mark_reviewed(self, version: int, shard: int) -> None:
        self.reviewed.add((version, shard))

    def page(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[Row], Mapping[str, str] | None]:
        rest = [row for row in self.rows() if start is None or (row.pk, row.sk) > (start["pk"], start["sk"])]
        page = rest[:limit]
        return page, {"pk": page[-1].pk, "sk": page[-1].sk} if len(rest) > limit else None

    def rows(self) -> list[Row]:
        """Everything, in order of its keys."""
        rows = [Row(member_id, "ACCOUNT", read_account(member_id, record)) for member_id, record in self.accounts.items()]
        rows += [
            Row(entry.member_id, f"ENTRY#{entry.version:010d}", entry)
            for member_id in self.entries_of
            for entry in self.all_entries(member_id)
        ]
        rows += [Row(key, "GUARD", guard) for key, guard in self.guards.items()]
        rows += [Row(key, "REFUNDS", state) for key, state in self.refunds_of.items()]
        return sorted(rows, key=lambda row: (row.pk, row.sk))

    def guards_of(self, keys: Sequence[str]) -> Mapping[str, Guard]:
        return {key: self.guards[key] for key in keys if key in self.guards}

    def known(self, entries: Sequence[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        return frozenset(place for place in entries if self.entry(*place))
