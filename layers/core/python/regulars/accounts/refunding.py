"""Refunds: what a returned part of a purchase earned goes back, at that purchase's own rates, in any number of parts (laws F1 to F5).

What is due so far is a function of what was refunded so far, never of how it was cut into parts: each line gives back the floor of its
points times its refunded share; an amount over the whole purchase gives back its share of what the lines have left.
"""

from collections.abc import Mapping
from copy import replace
from datetime import date

from msgspec import Struct

from regulars.accounts.commands import RecordRefund, RefundState
from regulars.accounts.entries import Bucket, Entry, EntryKind, Posting, PostingKind, Purchase
from regulars.accounts.errors import RefundExceedsPurchaseError, RefundLineUnknownError
from regulars.accounts.model import Account, Case
from regulars.accounts.movement import count, post, soonest_first
from regulars.accounts.redeeming import give_back
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement
from regulars.accounts.watching import count_refund
from regulars.kernel.clock import business_date, month_of
from regulars.program.policies import RefundPolicy

_EARNED = frozenset({PostingKind.EARN, PostingKind.EARN_BONUS})


class Due(Struct, frozen=True):
    """What a purchase's refunds come to in all: points to take back, qualifying spend, used points to return, and whether it is whole."""

    points: int
    spend: int
    returned: int
    is_whole: bool


