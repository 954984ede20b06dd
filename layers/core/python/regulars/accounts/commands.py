"""What can be asked of an account. Each docstring lists what applying it may raise besides `AccountClosedError`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field

from regulars.accounts.entries import Entry, Line, TierCause


class RecordPurchase(Struct, frozen=True):
    """Record a purchase: points by the tier and rules of its time, spend into its month, an upgrade at the threshold.

    `may_import` is the right to record what is older than the late window. `hold_id` names a hold that pays a part, `vouchers_amount` is
    what vouchers paid; `birth_month` and `segments` are what the members know, asked only where a rule needs it. `case_id` is the id of the
    case that opens where a limit against abuse is exceeded; without one nothing is held.

    Raises (when applied):
        CurrencyNotAcceptedError, OccurredInFutureError, PurchaseTooOldError, HoldEndedError.
    """

    purchase_id: str
    source: str
    reference: str
    store_id: str
    channel: str
    occurred_at: datetime
    currency: str
    lines: tuple[Line, ...]
    actor: str
    may_import: bool = False
    hold_id: str | None = None
    vouchers_amount: int = 0
    campaigns: tuple[str, ...] = ()
    segments: frozenset[str] = frozenset()
    birth_month: int | None = None
    case_id: str | None = None


class Settle(Struct, frozen=True):
    """Bring the account to now: mature pending points, release holds, expire lots, review the tier, note what expires soon."""

    actor: str = "job:settle_accounts"


class RefundState(Struct, frozen=True):
    """How much of a purchase has been refunded so far, and what that came to; the base of the next part (laws F1, F2).

    Amounts by line number (from 1) and over the whole; `points` and `returned` are due so far, taken back or not.
    `more` is what a newer version of the code has stored with it, and stays.
    """

    purchase_id: str
    revision: int = 0
    by_line: Mapping[int, int] = field(default_factory=dict)
    by_amount: int = 0
    points: int = 0
    spend: int = 0
    returned: int = 0
    refunds: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


class RecordRefund(Struct, frozen=True):
    """Take back what a returned part of a purchase earned, and give back the points that paid for it (PTS-19).

    `by_line` maps line numbers (from 1) to amounts; `by_amount` is over the whole purchase. Exactly one is given. `purchase` is the entry
    of the purchase. A refund that came before its purchase is cut to what the purchase has (`is_waiting`). `may_import` is the right to
    record it as of its own moment, as an imported purchase is. `is_forfeited`: what the purchase gave was taken after a look.

    Raises:
        RefundExceedsPurchaseError, RefundLineUnknownError.
    """

    refund_id: str
    source: str
    reference: str
    occurred_at: datetime
    purchase: Entry
    state: RefundState
    by_line: Mapping[int, int]
    by_amount: int
    actor: str
    is_waiting: bool = False
    may_import: bool = False
    is_forfeited: bool = False


class PlaceHold(Struct, frozen=True):
    """Set points aside for a payment; they return by themselves.

    Raises: InsufficientPointsError, PointsStepError, OrderShareExceededError, TooManyHoldsError.
    """

    hold_id: str
    source: str
    reference: str
    points: int
    order_amount: int | None
    actor: str


class CommitHold(Struct, frozen=True):
    """Use points of a hold, all or fewer; the rest returns to its lots (law R2). Raises: HoldEndedError, HoldExceededError."""

    hold_id: str
    points: int | None
    actor: str


class CancelHold(Struct, frozen=True):
    """Give a hold's points back to their lots. Raises: HoldEndedError."""

    hold_id: str
    actor: str


class Redeem(Struct, frozen=True):
    """Use points, those that end soonest first (law R3; PTS-08, PTS-15).

    Raises: InsufficientPointsError, PointsStepError, OrderShareExceededError.
    """

    redemption_id: str
    source: str
    reference: str
    points: int
    order_amount: int | None
    purpose: str
    actor: str


class CancelRedemption(Struct, frozen=True):
    """Give the points of a redemption back to the lots they came from. Raises: CancellationTooLateError."""

    redemption: Entry
    reason: str
    actor: str


class Adjust(Struct, frozen=True):
    """Correct the balance by staff, with a reason and, above the limit, a second person (PTS-24).

    Raises: ReasonUnknownError, InsufficientPointsError, ApprovalRequiredError.
    """

    adjustment_id: str
    points: int
    reason_code: str
    note: str
    actor: str
    approved_by: str | None = None


class GivePoints(Struct, frozen=True):
    """Give points to another member. Raises: TransfersOffError, TransferLimitError, InsufficientPointsError."""

    transfer_id: str
    to_member_id: str
    points: int
    actor: str


class ReceivePoints(Struct, frozen=True):
    """Receive what another member gave, into lots that end on the same days: a gift is never longer valid."""

    transfer_id: str
    from_member_id: str
    lots: Mapping[date, int]
    actor: str


class RecordActivity(Struct, frozen=True):
    """Credit an activity of the programme, at most so many times in its period (PTS-03, PTS-04); members report some themselves.

    Raises: ActivityUnknownError, ActivityNotSelfServiceError, ActivityLimitError.
    """

    activity_id: str
    activity: str
    source: str
    reference: str
    actor: str
    is_by_member: bool = False


class CreditPartnerPoints(Struct, frozen=True):
    """Exchange a partner's points at its rate (PTS-05). Raises: PartnerUnknownError, PartnerLimitError."""

    credit_id: str
    partner: str
    partner_points: int
    reference: str
    actor: str


class OpenBalance(Struct, frozen=True):
    """Take over points from another system, with the day on which they end. Raises: ExpiryInPastError."""

    opening_id: str
    points: int
    expires_on: date | None
    source: str
    reference: str
    actor: str


class BuyTier(Struct, frozen=True):
    """Buy a tier for some months with points (TIER-13). Raises: TierOfferUnknownError, TierNotHigherError, InsufficientPointsError."""

    purchase_id: str
    offer: str
    actor: str


class OverrideTier(Struct, frozen=True):
    """Set a tier by decision of two persons: through a day, or until its next review (TIER-17); `cause` is override or campaign.

    Raises: TierUnknownError, OverrideEndsInPastError, TierNotHigherError (campaign only).
    """

    override_id: str
    tier: str
    ends_on: date | None
    reason: str
    cause: TierCause
    actor: str
    approved_by: str


class DecideCase(Struct, frozen=True):
    """Free or take the points that are held for a look (PTS-23). Raises: CaseEndedError."""

    case_id: str
    is_released: bool
    note: str
    actor: str


class CloseAccount(Struct, frozen=True):
    """End the account after its run-off: through `closes_on`, or as the programme says; or `at_once` (PTS-22).

    At its end open holds end, every point is forfeited or compensated, and nothing is recorded any more.

    Raises: AccountClosingError (unless at once), ClosureDayError.
    """

    closure_id: str
    reason: str
    actor: str
    closes_on: date | None = None
    at_once: bool = False


class CancelClosure(Struct, frozen=True):
    """Call off the end that is coming: the account goes on as before (TRM-10). Raises: AccountNotClosingError."""

    cancellation_id: str
    actor: str


type Command = (
    RecordPurchase
    | Settle
    | RecordRefund
    | PlaceHold
    | CommitHold
    | CancelHold
    | Redeem
    | CancelRedemption
    | Adjust
    | GivePoints
    | ReceivePoints
    | RecordActivity
    | CreditPartnerPoints
    | OpenBalance
    | BuyTier
    | OverrideTier
    | DecideCase
    | CloseAccount
    | CancelClosure
)
