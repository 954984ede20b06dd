"""How accounts and entries are written down: short names and compact maps, so that a usual account stays near 0.8 KB.

The same record is stored and hashed, so what is verified is what is kept. Days are `YYYY-MM-DD`, instants milliseconds since 1970.

Account: `v` version, `t` tier, `ts` tier since, `tc` tier changes, `fp` first purchase, `l` lots, `pp` pending,
`b` buckets `[spend, orders, points]`, `rt` reminded through, `et`/`st`/`xt` earned, spent and expired in all,
`ea` evaluated at, `h` head of the hash chain.
Entry: `k` kind, `p` postings `[kind, points, lot, rule, available from]`, `pv` programme version, `e` effective, `r` recorded,
`by` actor, `ba` balance after, `pa` pending after, `pu` purchase, `ln` its lines (compressed), `tc` tier change, `rm` reminders, `h` hash.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from regulars.accounts.model import (
    Account,
    Bucket,
    Entry,
    EntryKind,
    Line,
    Posting,
    PostingKind,
    Purchase,
    Reminder,
    TierCause,
    TierChange,
)

type Record = dict[str, Any]

_CHAIN_FORM = "1"
"""The version of the canonical form that is hashed."""

_PURCHASE_FACTS = (
    "purchase_id", "source", "reference", "store_id", "channel", "currency", "amount", "eligible_amount", "rate_thousandths", "tier",
)  # fmt: skip


def milliseconds(instant: datetime) -> int:
    """An instant as milliseconds since 1970."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def instant(stored: int) -> datetime:
    """The instant of milliseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=stored)


def account_record(account: Account) -> Record:
    """An account as it is stored (without its keys)."""
    record: Record = {
        "v": account.version,
        "t": account.tier,
        "ts": milliseconds(account.tier_since),
        "l": {lot.isoformat(): points for lot, points in account.lots.items()},
        "b": {month: [bucket.spend, bucket.orders, bucket.points] for month, bucket in account.buckets.items()},
        "et": account.earned_total,
        "st": account.spent_total,
        "xt": account.expired_total,
        "ea": milliseconds(account.evaluated_at),
        "h": bytes.fromhex(account.head_hash),
    }
    if account.pending:
        record["pp"] = {day.isoformat(): {lot.isoformat(): points for lot, points in lots.items()} for day, lots in account.pending.items()}
    if account.tier_changes:
        record["tc"] = [_change_record(change) for change in account.tier_changes]
    if account.first_purchase_at:
        record["fp"] = milliseconds(account.first_purchase_at)
    if account.reminded_through:
        record["rt"] = account.reminded_through.isoformat()
    return record


def read_account(member_id: str, record: Mapping[str, Any]) -> Account:
    """The account of a record."""
    return Account(
        member_id=member_id,
        version=record["v"],
        first_purchase_at=instant(record["fp"]) if "fp" in record else None,
        tier=record["t"],
        tier_since=instant(record["ts"]),
        lots={date.fromisoformat(lot): points for lot, points in sorted(record["l"].items())},
        pending={
            date.fromisoformat(day): {date.fromisoformat(lot): points for lot, points in sorted(lots.items())}
            for day, lots in sorted(record.get("pp", {}).items())
        },
        buckets={month: Bucket(*figures) for month, figures in sorted(record["b"].items())},
        tier_changes=tuple(_read_change(change) for change in record.get("tc", ())),
        reminded_through=date.fromisoformat(record["rt"]) if "rt" in record else None,
        earned_total=record["et"],
        spent_total=record["st"],
        expired_total=record["xt"],
        evaluated_at=instant(record["ea"]),
        head_hash=record["h"].hex(),
        next_due_on=date.fromisoformat(record["due_on"][:10]) if "due_on" in record else None,
    )


def entry_record(entry: Entry) -> Record:
    """An entry as it is hashed and, with its hash, stored (without its keys)."""
    record: Record = {
        "k": entry.kind.value,
        "p": [_posting_record(posting) for posting in entry.postings],
        "pv": entry.program_version,
        "e": milliseconds(entry.effective_at),
        "r": milliseconds(entry.recorded_at),
        "by": entry.actor,
        "ba": entry.balance_after,
        "pa": entry.pending_after,
    }
    if entry.purchase:
        record["pu"], record["ln"] = _purchase_record(entry.purchase)
    if entry.tier_change:
        record["tc"] = _change_record(entry.tier_change)
    if entry.reminders:
        record["rm"] = [[reminder.expires_on.isoformat(), reminder.points] for reminder in entry.reminders]
    return record


def read_entry(member_id: str, version: int, record: Mapping[str, Any]) -> Entry:
    """The entry of a stored record."""
    return Entry(
        member_id=member_id,
        version=version,
        kind=EntryKind(record["k"]),
        postings=tuple(_read_posting(posting) for posting in record["p"]),
        program_version=record["pv"],
        effective_at=instant(record["e"]),
        recorded_at=instant(record["r"]),
        actor=record["by"],
        balance_after=record["ba"],
        pending_after=record["pa"],
        purchase=_read_purchase(record["pu"], record["ln"]) if "pu" in record else None,
        tier_change=_read_change(record["tc"]) if "tc" in record else None,
        reminders=tuple(Reminder(date.fromisoformat(lot), points) for lot, points in record.get("rm", ())),
        hash=record["h"].hex(),
    )


def chain_hash(previous_hash: str, entry: Entry) -> str:
    """The hash of an entry: SHA-256 of the hash before it and the entry's canonical record (law L8)."""
    canonical = json.dumps(
        [_CHAIN_FORM, entry.member_id, entry.version, entry_record(entry)], sort_keys=True, separators=(",", ":"), default=bytes.hex
    )
    return hashlib.sha256(bytes.fromhex(previous_hash) + canonical.encode()).hexdigest()


def _posting_record(posting: Posting) -> list[Any]:
    record: list[Any] = [posting.kind.value, posting.points, posting.lot.isoformat(), posting.rule]
    return [*record, posting.available_from.isoformat()] if posting.available_from else record


def _read_posting(record: list[Any]) -> Posting:
    kind, points, lot, rule, *rest = record
    return Posting(PostingKind(kind), points, date.fromisoformat(lot), rule, date.fromisoformat(rest[0]) if rest else None)


def _change_record(change: TierChange) -> list[Any]:
    return [milliseconds(change.at), change.from_tier, change.to_tier, change.cause.value, change.program_version]


def _read_change(record: list[Any]) -> TierChange:
    at, from_tier, to_tier, cause, version = record
    return TierChange(instant(at), from_tier, to_tier, TierCause(cause), version)


def _purchase_record(purchase: Purchase) -> tuple[list[Any], bytes]:
    return [getattr(purchase, name) for name in _PURCHASE_FACTS], _packed(purchase.lines)


@lru_cache(maxsize=4)
def _packed(lines: tuple[tuple[Line, int], ...]) -> bytes:
    """The lines compressed; remembered shortly, as an entry is first hashed and then stored."""
    rows = [[line.sku, line.category, line.quantity, line.amount, points] for line, points in lines]
    return zlib.compress(json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode(), 9)


def _read_purchase(facts: list[Any], packed: bytes) -> Purchase:
    lines = json.loads(zlib.decompress(packed))
    pairs = tuple((Line(*line[:4]), line[4]) for line in lines)
    return Purchase(**dict(zip(_PURCHASE_FACTS, facts, strict=True)), lines=pairs)
