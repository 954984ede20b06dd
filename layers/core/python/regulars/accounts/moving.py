"""Points that come and go otherwise: adjustments, gifts, activities, partners, opening balances, tiers bought or set."""

from collections.abc import Mapping
from copy import replace
from datetime import date

from regulars.accounts.commands import (
    Adjust,
    BuyTier,
    CreditPartnerPoints,
    GivePoints,
    OpenBalance,
    OverrideTier,
    ReceivePoints,
    RecordActivity,
)
from regulars.accounts.earning import expiry_of
from regulars.accounts.entries import EntryKind, Posting, PostingKind, TierCause
from regulars.accounts.errors import (
    ActivityLimitError,
    ActivityNotSelfServiceError,
    ActivityUnknownError,
    ApprovalRequiredError,
    ExpiryInPastError,
    OverrideEndsInPastError,
    PartnerLimitError,
    PartnerUnknownError,
    ReasonUnknownError,
    TierNotHigherError,
    TierOfferUnknownError,
    TierUnknownError,
    TransferLimitError,
    TransfersOffError,
)
from regulars.accounts.model import NEVER, ActiveRow, Case, Granted
from regulars.accounts.movement import count, credit, post, used
from regulars.accounts.redeeming import take
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement
from regulars.accounts.tiers import grant, set_for_good
from regulars.kernel.clock import add_months, month_end, month_of
from regulars.program.policies import ExpiryPolicy, Period


def add_points(settlement: Settlement, posting: Posting) -> Settlement:
    """Points that can be used at once; a debt is repaid first."""
    postings = credit(settlement.account, posting)
    return settlement.with_postings(post(settlement.account, postings), *postings)


def extend(settlement: Settlement, scene: Scene, active_on: date) -> Settlement:
    """Under `inactivity`, whatever the member has (also what is pending or held) lasts from this activity on.

    An end is never brought forward (law X7).
    """
    if scene.programme.expiry.policy is not ExpiryPolicy.INACTIVITY:
        return settlement
    account, target = settlement.account, expiry_of(scene.programme, active_on)
    if target < scene.today:
        return settlement
    postings = _moved(account.lots, target)
    for day, waiting in account.pending.items():
        postings += _moved(waiting, target, day)
    postings += _moved_in_case(account.case, target) if account.case else []
    for name, hold in account.holds.items():
        ending = _ending(hold.lots, target)
        postings += [Posting(PostingKind.HOLD_RELEASE, points, lot, name) for lot, points in ending.items()]
        postings += _moved(ending, target)
        postings += [Posting(PostingKind.HOLD, -sum(ending.values()), target, name)] if ending else []
    account = replace(post(account, postings), active=_row(account.active, active_on, target))
    return settlement.with_postings(account, *postings)


def _moved(lots: Mapping[date, int], target: date, available_from: date | None = None) -> list[Posting]:
    """Postings that move points of lots which end before a day into the lot of that day."""
    ending = _ending(lots, target)
    out = [Posting(PostingKind.EXTEND, -points, lot, available_from=available_from) for lot, points in ending.items()]
    return [*out, Posting(PostingKind.EXTEND, sum(ending.values()), target, available_from=available_from)] if ending else []


def _ending(lots: Mapping[date, int], target: date) -> dict[date, int]:
    """The lots that end before a day."""
    return {lot: points for lot, points in lots.items() if lot < target}


def _moved_in_case(case: Case, target: date) -> list[Posting]:
    """The same for points that are held for a look: out of the case and into it again."""
    postings: list[Posting] = []
    for day, lots in case.held.items():
        ending = _ending(lots, target)
        postings += [Posting(PostingKind.RESUME, points, lot, case.case_id, day) for lot, points in ending.items()]
        postings += _moved(ending, target, day)
        postings += [Posting(PostingKind.SUSPEND, -sum(ending.values()), target, case.case_id, day)] if ending else []
    return postings


