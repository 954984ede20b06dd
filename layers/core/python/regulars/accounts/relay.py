"""Entries as events: each posting, tier change and reminder of a committed entry becomes one event with an id of its own."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from regulars.accounts.entries import Entry, Posting, PostingKind
from regulars.accounts.events import AccountEvent, PointsEarned, PointsExpired, PointsExpiring, TierChanged
from regulars.accounts.records import read_entry

_ENTRY = "ENTRY#"


def events_of_entry(item: Mapping[str, Any]) -> list[AccountEvent]:
    """The events of an item of the accounts' table; none for what is not an entry."""
    if not str(item["sk"]).startswith(_ENTRY):
        return []
    entry = read_entry(item["pk"], int(item["sk"].removeprefix(_ENTRY)), item)
    return list(_events(entry))


def _events(entry: Entry) -> Iterator[AccountEvent]:
    for number, posting in enumerate(entry.postings):
        event = _posting_event(entry, posting, _facts(entry, number))
        if event:
            yield event
    for number, change in enumerate(entry.tier_changes):
        yield TierChanged(
            **_facts(entry, f"tier-{number}" if number else "tier"),
            from_tier=change.from_tier,
            to_tier=change.to_tier,
            cause=change.cause.value,
            program_version=change.program_version,
        )
    for reminder in entry.reminders:
        name = f"expiring-{reminder.expires_on.isoformat()}"
        yield PointsExpiring(**_facts(entry, name), points=reminder.points, expires_on=reminder.expires_on)


def _posting_event(entry: Entry, posting: Posting, facts: dict[str, Any]) -> AccountEvent | None:
    balance = entry.balance_after
    if posting.kind is PostingKind.EARN and entry.purchase:
        ends = None if posting.lot.year == date.max.year else posting.lot
        return PointsEarned(
            **facts,
            points=posting.points,
            expires_on=ends,
            available_from=posting.available_from,
            purchase_id=entry.purchase.purchase_id,
            balance=balance,
        )
    if posting.kind is PostingKind.EXPIRE:
        return PointsExpired(**facts, points=-posting.points, expires_on=posting.lot, balance=balance)
    return None


def _facts(entry: Entry, name: int | str) -> dict[str, Any]:
    return {
        "event_id": f"{entry.entry_id}.{name}",
        "occurred_at": entry.recorded_at,
        "member_id": entry.member_id,
        "entry_id": entry.entry_id,
        "account_version": entry.version,
    }
