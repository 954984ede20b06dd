"""An account worked out anew from its entries alone, and everything in which what is stored differs from that (laws L5, L7, L8, L9).

Nothing here knows how entries came about: postings, purchases, months and changes of tier are applied as they stand.
"""

from collections.abc import Iterator, Sequence
from copy import replace
from datetime import date
from enum import StrEnum

from msgspec import Struct

from regulars.accounts.entries import Bucket, Entry, EntryKind, tier_before
from regulars.accounts.model import GENESIS, TIER_CHANGES_KEPT, Account, Case, Closing, Hold
from regulars.accounts.movement import post
from regulars.accounts.records import chain_hash, instant
from regulars.kernel.clock import add_months, business_date, month_of
from regulars.program.model import ProgrammeHistory


class Difference(StrEnum):
    """What can be wrong; the first ones are found by `verify`, then by `rebuild`, then by `reconcile`."""

    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_BEHIND = "account_behind"
    ENTRY_MISSING = "entry_missing"
    CHAIN_BROKEN = "chain_broken"
    UNREADABLE = "unreadable"
    ENTRY_DIFFERS = "entry_differs"
    ACCOUNT_DIFFERS = "account_differs"
    GUARD_MISSING = "guard_missing"
    ENTRY_OF_GUARD_MISSING = "entry_of_guard_missing"
    REFUNDS_DIFFER = "refunds_differ"
    TOTALS_DIFFER = "totals_differ"


VERIFIED = frozenset(
    {Difference.ACCOUNT_MISSING, Difference.ACCOUNT_BEHIND, Difference.ENTRY_MISSING, Difference.CHAIN_BROKEN, Difference.UNREADABLE}
)  # fmt: skip
"""Found by the numbers of entries and the chain of their hashes alone."""

REBUILT = frozenset({Difference.ENTRY_DIFFERS, Difference.ACCOUNT_DIFFERS})
"""Found by replaying entries."""


class Finding(Struct, frozen=True):
    """One thing that is wrong: whose account (no member for the programme's totals), what, and where."""

    member_id: str
    difference: Difference
    detail: str


def replay(entries: Sequence[Entry], history: ProgrammeHistory) -> Account:
    """The account after entries, in their order from the first on: what they say of points, months, tiers and totals."""
    first = entries[0]
    account = Account(first.member_id, tier_before(first), first.recorded_at)
    for entry in entries:
        account = _after(account, entry, history)
    return account


def _after(account: Account, entry: Entry, history: ProgrammeHistory) -> Account:
    if entry.kind is EntryKind.HOLD:
        hold = Hold(instant(int(entry.detail["expires_at"])))
        account = replace(account, holds={**account.holds, str(entry.detail["hold_id"]): hold})
    if entry.purchase and "case_id" in entry.detail:
        account = replace(account, case=_case(account, entry))
    account = _count(post(account, entry.postings), entry, history)
    changes = (*account.tier_changes, *entry.tier_changes)
    return replace(
        account,
        version=entry.version,
        tier=changes[-1].to_tier if changes else account.tier,
        tier_changes=changes[-TIER_CHANGES_KEPT:],
        closing=_closing(account, entry),
        is_closed=account.is_closed or entry.kind is EntryKind.CLOSURE,
        head_hash=entry.hash,
    )


def _case(account: Account, entry: Entry) -> Case:
    """The case that holds a purchase's points: the one that is open, or one that opens with it."""
    case = Case(str(entry.detail["case_id"]), date.fromisoformat(str(entry.detail["releases_on"])))
    return account.case if account.case and account.case.case_id == case.case_id else case


def _closing(account: Account, entry: Entry) -> Closing | None:
    """The end that is coming after an entry: a notice tells of it, its cancellation and the end itself of none."""
    if entry.kind is EntryKind.CLOSURE_NOTICE:
        said = {name: str(entry.detail[name]) for name in ("closes_on", "closure_id", "reason")}
        return Closing(date.fromisoformat(said["closes_on"]), entry.recorded_at, said["closure_id"], said["reason"])
    return None if entry.kind in {EntryKind.CLOSURE_CANCELLATION, EntryKind.CLOSURE} else account.closing