def _row(row: ActiveRow | None, active_on: date, target: date) -> ActiveRow:
    """The row of activity goes on, or begins anew after a gap."""
    return ActiveRow(row.since, max(row.until, target)) if row and active_on <= row.until else ActiveRow(active_on, target)


def adjust(settlement: Settlement, command: Adjust, scene: Scene) -> Step:
    """A correction by staff."""
    rules = scene.programme.adjustments
    if command.reason_code not in rules.reason_codes:
        raise ReasonUnknownError(reasons=", ".join(rules.reason_codes))
    if abs(command.points) > rules.approval_above_points and command.approved_by is None:
        raise ApprovalRequiredError(limit=rules.approval_above_points)
    if command.points > 0:
        lot = expiry_of(scene.programme, scene.today)
        settled = add_points(settlement, Posting(PostingKind.ADJUST, command.points, lot, command.reason_code))
    else:
        postings = take(settlement.account, -command.points, PostingKind.ADJUST, command.reason_code)
        settled = settlement.with_postings(post(settlement.account, postings), *postings)
    detail: dict[str, str | int] = {"adjustment_id": command.adjustment_id, "reason_code": command.reason_code}
    if command.note:
        detail["note"] = command.note
    if command.approved_by:
        detail["approved_by"] = command.approved_by
    return Step(EntryKind.ADJUSTMENT, settled, detail)


def give(settlement: Settlement, command: GivePoints, scene: Scene) -> Step:
    """The giver's side of a gift."""
    rules, account = scene.programme.transfers, settlement.account
    if not rules.enabled:
        raise TransfersOffError
    month = month_of(scene.today)
    left_points = rules.monthly_points_max - used(account, "gift_points", month)
    left_count = rules.monthly_count_max - used(account, "gifts", month)
    if not (rules.points_min <= command.points <= min(rules.points_max, left_points) and left_count > 0):
        raise TransferLimitError(least=rules.points_min, most=rules.points_max, left_points=left_points, left_count=left_count)
    postings = take(account, command.points, PostingKind.TRANSFER_OUT, command.transfer_id)
    account = count(post(account, postings), "gift_points", month, command.points, scene.today)
    account = count(account, "gifts", month, 1, scene.today)
    settled = settlement.with_postings(account, *postings)
    return Step(EntryKind.TRANSFER_OUT, settled, {"transfer_id": command.transfer_id, "to_member_id": command.to_member_id})


def receive(settlement: Settlement, command: ReceivePoints, _scene: Scene) -> Step:
    """The receiver's side of a gift."""
    for lot, points in sorted(command.lots.items()):
        settlement = add_points(settlement, Posting(PostingKind.TRANSFER_IN, points, lot, command.transfer_id))
    return Step(EntryKind.TRANSFER_IN, settlement, {"transfer_id": command.transfer_id, "from_member_id": command.from_member_id})


def record_activity(settlement: Settlement, command: RecordActivity, scene: Scene) -> Step:
    """Points for something done."""
    activity = next((item for item in scene.programme.activities if item.code == command.activity), None)
    if activity is None:
        raise ActivityUnknownError
    if command.is_by_member and not activity.self_service:
        raise ActivityNotSelfServiceError
    lengths = {Period.DAY: 10, Period.MONTH: 7, Period.YEAR: 4, Period.EVER: 0}
    name, period = f"a.{activity.code}", scene.today.isoformat()[: lengths[activity.period]]
    if used(settlement.account, name, period) >= activity.times:
        raise ActivityLimitError(times=activity.times, period=activity.period.value)
    settled = _reward(settlement, activity.points, f"activity:{activity.code}", scene)
    settled = replace(settled, account=count(settled.account, name, period, 1, scene.today))
    return Step(EntryKind.ACTIVITY, settled).with_detail(
        activity_id=command.activity_id, activity=activity.code, source=command.source, reference=command.reference
    )