def due_for(purchase: Purchase, points_used: int, state: RefundState) -> Due:
    """What is due for all that was refunded so far."""
    by_lines = sum(state.by_line.values())
    refunded = by_lines + state.by_amount
    if not refunded:
        return Due(0, 0, 0, is_whole=False)
    if refunded == purchase.amount:
        return Due(purchase.points, purchase.eligible_amount, points_used, is_whole=True)
    left_amount = purchase.amount - by_lines
    shares = [
        (line.points * part // line.line.amount, line.eligible_amount * part // line.line.amount)
        for number, part in state.by_line.items()
        for line in (purchase.lines[number - 1],)
        if part
    ]
    points, spend = sum(share[0] for share in shares), sum(share[1] for share in shares)
    points += (purchase.points - points) * state.by_amount // left_amount
    spend += (purchase.eligible_amount - spend) * state.by_amount // left_amount
    return Due(points, spend, points_used * refunded // purchase.amount, is_whole=False)


def record_refund(settlement: Settlement, command: RecordRefund, scene: Scene) -> Step:
    """Takes back and gives back what one more part comes to."""
    entry, before = command.purchase, command.state
    if entry.purchase is None:
        raise ValueError("not the entry of a purchase")
    state = _with_part(entry.purchase, command)
    refunded_before, refunded = _refunded(before), _refunded(state)
    used = [(posting.lot, -posting.points) for posting in entry.postings if posting.kind is PostingKind.HOLD_COMMIT]
    due = due_for(entry.purchase, sum(points for _lot, points in used), state)
    settled = give_back(settlement, _last_first(used, before.returned, due.returned), scene)
    settled, taken = _take_back(settled, entry, 0 if command.is_forfeited else due.points - before.points, scene)
    completes = replace(due, is_whole=due.is_whole and refunded > refunded_before)
    settled, qualifying = _uncount(settled, entry, before, completes, scene)
    if scene.as_of == scene.now:
        settled = replace(settled, account=count_refund(settled.account, scene.programme.abuse_limits, scene.today))
    after = replace(state, points=due.points, spend=due.spend, returned=due.returned)
    detail = {"refund_id": command.refund_id, "purchase_id": entry.purchase.purchase_id, "source": command.source}
    return Step(EntryKind.REFUND, settled, detail, qualifying=qualifying, happened_at=command.occurred_at, refund=after).with_detail(
        reference=command.reference,
        amount=refunded - refunded_before,
        points_due=due.points - before.points,
        points_taken=taken,
        points_returned=due.returned - before.returned,
    )


def _with_part(purchase: Purchase, command: RecordRefund) -> RefundState:
    """The state with this part; one that waited for its purchase is cut to what there is.

    Raises:
        RefundExceedsPurchaseError, RefundLineUnknownError.
    """
    state = command.state
    left = purchase.amount - _refunded(state)
    by_line = dict(state.by_line)
    for number, asked in command.by_line.items():
        if not 1 <= number <= len(purchase.lines):
            if command.is_waiting:
                continue
            raise RefundLineUnknownError(count=len(purchase.lines), line=number)
        most = min(left, purchase.lines[number - 1].line.amount - by_line.get(number, 0))
        part = min(asked, most) if command.is_waiting else asked
        if part > most:
            raise RefundExceedsPurchaseError(left=most, field="lines")
        by_line[number] = by_line.get(number, 0) + part
        left -= part
    by_amount = min(command.by_amount, left) if command.is_waiting else command.by_amount
    if by_amount > left:
        raise RefundExceedsPurchaseError(left=left)
    refunds = {**state.refunds, command.refund_id: ""}
    return replace(
        state, revision=state.revision + 1, by_line=dict(sorted(by_line.items())), by_amount=state.by_amount + by_amount, refunds=refunds
    )


def _refunded(state: RefundState) -> int:
    return sum(state.by_line.values()) + state.by_amount


def _last_first(used: list[tuple[date, int]], before: int, after: int) -> list[tuple[date, int]]:
    """Of used points, those between two counts: what was used last returns first, so that the longest-lasting comes back soonest."""
    returned, place = [], 0
    for lot, points in reversed(used):
        part = min(place + points, after) - max(place, before)
        if part > 0:
            returned.append((lot, part))
        place += points
    return returned


def _take_back(settlement: Settlement, entry: Entry, points: int, scene: Scene) -> tuple[Settlement, int]:
    """Takes points from where they went: still pending, their own lot, then by the programme's policy. Answers how many were taken.

    Of a lot that has ended nothing is taken: those points have expired or were used in their time. (Under `inactivity`
    they have moved on.)
    """
    earned = next((posting for posting in entry.postings if posting.kind in _EARNED), None)
    if earned is None:
        return settlement, 0
    account, postings, left = settlement.account, [], points
    lot = account.lasting(earned.lot)
    if account.case and account.case.case_id == entry.detail.get("case_id"):
        postings += _out_of_case(account.case, left, lot, earned) if left else []
        left = 0
    if earned.available_from:
        part = min(left, account.pending.get(earned.available_from, {}).get(lot, 0))
        left -= part
        postings += [Posting(PostingKind.REFUND_REVERSAL, -part, lot, earned.rule, earned.available_from)] if part else []
    if lot >= scene.today:
        taken, owed = _from_balance(account, lot, left, scene.programme.refunds.policy)
        postings += taken
        left -= sum(-posting.points for posting in taken) + owed
        postings += [Posting(PostingKind.REFUND_REVERSAL, -owed, lot, is_debt=True)] if owed else []
    return settlement.with_postings(post(account, postings), *postings), points - left


def _out_of_case(case: Case, points: int, lot: date, earned: Posting) -> list[Posting]:
    """Postings that take points which are held for a look: all that a purchase gave is, while its case is open."""
    return [
        Posting(PostingKind.RESUME, points, lot, case.case_id, earned.available_from),
        Posting(PostingKind.REFUND_REVERSAL, -points, lot, earned.rule, earned.available_from),
    ]


def _from_balance(account: Account, lot: date, points: int, policy: RefundPolicy) -> tuple[list[Posting], int]:
    """Postings out of the lot itself, then out of others, soonest first; and what is owed."""
    if policy is RefundPolicy.ONLY_PENDING:
        return [], 0
    own = min(points, account.lots.get(lot, 0))
    others = {other: left for other, left in account.lots.items() if other != lot}
    taken = [(lot, own)] if own else []
    taken += soonest_first(others, points - own)
    found = sum(part for _lot, part in taken)
    owed = points - found if policy is RefundPolicy.ALLOW_DEBT else 0
    return [Posting(PostingKind.REFUND_REVERSAL, -part, place) for place, part in taken], owed


def _uncount(
    settlement: Settlement, entry: Entry, before: RefundState, due: Due, scene: Scene
) -> tuple[Settlement, tuple[tuple[str, Bucket], ...]]:
    """Takes the part out of the month of the purchase and out of the rules' counters (law F3)."""
    purchase, account = entry.purchase, settlement.account
    if purchase is None:
        return settlement, ()
    day = business_date(entry.effective_at, scene.programme.time_zone)
    points, spend = due.points - before.points, due.spend - before.spend
    account = _uncount_rules(account, entry, purchase.points, (before.points, due.points), scene)
    change = Bucket(-spend, -int(due.is_whole), -points)
    month = month_of(day)
    if month not in account.buckets or change == Bucket():
        return replace(settlement, account=account), ()
    bucket = account.buckets[month].plus(change.spend, change.points, change.orders)
    buckets: Mapping[str, Bucket] = {**account.buckets, month: bucket}
    return replace(settlement, account=replace(account, buckets=buckets)), ((month, change),)


def _uncount_rules(account: Account, entry: Entry, whole: int, taken: tuple[int, int], scene: Scene) -> Account:
    """The rules' counters get back their part; those of a day only while it is the day the purchase was counted on."""
    before, after = taken
    counted_on = entry.detail.get("counted_on") or business_date(entry.recorded_at, scene.programme.time_zone).isoformat()
    for posting in entry.postings:
        if posting.kind not in _EARNED:
            continue
        less = posting.points * after // whole - posting.points * before // whole
        for name in (f"r.{posting.rule}", f"R.{posting.rule}", "r.", "R."):
            counter = account.counters.get(name)
            if counter and less and counter.period in {"", counted_on}:
                account = count(account, name, counter.period, -min(less, counter.used), scene.today)
    return account
