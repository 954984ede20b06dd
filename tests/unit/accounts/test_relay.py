"""Entries as events: each kind of posting is told as what it is, once, with an id of its own."""

from collections.abc import Iterable
from copy import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.accounts.commands import (
    Adjust,
    CancelRedemption,
    CloseAccount,
    Command,
    CommitHold,
    GivePoints,
    PlaceHold,
    ReceivePoints,
    RecordActivity,
    Redeem,
    Settle,
)
from regulars.accounts.entries import Entry
from regulars.accounts.ledger import apply
from regulars.accounts.model import Account, new_account
from regulars.accounts.records import entry_record
from regulars.accounts.relay import events_of_entry
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase
from tests.support.refunds import refund

START = datetime(2000, 1, 1, tzinfo=UTC)
WORDS = {"en": "x", "zh_cn": "x"}
RULES = history(
    (
        START,
        changed(
            preset("four"),
            transfers={"enabled": True},
            activities=[{"code": "sign_in", "name": WORDS, "points": 5, "period": "day"}],
            qualification={"window": "calendar_quarter", "demotion": "one_down"},
        ),
    )
)


def told(entry: Entry) -> list[dict[str, Any]]:
    """The events of an entry, as they would lie on the bus."""
    item = {"pk": entry.member_id, "sk": f"ENTRY#{entry.version:010d}", **entry_record(entry), "h": bytes.fromhex(entry.hash)}
    return [{"type": event.event_type(), **event.model_dump(mode="json", exclude_none=True)} for event in events_of_entry(item)]


def run(account: Account, commands: Iterable[Command], at: datetime = NOON) -> tuple[Account, list[Entry]]:
    entries = []
    for command in commands:
        outcome = apply(account, command, RULES, at)
        account = outcome.account
        assert outcome.entry is not None
        entries.append(outcome.entry)
    return account, entries


def fresh() -> Account:
    return new_account(MEMBER, RULES.at(NOON), NOON)


def test_each_movement_is_told_with_its_points() -> None:
    """Earned, redeemed (also by a hold), returned, adjusted, given, received, forfeited; a hold itself is nobody's news."""
    account, entries = run(fresh(), [purchase(200_00), Redeem("red_1", "t", "x", 50, None, "gift", "till")])
    account, more = run(
        account,
        [
            CancelRedemption(entries[1], "wrong", "staff:a"),
            PlaceHold("hold_1", "t", "h", 40, None, "till"),
            CommitHold("hold_1", 30, "till"),
            Adjust("adj_1", -20, "correction", "", "staff:a"),
            GivePoints("trf_1", "mem_2", 10, "member"),
            ReceivePoints("trf_2", "mem_3", {date(2027, 3, 31): 7}, "member"),
            RecordActivity("act_1", "sign_in", "app", "a", "app"),
            CloseAccount("clo_1", "left", "staff:a", at_once=True),
        ],
    )
    events = [(event["type"], event.get("points")) for entry in (*entries, *more) for event in told(entry)]

    assert [
        ("PointsEarned", 200), ("PointsRedeemed", 50), ("PointsReturned", 50), ("PointsRedeemed", 30), ("PointsAdjusted", -20),
        ("PointsTransferred", -10), ("PointsTransferred", 7), ("PointsEarned", 5), ("PointsForfeited", 152), ("AccountClosed", None),
    ] == events  # fmt: skip
    assert 0 == account.available


def test_a_refund_tells_what_was_taken_and_what_is_owed() -> None:
    """Of 100 points 60 were used: 40 taken, 60 owed, both with the purchase."""
    account, entries = run(fresh(), [purchase(100_00), Redeem("red_1", "t", "x", 60, None, "gift", "till")])
    _account, (refunded,) = run(account, [refund(entries[0], 100_00)])

    assert [(40, False), (60, True)] == [(event["points"], event["is_debt"]) for event in told(refunded)]


def test_pending_points_are_told_when_they_come_and_when_they_can_be_used() -> None:
    """With a return window of a week."""
    rules = history((START, changed(preset("four"), earning={"return_window_days": 7})))
    earned = apply(fresh(), purchase(100_00), rules, NOON)
    usable = apply(earned.account, Settle(), rules, NOON + timedelta(days=7))
    assert earned.entry is not None
    assert usable.entry is not None

    assert ["2026-03-22"] == [event["available_from"] for event in told(earned.entry)]
    assert [("PointsActivated", 100)] == [(event["type"], event["points"]) for event in told(usable.entry)]


def test_a_review_is_told_with_figures_and_grace() -> None:
    """Silver, then a quarter without a purchase: the figures, what came of it, and until when."""
    account, _entries = run(fresh(), [purchase(1_000_00)])
    july = datetime(2026, 6, 30, 16, tzinfo=UTC)
    _account, (reviewed,) = run(replace(account), [Settle()], july)
    events = [event for event in told(reviewed) if event["type"] == "TierReviewed"]

    assert [("kept", 100_000), ("grace", 0)] == [(event["outcome"], event["figures"]["spend"]) for event in events]
    assert "2026-07-30" == events[1]["until"]
    assert 2 == len({event["event_id"] for event in events})
