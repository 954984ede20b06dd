"""The heart: `apply(account, command, programme history, now)` gives the account after it and the entry, or a refusal.

No input or output, no clock, no randomness: the same arguments give the same result, for ever.
"""

from collections.abc import Callable
from copy import replace
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from regulars.accounts.beginning import begun
from regulars.accounts.closing import cancel_closure, close_account, closing_error, ended
from regulars.accounts.commands import (
    Adjust,
    BuyTier,
    CancelClosure,
    CancelHold,
    CancelRedemption,
    CloseAccount,
    Command,
    CommitHold,
    CreditPartnerPoints,
    DecideCase,
    GivePoints,
    OpenBalance,
    OverrideTier,
    PlaceHold,
    ReceivePoints,
    RecordActivity,
    RecordPurchase,
    RecordRefund,
    Redeem,
    RefundState,
    Settle,
)
from regulars.accounts.ending import end_of
from regulars.accounts.entries import Entry, EntryKind
from regulars.accounts.errors import AccountClosedError
from regulars.accounts.model import POSTINGS_MAX, Account
from regulars.accounts.moving import (
    adjust,
    buy_tier,
    credit_partner_points,
    give,
    open_balance,
    override_tier,
    receive,
    record_activity,
)
from regulars.accounts.purchasing import evaluation_time, record_purchase
from regulars.accounts.records import chain_hash
from regulars.accounts.redeeming import cancel_hold, cancel_redemption, commit_hold, place_hold, redeem
from regulars.accounts.refunding import record_refund
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement, next_due_on, settle
from regulars.accounts.watching import decide_case
from regulars.kernel.clock import business_date
from regulars.program.model import ProgrammeHistory

IMPORT_QUIET_DAYS = 2
"""An import that nobody closed is closed by the job after this many days."""

_ROOM_FOR_COMMANDS = 12
"""Postings left free for the command itself when settling comes first."""

_HANDLERS: dict[type, Callable[[Settlement, Any, Scene], Step]] = {
    RecordPurchase: record_purchase,
    RecordRefund: record_refund,
    PlaceHold: place_hold,
    CommitHold: commit_hold,
    CancelHold: cancel_hold,
    Redeem: redeem,
    CancelRedemption: cancel_redemption,
    Adjust: adjust,
    GivePoints: give,
    ReceivePoints: receive,
    RecordActivity: record_activity,
    CreditPartnerPoints: credit_partner_points,
    OpenBalance: open_balance,
    BuyTier: buy_tier,
    OverrideTier: override_tier,
    CloseAccount: close_account,
    CancelClosure: cancel_closure,
    DecideCase: decide_case,
}

_ADDING = (ReceivePoints, RecordActivity, CreditPartnerPoints, OpenBalance)
"""What is not taken any more of a member whose account is about to end; purchases are, and earn nothing."""


class Outcome(Struct, frozen=True):
    """The account after a command and its entry; `is_partial` when only settling fitted and the command is to be applied again.

    `entry` is `None` when nothing changed (a settlement with nothing due); `refund` is what has been refunded of a purchase from now on.
    """

    account: Account
    entry: Entry | None
    is_partial: bool = False
    refund: RefundState | None = None


def apply(account: Account, command: Command, history: ProgrammeHistory, now: datetime) -> Outcome:
    """Applies a command at `now`.

    Raises:
        RegularsError: what the command's docstring lists, or `AccountClosedError`; nothing changed.
    """
    if isinstance(command, Settle):
        return _settle(account, command, Scene(history, now, now))
    scene = Scene(history, evaluation_time(account, command, now), now)
    if not account.version:
        account = begun(account, history, scene.as_of)
    settlement = settle(account, history, scene.as_of, room=POSTINGS_MAX - _ROOM_FOR_COMMANDS)
    if settlement.has_more:
        return _close(Step(EntryKind.SETTLEMENT, settlement), scene, command.actor, is_partial=True)
    if settlement.account.is_closed:
        raise AccountClosedError
    if settlement.account.closing and isinstance(command, _ADDING):
        raise closing_error(settlement.account.closing)
    return _close(_HANDLERS[type(command)](settlement, command, scene), scene, command.actor)


def _settle(account: Account, command: Settle, scene: Scene) -> Outcome:
    settlement = settle(account, scene.history, scene.now, room=POSTINGS_MAX)
    if account.closing and settlement.account.is_closed:
        end_scene = replace(scene, as_of=end_of(account.closing, scene.programme.time_zone))
        return _close(ended(account.closing, settlement, end_scene.programme), end_scene, command.actor)
    is_dated = account.next_due_on == next_due_on(settlement.account, scene.version)
    if not settlement.has_happened and is_dated:
        return Outcome(account, None)
    return _close(Step(EntryKind.SETTLEMENT, settlement), scene, command.actor, is_partial=settlement.has_more)


def _close(step: Step, scene: Scene, actor: str, *, is_partial: bool = False) -> Outcome:
    """Makes the entry and the account after it: version one up, hash chained, next due date known (laws L8, L9)."""
    settlement, account = step.settlement, step.settlement.account
    happened_at = step.happened_at or scene.as_of
    entry = Entry(
        member_id=account.member_id,
        version=account.version + 1,
        kind=step.kind,
        postings=settlement.postings,
        program_version=scene.history.at(happened_at).number,
        effective_at=happened_at,
        recorded_at=scene.now,
        actor=actor,
        balance_after=account.available,
        pending_after=account.pending_points,
        held_after=account.held,
        debt_after=account.debt,
        tier_after=account.tier,
        purchase=step.purchase,
        tier_changes=settlement.changes,
        evaluations=settlement.evaluations,
        reminders=settlement.reminders,
        qualifying=step.qualifying,
        detail=step.detail,
    )
    entry = replace(entry, hash=chain_hash(account.head_hash, entry))
    evaluated_at = max(account.evaluated_at, scene.as_of)
    account = replace(account, version=entry.version, head_hash=entry.hash, evaluated_at=evaluated_at, next_due_on=_due(account, scene))
    refund = step.refund
    if refund:
        refund = replace(refund, refunds={**refund.refunds, str(step.detail["refund_id"]): entry.entry_id})
    return Outcome(account, entry, is_partial, refund)


def _due(account: Account, scene: Scene) -> date | None:
    due = next_due_on(account, scene.version)
    if scene.as_of != scene.now and due:
        return max(due, business_date(scene.now, scene.history.at(scene.now).programme.time_zone) + timedelta(days=IMPORT_QUIET_DAYS))
    return due
