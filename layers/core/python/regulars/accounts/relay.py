"""Entries as events: each posting, tier change, evaluation and reminder of a committed entry is one event with an id of its own."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from regulars.accounts.entries import Entry, EntryKind, Posting, PostingKind, Purchase
from regulars.accounts.events import (
    AbuseCaseDecided,
    AccountClosed,
    AccountClosureAnnounced,
    AccountClosureCancelled,
    AccountEvent,
    PointsActivated,
    PointsAdjusted,
    PointsEarned,
    PointsExpired,
    PointsExpiring,
    PointsForfeited,
    PointsRedeemed,
    PointsReturned,
    PointsReversed,
    PointsSuspended,
    PointsTransferred,
    TierChanged,
    TierReviewed,
)
from regulars.accounts.records import read_entry
from regulars.program.qualifying import Factor

_ENTRY = "ENTRY#"


def events_of_entry(item: Mapping[str, Any]) -> list[AccountEvent]:
    """The events of an item of the accounts' table; none for what is not an entry."""
    entry = entry_of_item(item)
    return list(_events(entry)) if entry else []


def entry_of_item(item: Mapping[str, Any]) -> Entry | None:
    """The entry that an item of the accounts' table is; `None` for what is not an entry."""
    if not str(item["sk"]).startswith(_ENTRY):
        return None
    return read_entry(item["pk"], int(item["sk"].removeprefix(_ENTRY)), item)


def _events(entry: Entry) -> Iterator[AccountEvent]:
    for number, posting in enumerate(entry.postings):
        telling = _TELLING.get(posting.kind)
        if telling:
            yield telling(entry, posting, _facts(entry, number))
    if entry.kind in _OF_ENTRIES:
        yield _OF_ENTRIES[entry.kind](entry)
    if entry.purchase and "case_id" in entry.detail:
        yield _suspended(entry, entry.purchase)
    for number, change in enumerate(entry.tier_changes):
        yield TierChanged(
            **_facts(entry, f"tier-{number}" if number else "tier"),
            from_tier=change.from_tier,
            to_tier=change.to_tier,
            cause=change.cause.value,
            program_version=change.program_version,
        )
    for number, evaluation in enumerate(entry.evaluations):
        yield TierReviewed(
            **_facts(entry, f"review-{number}"),
            tier=evaluation.tier,
            qualified=evaluation.qualified,
            outcome=evaluation.outcome.value,
            first_month=evaluation.first_month,
            last_month=evaluation.last_month,
            figures={factor.value: value for factor, value in zip(Factor, evaluation.figures, strict=True)},
            until=evaluation.until,
            program_version=evaluation.program_version,
        )
    for reminder in entry.reminders:
        name = f"expiring-{reminder.expires_on.isoformat()}"
        yield PointsExpiring(**_facts(entry, name), points=reminder.points, expires_on=reminder.expires_on)


type _Telling = Callable[[Entry, Posting, dict[str, Any]], AccountEvent]


def _earned(entry: Entry, posting: Posting, facts: dict[str, Any]) -> AccountEvent:
    return PointsEarned(
        **facts,
        points=posting.points,
        rule=posting.rule,
        expires_on=_end(posting),
        available_from=posting.available_from,
        purchase_id=entry.purchase.purchase_id if entry.purchase else None,
        balance=entry.balance_after,
    )


def _reversed(entry: Entry, posting: Posting, facts: dict[str, Any]) -> AccountEvent:
    purchase_id = str(entry.detail["purchase_id"])
    return PointsReversed(**facts, points=-posting.points, purchase_id=purchase_id, is_debt=posting.is_debt, balance=entry.balance_after)


def _adjusted(entry: Entry, posting: Posting, facts: dict[str, Any]) -> AccountEvent:
    return PointsAdjusted(**facts, points=posting.points, reason_code=posting.rule, balance=entry.balance_after)


