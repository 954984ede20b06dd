"""Points used: holds at the till, redemptions, and their end; soonest-to-expire first, back into their own lots (laws R1 to R4)."""

from copy import replace
from datetime import date, timedelta

from regulars.accounts.commands import CancelHold, CancelRedemption, CommitHold, PlaceHold, Redeem
from regulars.accounts.entries import EntryKind, Posting, PostingKind
from regulars.accounts.errors import (
    CancellationTooLateError,
    HoldEndedError,
    HoldExceededError,
    InsufficientPointsError,
    OrderShareExceededError,
    PointsStepError,
    TooManyHoldsError,
)
from regulars.accounts.model import HOLDS_MAX, Account, Hold
from regulars.accounts.movement import Books, credit, post, soonest_first
from regulars.accounts.records import milliseconds
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement
from regulars.kernel.money import minor_units
from regulars.program.model import Programme


def value_of(programme: Programme, points: int) -> int:
    """What points pay, in minor units, rounded down (PTS-08)."""
    return points * minor_units(programme.currency) // programme.redemption.points_per_unit


def take(account: Account, points: int, kind: PostingKind, rule: str = "") -> list[Posting]:
    """Postings that take points out of lots, soonest to expire first.

    Raises:
        InsufficientPointsError: there are not so many.
    """
    if points > account.available:
        raise InsufficientPointsError(available=account.available, asked=points)
    return [Posting(kind, -part, lot, rule) for lot, part in soonest_first(account.lots, points)]


def _check(programme: Programme, points: int, order_amount: int | None) -> None:
    rules = programme.redemption
    if points < rules.points_min or points % rules.step:
        raise PointsStepError(least=rules.points_min, step=rules.step)
    if order_amount is None:
        return
    most = order_amount * rules.order_share_percent * rules.points_per_unit // (100 * minor_units(programme.currency))
    if points > most:
        raise OrderShareExceededError(percent=rules.order_share_percent, most=most // rules.step * rules.step)


def redeem(settlement: Settlement, command: Redeem, scene: Scene) -> Step:
    """Uses points."""
    _check(scene.programme, command.points, command.order_amount)
    postings = take(settlement.account, command.points, PostingKind.REDEEM)
    settled = settlement.with_postings(post(settlement.account, postings), *postings)
    return Step(EntryKind.REDEMPTION, settled).with_detail(
        redemption_id=command.redemption_id,
        source=command.source,
        reference=command.reference,
        purpose=command.purpose,
        value=value_of(scene.programme, command.points),
    )


def cancel_redemption(settlement: Settlement, command: CancelRedemption, scene: Scene) -> Step:
    """Gives the points of a redemption back."""
    days = scene.programme.redemption.cancellation_days
    if scene.now > command.redemption.recorded_at + timedelta(days=days):
        raise CancellationTooLateError(days=days)
    used = [(posting.lot, -posting.points) for posting in command.redemption.postings if posting.kind is PostingKind.REDEEM]
    settled = give_back(settlement, used, scene)
    detail = command.redemption.detail
    return Step(EntryKind.REDEMPTION_CANCELLATION, settled, {"redemption_id": detail["redemption_id"], "reason": command.reason})


def give_back(settlement: Settlement, used: list[tuple[date, int]], scene: Scene) -> Settlement:
    """Used points return to their own lots; where one has ended or ends sooner, they last the grace days (law R4, design decision 13)."""
    grace_end = scene.today + timedelta(days=scene.programme.refunds.return_grace_days)
    for lot, points in used:
        target = max(lot, grace_end)
        postings = credit(settlement.account, Posting(PostingKind.REDEEM_RETURN, points, target))
        settlement = settlement.with_postings(post(settlement.account, postings), *postings)
    return settlement


def place_hold(settlement: Settlement, command: PlaceHold, scene: Scene) -> Step:
    """Sets points aside until they are used, given back, or the hold's time is over."""
    account = settlement.account
    _check(scene.programme, command.points, command.order_amount)
    if len(account.holds) >= HOLDS_MAX:
        raise TooManyHoldsError(most=HOLDS_MAX)
    postings = take(account, command.points, PostingKind.HOLD, command.hold_id)
    expires_at = scene.now + timedelta(minutes=scene.programme.redemption.hold_minutes)
    account = replace(account, holds={**account.holds, command.hold_id: Hold(expires_at)})
    settled = settlement.with_postings(post(account, postings), *postings)
    return Step(EntryKind.HOLD, settled).with_detail(
        hold_id=command.hold_id,
        source=command.source,
        reference=command.reference,
        value=value_of(scene.programme, command.points),
        expires_at=milliseconds(expires_at),
    )


def end_hold(settlement: Settlement, hold_id: str, points: int | None) -> tuple[Settlement, int]:
    """Uses points of a hold (all of them by default) and gives the rest back to its lots; answers how many were used.

    Raises:
        HoldEndedError, HoldExceededError.
    """
    account = settlement.account
    hold = account.holds.get(hold_id)
    if hold is None:
        raise HoldEndedError
    used = hold.points if points is None else points
    if used > hold.points:
        raise HoldExceededError(held=hold.points)
    committed = soonest_first(hold.lots, used)
    left = Books(account).holds[hold_id]
    postings = []
    for lot, part in committed:
        postings.append(Posting(PostingKind.HOLD_COMMIT, -part, lot, hold_id))
        left[lot] -= part
    for lot, part in sorted(left.items()):
        if part:
            releasing = credit(post(account, postings), Posting(PostingKind.HOLD_RELEASE, part, lot, hold_id))
            postings += releasing
    return settlement.with_postings(post(account, postings), *postings), used


def expire_ended(settlement: Settlement, today: date) -> Settlement:
    """Lots that had ended while their points were held end now."""
    ended = [Posting(PostingKind.EXPIRE, -points, lot) for lot, points in settlement.account.lots.items() if lot < today]
    return settlement.with_postings(post(settlement.account, ended), *ended) if ended else settlement


def commit_hold(settlement: Settlement, command: CommitHold, scene: Scene) -> Step:
    """Uses a hold."""
    settled, points = end_hold(settlement, command.hold_id, command.points)
    settled = expire_ended(settled, scene.today)
    return Step(EntryKind.HOLD_COMMIT, settled).with_detail(hold_id=command.hold_id, value=value_of(scene.programme, points))


def cancel_hold(settlement: Settlement, command: CancelHold, scene: Scene) -> Step:
    """Gives a hold back."""
    settled, _none = end_hold(settlement, command.hold_id, 0)
    return Step(EntryKind.HOLD_CANCELLATION, expire_ended(settled, scene.today), {"hold_id": command.hold_id})
