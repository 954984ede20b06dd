"""How an account is written down: short names and compact maps, so that a usual one stays near 0.8 KB.

Days are `YYYY-MM-DD`, instants milliseconds since 1970.

`v` version, `t` tier, `ts` tier since, `tc` tier changes, `fp` first purchase, `l` lots (packed), `pp` pending, `b` buckets
`[spend, orders, points]`, `rt` reminded through, `et`/`st`/`xt`/`rv` earned, spent, expired and reversed in all, `hd` holds
`[expires at, lots]`, `ca` case `[id, releases on, held]`, `db` debt, `ct` counters, `gt` granted tier, `gr` grace, `ro` review on,
`ac` active since and until, `pv` programme version the tier was looked at under, `cg` closing `[last day, since, notice, reason]`,
`cl` closed, `ea` evaluated at, `h` head of the hash chain. Other names are a newer version's and are kept as they are.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from regulars.accounts.entries import Bucket, TierCause
from regulars.accounts.model import NEVER, Account, ActiveRow, Case, Closing, Counter, Grace, Granted, Hold
from regulars.accounts.packing import pack, unpack
from regulars.accounts.records import Record, change_record, instant, milliseconds, read_change, unknown

_NAMES = frozenset(
    (
        "pk", "sk", "due_shard", "due_on", "v", "t", "ts", "tc", "fp", "l", "pp", "b", "rt", "et", "st", "xt", "rv", "hd", "ca", "db", "ct",
        "gt", "gr", "ro", "ac", "pv", "cg", "cl", "ea", "h",
    )
)  # fmt: skip


def account_record(account: Account) -> Record:
    """An account as it is stored (without its keys)."""
    record: Record = {
        "v": account.version,
        "t": account.tier,
        "ts": milliseconds(account.tier_since),
        "l": pack(account.lots.items()),
        "b": {month: [bucket.spend, bucket.orders, bucket.points] for month, bucket in account.buckets.items()},
        "et": account.earned_total,
        "st": account.spent_total,
        "xt": account.expired_total,
        "ea": milliseconds(account.evaluated_at),
        "h": bytes.fromhex(account.head_hash),
    }
    if account.pending:
        record["pp"] = _waiting_record(account.pending)
    if account.tier_changes:
        record["tc"] = [change_record(change) for change in account.tier_changes]
    record |= _special_record(account)
    if account.first_purchase_at:
        record["fp"] = milliseconds(account.first_purchase_at)
    if account.reminded_through:
        record["rt"] = account.reminded_through.isoformat()
    return {**record, **account.more}


def _waiting_record(waiting: Mapping[date, Mapping[date, int]]) -> Record:
    return {day.isoformat(): pack(lots.items()) for day, lots in waiting.items()}


def _special_record(account: Account) -> Record:
    """What most accounts do not have: holds, a case, counters, activity, an end that is coming, debt."""
    record = _tier_record(account)
    if account.holds:
        record["hd"] = {name: [milliseconds(hold.expires_at), pack(hold.lots.items())] for name, hold in account.holds.items()}
    if account.case:
        case = account.case
        record["ca"] = [case.case_id, case.releases_on.isoformat(), _waiting_record(case.held)]
    if account.counters:
        record["ct"] = {name: [counter.period, counter.used] for name, counter in account.counters.items()}
    if account.active:
        record["ac"] = [account.active.since.isoformat(), account.active.until.isoformat()]
    if account.closing:
        closing = account.closing
        record["cg"] = [closing.closes_on.isoformat(), milliseconds(closing.since), closing.notice_id, closing.reason]
    counted = {"db": account.debt, "rv": account.reversed_total, "pv": account.program_version - 1, "cl": int(account.is_closed)}
    return record | {name: value for name, value in counted.items() if value}


def _tier_record(account: Account) -> Record:
    """A granted tier, grace, and the next review."""
    record: Record = {}
    if account.granted:
        granted = account.granted
        record["gt"] = [granted.tier, granted.ends_on.isoformat(), granted.cause.value, granted.base]
    if account.grace:
        record["gr"] = [account.grace.until.isoformat(), account.grace.first_month]
    if account.review_on:
        record["ro"] = account.review_on.isoformat()
    return record


def read_account(member_id: str, record: Mapping[str, Any]) -> Account:
    """The account of a record."""
    return Account(
        member_id=member_id,
        version=record["v"],
        first_purchase_at=instant(record["fp"]) if "fp" in record else None,
        tier=record["t"],
        tier_since=instant(record["ts"]),
        lots=_read_lots(record["l"]),
        pending=_read_waiting(record.get("pp", {})),
        holds={name: Hold(instant(ends), _read_lots(lots)) for name, (ends, lots) in sorted(record.get("hd", {}).items())},
        case=_read_case(*record["ca"]) if "ca" in record else None,
        debt=record.get("db", 0),
        counters={name: Counter(*parts) for name, parts in sorted(record.get("ct", {}).items())},
        granted=_read_granted(record["gt"]) if "gt" in record else None,
        grace=_read_grace(*record["gr"]) if "gr" in record else None,
        review_on=date.fromisoformat(record["ro"]) if "ro" in record else None,
        active=ActiveRow(*map(date.fromisoformat, record["ac"])) if "ac" in record else None,
        program_version=record.get("pv", 0) + 1,
        closing=_read_closing(*record["cg"]) if "cg" in record else None,
        is_closed="cl" in record,
        reversed_total=record.get("rv", 0),
        buckets={month: Bucket(*figures) for month, figures in sorted(record["b"].items())},
        tier_changes=tuple(read_change(change) for change in record.get("tc", ())),
        reminded_through=date.fromisoformat(record["rt"]) if "rt" in record else None,
        earned_total=record["et"],
        spent_total=record["st"],
        expired_total=record["xt"],
        evaluated_at=instant(record["ea"]),
        head_hash=record["h"].hex(),
        next_due_on=_read_due(record["due_on"]) if "due_on" in record else None,
        more=unknown(record, _NAMES),
    )


def due_text(account: Account) -> str:
    """The place of an account in the due index: its day and its member; where nothing is due, a day that never comes."""
    return f"{(account.next_due_on or NEVER).isoformat()}#{account.member_id}"


def _read_due(text: str) -> date | None:
    day = date.fromisoformat(text[:10])
    return None if day == NEVER else day


def _read_lots(packed: bytes) -> dict[date, int]:
    return dict(sorted(unpack(packed)))


def _read_waiting(record: Mapping[str, bytes]) -> dict[date, dict[date, int]]:
    return {date.fromisoformat(day): _read_lots(lots) for day, lots in sorted(record.items())}


def _read_case(case_id: str, releases_on: str, held: Mapping[str, bytes]) -> Case:
    return Case(case_id, date.fromisoformat(releases_on), _read_waiting(held))


def _read_grace(until: str, first_month: str) -> Grace:
    return Grace(date.fromisoformat(until), first_month)


def _read_closing(closes_on: str, since: int, notice_id: str, reason: str) -> Closing:
    return Closing(date.fromisoformat(closes_on), instant(since), notice_id, reason)


def _read_granted(record: list[Any]) -> Granted:
    tier, ends_on, cause, base = record
    return Granted(tier, date.fromisoformat(ends_on), TierCause(cause), base)