def _transferred(entry: Entry, posting: Posting, facts: dict[str, Any]) -> AccountEvent:
    return PointsTransferred(**facts, points=posting.points, transfer_id=posting.rule, balance=entry.balance_after)


def _expired(entry: Entry, posting: Posting, facts: dict[str, Any]) -> AccountEvent:
    return PointsExpired(**facts, points=-posting.points, expires_on=posting.lot, balance=entry.balance_after)


def _less(event: type[PointsRedeemed | PointsForfeited]) -> _Telling:
    return lambda entry, posting, facts: event(**facts, points=-posting.points, balance=entry.balance_after)


def _more(event: type[PointsActivated | PointsReturned]) -> _Telling:
    return lambda entry, posting, facts: event(**facts, points=posting.points, expires_on=_end(posting), balance=entry.balance_after)


_TELLING: dict[PostingKind, _Telling] = {
    PostingKind.EARN: _earned,
    PostingKind.EARN_BONUS: _earned,
    PostingKind.ACTIVATE: _more(PointsActivated),
    PostingKind.REDEEM: _less(PointsRedeemed),
    PostingKind.HOLD_COMMIT: _less(PointsRedeemed),
    PostingKind.REDEEM_RETURN: _more(PointsReturned),
    PostingKind.REFUND_REVERSAL: _reversed,
    PostingKind.ADJUST: _adjusted,
    PostingKind.TRANSFER_IN: _transferred,
    PostingKind.TRANSFER_OUT: _transferred,
    PostingKind.FORFEIT: _less(PointsForfeited),
    PostingKind.EXPIRE: _expired,
}
"""What is news; holds, their release, repaid debt and moved ends are the account's own matter."""


def _closed(entry: Entry) -> AccountClosed:
    def gone(kind: PostingKind) -> int:
        return -sum(posting.points for posting in entry.postings if posting.kind is kind)

    return AccountClosed(
        **_facts(entry, "closure"),
        points_forfeited=gone(PostingKind.FORFEIT),
        points_compensated=gone(PostingKind.REDEEM),
        compensation=int(entry.detail.get("compensation", 0)),
        program_version=entry.program_version,
    )


def _announced(entry: Entry) -> AccountClosureAnnounced:
    closes_on = date.fromisoformat(str(entry.detail["closes_on"]))
    return AccountClosureAnnounced(**_facts(entry, "closure"), closes_on=closes_on, balance=entry.balance_after)


def _suspended(entry: Entry, purchase: Purchase) -> PointsSuspended:
    facts: dict[str, Any] = {name: entry.detail[name] for name in ("case_id", "limit", "releases_on")}
    more = {"points": purchase.points, "purchase_id": purchase.purchase_id, "balance": entry.balance_after}
    return PointsSuspended(**_facts(entry, "case"), **facts, **more)


def _decided(entry: Entry) -> AbuseCaseDecided:
    points = sum(posting.points for posting in entry.postings if posting.kind is PostingKind.RESUME)
    facts: dict[str, Any] = {name: entry.detail[name] for name in ("case_id", "decision")}
    return AbuseCaseDecided(**_facts(entry, "case"), **facts, points=points, balance=entry.balance_after)


_OF_ENTRIES: dict[EntryKind, Callable[[Entry], AccountEvent]] = {
    EntryKind.CASE_DECISION: _decided,
    EntryKind.CLOSURE_NOTICE: _announced,
    EntryKind.CLOSURE_CANCELLATION: lambda entry: AccountClosureCancelled(**_facts(entry, "closure")),
    EntryKind.CLOSURE: _closed,
}
"""What is told of an entry as a whole."""


def _end(posting: Posting) -> date | None:
    return None if posting.lot.year == date.max.year else posting.lot


def _facts(entry: Entry, name: int | str) -> dict[str, Any]:
    return {
        "event_id": f"{entry.entry_id}.{name}",
        "occurred_at": entry.recorded_at,
        "member_id": entry.member_id,
        "entry_id": entry.entry_id,
        "account_version": entry.version,
    }