def _reward(settlement: Settlement, points: int, rule: str, scene: Scene) -> Settlement:
    settled = extend(settlement, scene, scene.today)
    return add_points(settled, Posting(PostingKind.EARN_BONUS, points, expiry_of(scene.programme, scene.today), rule))


def credit_partner_points(settlement: Settlement, command: CreditPartnerPoints, scene: Scene) -> Step:
    """A partner's points at its rate, rounded down."""
    partner = next((item for item in scene.programme.partners if item.code == command.partner), None)
    if partner is None:
        raise PartnerUnknownError
    points, month, name = command.partner_points * partner.rate_thousandths // 1000, month_of(scene.today), f"p.{partner.code}"
    left = partner.monthly_points_max - used(settlement.account, name, month)
    if points > left:
        raise PartnerLimitError(left=left)
    settled = _reward(settlement, points, f"partner:{partner.code}", scene) if points else settlement
    settled = replace(settled, account=count(settled.account, name, month, points, scene.today))
    return Step(EntryKind.PARTNER_CREDIT, settled).with_detail(
        credit_id=command.credit_id, partner=partner.code, partner_points=command.partner_points, reference=command.reference
    )


def open_balance(settlement: Settlement, command: OpenBalance, scene: Scene) -> Step:
    """Points from another system."""
    lot = command.expires_on or NEVER
    if lot < scene.today:
        raise ExpiryInPastError
    settled = add_points(settlement, Posting(PostingKind.ADJUST, command.points, lot, "opening_balance"))
    return Step(EntryKind.OPENING_BALANCE, settled).with_detail(
        opening_id=command.opening_id, source=command.source, reference=command.reference
    )


def buy_tier(settlement: Settlement, command: BuyTier, scene: Scene) -> Step:
    """Points against a tier for some months."""
    programme = scene.programme
    offer = next((item for item in programme.tier_offers if item.code == command.offer), None)
    if offer is None:
        raise TierOfferUnknownError
    if programme.tier_index(offer.tier) <= programme.tier_index(settlement.account.tier):
        raise TierNotHigherError
    postings = take(settlement.account, offer.points, PostingKind.REDEEM, f"tier_offer:{offer.code}")
    settled = settlement.with_postings(post(settlement.account, postings), *postings)
    ends_on = month_end(add_months(month_of(scene.today), offer.months))
    granted = Granted(offer.tier, ends_on, TierCause.POINTS, settled.account.earned_tier)
    settled = settled.with_tier(grant(settled.account, scene.version, granted, scene.as_of))
    return Step(EntryKind.TIER_PURCHASE, settled).with_detail(
        tier_purchase_id=command.purchase_id, offer=offer.code, tier=offer.tier, ends_on=ends_on.isoformat()
    )


def override_tier(settlement: Settlement, command: OverrideTier, scene: Scene) -> Step:
    """A tier set by two persons, or granted by a campaign."""
    programme = scene.programme
    if command.tier not in {tier.code for tier in programme.tiers}:
        raise TierUnknownError
    if command.ends_on and command.ends_on < scene.today:
        raise OverrideEndsInPastError
    is_campaign = command.cause is TierCause.CAMPAIGN
    if is_campaign and programme.tier_index(command.tier) <= programme.tier_index(settlement.account.tier):
        raise TierNotHigherError
    if command.ends_on:
        granted = Granted(command.tier, command.ends_on, command.cause, settlement.account.earned_tier)
        looked = grant(settlement.account, scene.version, granted, scene.as_of)
    else:
        looked = set_for_good(settlement.account, scene.version, command.tier, scene.as_of)
    detail = {"override_id": command.override_id, "tier": command.tier, "reason": command.reason, "approved_by": command.approved_by}
    ends = {"ends_on": command.ends_on.isoformat()} if command.ends_on else {}
    return Step(EntryKind.TIER_OVERRIDE, settlement.with_tier(looked), {**detail, **ends})
