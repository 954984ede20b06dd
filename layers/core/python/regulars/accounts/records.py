"""How entries are written down: short names and packed lots.

The same record is stored and hashed, so what is verified is what is kept. Days are `YYYY-MM-DD`, instants milliseconds since 1970.

Entry: `k` kind, `p` postings `[kind, points, lot, rule, available from, debt]`, `pv` programme version, `e` effective, `r` recorded,
`by` actor, `ba`/`pa`/`ha`/`da`/`ta` available, pending, held, debt and tier after, `pu` purchase, `ln` its lines (compressed),
`tc` tier changes, `ev` evaluations, `q` what it takes from months, `d` facts of its kind, `rm` reminders, `h` hash.
Other names are a newer version's and are kept as they are; a known name whose value has another form cannot be read at all.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from regulars.accounts.entries import (
    Bucket,
    EarnedLine,
    Entry,
    EntryKind,
    Evaluation,
    EvaluationOutcome,
    Line,
    Purchase,
    Reminder,
    TierCause,
    TierChange,
)
from regulars.accounts.packing import posting_records, read_postings

type Record = dict[str, Any]

_ENTRY_NAMES = frozenset(
    (
        "pk", "sk", "k", "p", "pv", "e", "r", "by", "ba", "pa", "ha", "da", "ta", "pu", "ln", "tc", "ev", "q", "d", "rm", "h",
    )
)  # fmt: skip

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


def unknown(record: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    """What a record has beyond the names that this version of the code knows: a newer one stored it, and it goes along."""
    return {name: record[name] for name in record.keys() - names}


def entry_record(entry: Entry) -> Record:
    """An entry as it is hashed and, with its hash, stored (without its keys)."""
    record: Record = {
        "k": entry.kind.value,
        "p": posting_records(entry.postings),
        "pv": entry.program_version,
        "e": milliseconds(entry.effective_at),
        "r": milliseconds(entry.recorded_at),
        "by": entry.actor,
        "ba": entry.balance_after,
        "pa": entry.pending_after,
    }
    if entry.purchase:
        record["pu"], record["ln"] = _purchase_record(entry.purchase)
    if entry.tier_changes:
        record["tc"] = [change_record(change) for change in entry.tier_changes]
    if entry.evaluations:
        record["ev"] = [_evaluation_record(evaluation) for evaluation in entry.evaluations]
    if entry.qualifying:
        record["q"] = [[month, change.spend, change.orders, change.points] for month, change in entry.qualifying]
    if entry.detail:
        record["d"] = dict(entry.detail)
    after = (("ha", entry.held_after), ("da", entry.debt_after), ("ta", entry.tier_after))
    record |= {name: value for name, value in after if value}
    if entry.reminders:
        record["rm"] = [[reminder.expires_on.isoformat(), reminder.points] for reminder in entry.reminders]
    return {**record, **entry.more}


def read_entry(member_id: str, version: int, record: Mapping[str, Any]) -> Entry:
    """The entry of a stored record."""
    return Entry(
        member_id=member_id,
        version=version,
        kind=EntryKind(record["k"]),
        postings=read_postings(record["p"]),
        program_version=record["pv"],
        effective_at=instant(record["e"]),
        recorded_at=instant(record["r"]),
        actor=record["by"],
        balance_after=record["ba"],
        pending_after=record["pa"],
        purchase=_read_purchase(record["pu"], record["ln"]) if "pu" in record else None,
        held_after=record.get("ha", 0),
        debt_after=record.get("da", 0),
        tier_after=record.get("ta", ""),
        tier_changes=tuple(read_change(change) for change in record.get("tc", ())),
        evaluations=tuple(_read_evaluation(evaluation) for evaluation in record.get("ev", ())),
        qualifying=tuple((month, Bucket(*change)) for month, *change in record.get("q", ())),
        detail=dict(record.get("d", {})),
        reminders=tuple(Reminder(date.fromisoformat(lot), points) for lot, points in record.get("rm", ())),
        hash=record["h"].hex(),
        more=unknown(record, _ENTRY_NAMES),
    )


def chain_hash(previous_hash: str, entry: Entry) -> str:
    """The hash of an entry: SHA-256 of the hash before it and the entry's canonical record (law L8)."""
    canonical = json.dumps(
        [_CHAIN_FORM, entry.member_id, entry.version, entry_record(entry)], sort_keys=True, separators=(",", ":"), default=bytes.hex
    )
    return hashlib.sha256(bytes.fromhex(previous_hash) + canonical.encode()).hexdigest()


def _evaluation_record(evaluation: Evaluation) -> list[Any]:
    months = [evaluation.first_month, evaluation.last_month, list(evaluation.figures)]
    tiers = [evaluation.tier, evaluation.qualified, evaluation.outcome.value, evaluation.program_version]
    return [milliseconds(evaluation.at), *months, *tiers, *([evaluation.until.isoformat()] if evaluation.until else [])]


def _read_evaluation(record: list[Any]) -> Evaluation:
    at, first, last, figures, tier, qualified, outcome, version, *until = record
    ends_on = date.fromisoformat(until[0]) if until else None
    return Evaluation(instant(at), first, last, tuple(figures), tier, qualified, EvaluationOutcome(outcome), version, ends_on)


def change_record(change: TierChange) -> list[Any]:
    """A change of tier as accounts and entries keep it."""
    return [milliseconds(change.at), change.from_tier, change.to_tier, change.cause.value, change.program_version]


def read_change(record: list[Any]) -> TierChange:
    """The change of such a record."""
    at, from_tier, to_tier, cause, version = record
    return TierChange(instant(at), from_tier, to_tier, TierCause(cause), version)


def _purchase_record(purchase: Purchase) -> tuple[list[Any], bytes]:
    return [getattr(purchase, name) for name in _PURCHASE_FACTS], _packed(purchase.lines)


@lru_cache(maxsize=4)
def _packed(lines: tuple[EarnedLine, ...]) -> bytes:
    """The lines compressed; remembered shortly, as an entry is first hashed and then stored."""
    rows = [_line_record(item) for item in lines]
    return zlib.compress(json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode(), 9)


def _line_record(item: EarnedLine) -> list[Any]:
    """A line; what it usually has not (an eligible amount of its own, a brand, being a reward) is left out."""
    line = item.line
    record: list[Any] = [line.sku, line.category, line.quantity, line.amount, item.points]
    more = [item.eligible_amount, line.brand, int(line.is_reward)]
    return record if more == [line.amount, "", 0] else [*record, *more]


def _read_line(record: list[Any]) -> EarnedLine:
    sku, category, quantity, amount, points, *more = record
    eligible, brand, is_reward = more or (amount, "", 0)
    return EarnedLine(Line(sku, category, quantity, amount, brand, bool(is_reward)), points, eligible)


def _read_purchase(facts: list[Any], packed: bytes) -> Purchase:
    lines = tuple(_read_line(record) for record in json.loads(zlib.decompress(packed)))
    return Purchase(**dict(zip(_PURCHASE_FACTS, facts, strict=True)), lines=lines)