def _count(account: Account, entry: Entry, history: ProgrammeHistory) -> Account:
    added = list(entry.qualifying)
    first = account.first_purchase_at
    if entry.purchase:
        month = month_of(business_date(entry.effective_at, history.at(entry.effective_at).programme.time_zone))
        added.append((month, Bucket(entry.purchase.eligible_amount, 1, entry.purchase.points)))
        first = min(first or entry.effective_at, entry.effective_at)
    buckets = dict(account.buckets)
    for month, change in added:
        buckets[month] = buckets.get(month, Bucket()).plus(change.spend, change.points, change.orders)
    return replace(account, buckets=buckets, first_purchase_at=first)


def differences(member_id: str, account: Account | None, entries: Sequence[Entry], history: ProgrammeHistory) -> list[Finding]:
    """Everything in which an account and its entries (in order of their versions) do not agree; nothing is changed."""
    if account is None and not entries:
        return []
    findings = [Finding(member_id, *found) for found in _chain(account, entries)]
    if not findings and account and entries:
        findings += [Finding(member_id, *found) for found in _replayed(account, entries, history)]
    return findings


_COMPARED = (
    "lots", "pending", "holds", "case", "debt", "tier", "tier_changes", "first_purchase_at", "closing", "is_closed",
    "earned_total", "spent_total", "expired_total", "reversed_total",
)  # fmt: skip

type _Found = tuple[Difference, str]


def _chain(account: Account | None, entries: Sequence[Entry]) -> Iterator[_Found]:
    """Numbers without gaps from 1 to the account's version, each hash over its entry and the one before it."""
    expected, previous = 1, GENESIS
    for entry in entries:
        if entry.version != expected:
            yield Difference.ENTRY_MISSING, _versions(expected, entry.version - 1)
        elif entry.hash != chain_hash(previous, entry):
            yield Difference.CHAIN_BROKEN, str(entry.version)
        expected, previous = entry.version + 1, entry.hash
    yield from _end(account, expected - 1, previous)


def _end(account: Account | None, last: int, head_hash: str) -> Iterator[_Found]:
    if account is None:
        yield Difference.ACCOUNT_MISSING, f"{last} entries"
    elif account.version > last:
        yield Difference.ENTRY_MISSING, _versions(last + 1, account.version)
    elif account.version < last:
        yield Difference.ACCOUNT_BEHIND, f"account at {account.version}, entries to {last}"
    elif account.head_hash != head_hash:
        yield Difference.CHAIN_BROKEN, "account"


def _versions(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _replayed(account: Account, entries: Sequence[Entry], history: ProgrammeHistory) -> Iterator[_Found]:
    rebuilt = replay(entries[:1], history)
    for entry in entries:
        if entry.version > 1:
            rebuilt = _after(rebuilt, entry, history)
        if wrong := _wrong_after(rebuilt, entry):
            yield Difference.ENTRY_DIFFERS, f"{entry.version}: {wrong}"
    for name in _COMPARED:
        if getattr(account, name) != getattr(rebuilt, name):
            yield Difference.ACCOUNT_DIFFERS, name
    if _kept(account, account, history) != _kept(rebuilt, account, history):
        yield Difference.ACCOUNT_DIFFERS, "buckets"


def _wrong_after(rebuilt: Account, entry: Entry) -> str:
    said = {
        "balance_after": (entry.balance_after, rebuilt.available),
        "pending_after": (entry.pending_after, rebuilt.pending_points),
        "held_after": (entry.held_after, rebuilt.held),
        "debt_after": (entry.debt_after, rebuilt.debt),
        "tier_after": (entry.tier_after, rebuilt.tier),
    }
    return ", ".join(name for name, (stored, expected) in said.items() if stored != expected)


def _kept(account: Account, stored: Account, history: ProgrammeHistory) -> dict[str, Bucket]:
    """The months that no version of the programme would have let go by the time the stored account was last brought to."""
    at = stored.evaluated_at
    months = min(version.programme.qualification.kept_months for version in history.versions)
    oldest = add_months(month_of(business_date(at, history.at(at).programme.time_zone)), -months - 1)
    return {month: bucket for month, bucket in sorted(account.buckets.items()) if month >= oldest}
