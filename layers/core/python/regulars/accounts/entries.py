"""The ledger's record: what an entry holds, from the postings to the lines of a purchase.

Points are whole points; amounts are minor currency units; days are business dates in the programme's zone. A lot is all points that
expire on one day; `lot` is the last day they can be used.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class PostingKind(StrEnum):
    """What a posting does to points (a closed list, peers.md; `debt_repay`, `extend`, `suspend` and `resume` are ours)."""

    EARN = "earn"
    EARN_BONUS = "earn_bonus"
    ACTIVATE = "activate"
    REDEEM = "redeem"
    HOLD = "hold"
    HOLD_COMMIT = "hold_commit"
    HOLD_RELEASE = "hold_release"
    REFUND_REVERSAL = "refund_reversal"
    REDEEM_RETURN = "redeem_return"
    ADJUST = "adjust"
    EXPIRE = "expire"
    EXTEND = "extend"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    FORFEIT = "forfeit"
    DEBT_REPAY = "debt_repay"
    SUSPEND = "suspend"
    RESUME = "resume"


class EntryKind(StrEnum):
    """What an entry records."""

    PURCHASE = "purchase"
    SETTLEMENT = "settlement"
    REFUND = "refund"
    REDEMPTION = "redemption"
    REDEMPTION_CANCELLATION = "redemption_cancellation"
    HOLD = "hold"
    HOLD_COMMIT = "hold_commit"
    HOLD_CANCELLATION = "hold_cancellation"
    ADJUSTMENT = "adjustment"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    ACTIVITY = "activity"
    PARTNER_CREDIT = "partner_credit"
    OPENING_BALANCE = "opening_balance"
    TIER_PURCHASE = "tier_purchase"
    TIER_OVERRIDE = "tier_override"
    CASE_DECISION = "case_decision"
    CLOSURE_NOTICE = "closure_notice"
    CLOSURE_CANCELLATION = "closure_cancellation"
    CLOSURE = "closure"


class TierCause(StrEnum):
    """Why a tier changed: figures reached it, a review ended below it, the programme's tiers changed, it was granted or the grant ended."""

    QUALIFIED = "qualified"
    REVIEW = "review"
    PROGRAMME = "programme"
    POINTS = "points"
    CAMPAIGN = "campaign"
    OVERRIDE = "override"
    GRANT_ENDED = "grant_ended"


class EvaluationOutcome(StrEnum):
    """What came of an evaluation."""

    KEPT = "kept"
    UPGRADED = "upgraded"
    GRACE = "grace"
    MADE_UP = "made_up"
    DEMOTED = "demoted"
    TO_REVIEW = "to_review"


class Posting(Struct, frozen=True):
    """One movement of points: into (+) or out of (-) the lot that expires on `lot`.

    `rule` names what gave it (for what a hold or a case does, its id); `available_from` is the day pending points become usable (only while
    they are pending); `is_debt` marks points taken that were not there: they are owed.
    """

    kind: PostingKind
    points: int
    lot: date
    rule: str = ""
    available_from: date | None = None
    is_debt: bool = False


class TierChange(Struct, frozen=True):
    """A change of tier: from when, from what to what, why, and under which version of the programme."""

    at: datetime
    from_tier: str
    to_tier: str
    cause: TierCause
    program_version: int


class Evaluation(Struct, frozen=True):
    """One look at a tier and all it looked at: months, figures in order of `Factor`, version; it can be done again (TIER-04).

    `until` is the last day of the grace that an outcome of `grace` begins.
    """

    at: datetime
    first_month: str
    last_month: str
    figures: tuple[int, ...]
    tier: str
    qualified: str
    outcome: EvaluationOutcome
    program_version: int
    until: date | None = None


class Reminder(Struct, frozen=True):
    """Points of a lot that end soon, told once."""

    expires_on: date
    points: int


class Bucket(Struct, frozen=True):
    """What one month counts towards tiers."""

    spend: int = 0
    orders: int = 0
    points: int = 0

    def plus(self, spend: int, points: int, orders: int = 1) -> "Bucket":
        """The bucket with one more order, or with what a refund takes out of it."""
        return Bucket(self.spend + spend, self.orders + orders, self.points + points)


class Line(Struct, frozen=True):
    """One line of a purchase; amount and quantity may be 0. A reward line was paid for with points and earns nothing."""

    sku: str
    category: str
    quantity: int
    amount: int
    brand: str = ""
    is_reward: bool = False


class EarnedLine(Struct, frozen=True):
    """A line, the points it gave, and how much of its amount earned them."""

    line: Line
    points: int
    eligible_amount: int


class Purchase(Struct, frozen=True):
    """What the entry keeps of a purchase, as refunds will need it: the lines with the points each one gave."""

    purchase_id: str
    source: str
    reference: str
    store_id: str
    channel: str
    currency: str
    amount: int
    eligible_amount: int
    rate_thousandths: int
    tier: str
    lines: tuple[EarnedLine, ...]

    @property
    def points(self) -> int:
        """Points the purchase gave."""
        return sum(line.points for line in self.lines)


class Entry(Struct, frozen=True):
    """One immutable record of one commit: ordered postings, any change of tier, and what the account was after it.

    `effective_at` is when it happened, `recorded_at` when it was written; `qualifying` is what it adds to or takes from months' buckets;
    `detail` holds the facts of its kind (ids, source and reference, reason); `hash` covers it and the entry before it (law L8),
    and with it `more`: what a newer version of the code has written in it, which this one does not know.
    """

    member_id: str
    version: int
    kind: EntryKind
    postings: tuple[Posting, ...]
    program_version: int
    effective_at: datetime
    recorded_at: datetime
    actor: str
    balance_after: int
    pending_after: int
    held_after: int = 0
    debt_after: int = 0
    tier_after: str = ""
    purchase: Purchase | None = None
    tier_changes: tuple[TierChange, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    qualifying: tuple[tuple[str, Bucket], ...] = ()
    detail: Mapping[str, str | int] = field(default_factory=dict)
    hash: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry_id(self) -> str:
        """The id, which follows from member and version: `ent_<member>_<version>`."""
        return entry_id(self.member_id, self.version)


def entry_id(member_id: str, version: int) -> str:
    """The id of a member's entry number `version`."""
    return f"ent_{member_id.removeprefix('mem_')}_{version}"


def tier_before(entry: Entry) -> str:
    """The tier before an entry."""
    return entry.tier_changes[0].from_tier if entry.tier_changes else entry.tier_after


def entry_version(member_id: str, text: str) -> int | None:
    """The version in an entry id of this member; `None` when it is none of the member's."""
    prefix, _, number = text.rpartition("_")
    return int(number) if prefix == f"ent_{member_id.removeprefix('mem_')}" and number.isascii() and number.isdigit() else None
