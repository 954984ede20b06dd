"""An account: all that is known of one member's points and tier, in one value that is replaced as a whole.

Points are whole points; amounts are minor currency units; days are business dates in the programme's zone. A lot is all points
that expire on one day; `expires_on` is the last day they can be used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from regulars.program.model import ProgrammeVersion

POSTINGS_MAX = 40
"""The most postings one entry holds; if more is due, settling commits on its own first."""

TIER_CHANGES_KEPT = 8
"""How many changes of tier the account itself remembers; the ledger has all of them."""

NEVER = date(9999, 12, 31)
"""The expiry of points that do not expire."""

GENESIS = "0" * 64
"""The hash before the first entry."""


class PostingKind(StrEnum):
    """What a posting does to points (a closed list, peers.md)."""

    EARN = "earn"
    ACTIVATE = "activate"
    EXPIRE = "expire"


class EntryKind(StrEnum):
    """What an entry records."""

    PURCHASE = "purchase"
    SETTLEMENT = "settlement"


class TierCause(StrEnum):
    """Why a tier changed."""

    QUALIFIED = "qualified"


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of points: into (+) or out of (-) the lot that expires on `lot`.

    `rule` names what gave it; `available_from` is the day pending points become usable (only while they are pending).
    """

    kind: PostingKind
    points: int
    lot: date
    rule: str = ""
    available_from: date | None = None


@dataclass(frozen=True, slots=True)
class TierChange:
    """A change of tier: from when, from what to what, why, and under which version of the programme."""

    at: datetime
    from_tier: str
    to_tier: str
    cause: TierCause
    program_version: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """Points of a lot that end soon, told once."""

    expires_on: date
    points: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one month counts towards tiers."""

    spend: int = 0
    orders: int = 0
    points: int = 0

    def plus(self, spend: int, points: int) -> "Bucket":
        """The bucket with one more order."""
        return Bucket(self.spend + spend, self.orders + 1, self.points + points)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a purchase; amount and quantity may be 0."""

    sku: str
    category: str
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Purchase:
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
    lines: tuple[tuple[Line, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One immutable record of one commit: ordered postings, any change of tier, and what the account was after it.

    `effective_at` is when it happened, `recorded_at` when it was written; `hash` covers it and the entry before it (law L8).
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
    purchase: Purchase | None = None
    tier_change: TierChange | None = None
    reminders: tuple[Reminder, ...] = ()
    hash: str = ""

    @property
    def entry_id(self) -> str:
        """The id, which follows from member and version: `ent_<member>_<version>`."""
        return entry_id(self.member_id, self.version)


@dataclass(frozen=True, slots=True)
class Account:
    """The state of one account after `version` commits; version 0 is an account nobody has opened yet.

    `evaluated_at` is the latest moment the account was brought to; an import may go on from there, never before it.
    """

    member_id: str
    tier: str
    tier_since: datetime
    first_purchase_at: datetime | None = None
    version: int = 0
    lots: Mapping[date, int] = field(default_factory=dict)
    pending: Mapping[date, Mapping[date, int]] = field(default_factory=dict)
    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    tier_changes: tuple[TierChange, ...] = ()
    reminded_through: date | None = None
    earned_total: int = 0
    spent_total: int = 0
    expired_total: int = 0
    evaluated_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    head_hash: str = GENESIS
    next_due_on: date | None = None

    @property
    def available(self) -> int:
        """Points that can be used now (after settling)."""
        return sum(self.lots.values())

    @property
    def pending_points(self) -> int:
        """Points earned that wait for the end of the return window."""
        return sum(points for lots in self.pending.values() for points in lots.values())

    def tier_at(self, instant: datetime) -> str:
        """The tier that was in force at an instant, as far back as the account remembers."""
        for change in reversed(self.tier_changes):
            if change.at <= instant:
                return change.to_tier
        return self.tier_changes[0].from_tier if self.tier_changes else self.tier


def entry_id(member_id: str, version: int) -> str:
    """The id of a member's entry number `version`."""
    return f"ent_{member_id.removeprefix('mem_')}_{version}"


def entry_version(member_id: str, text: str) -> int | None:
    """The version in an entry id of this member; `None` when it is none of the member's."""
    prefix, _, number = text.rpartition("_")
    return int(number) if prefix == f"ent_{member_id.removeprefix('mem_')}" and number.isascii() and number.isdigit() else None


def new_account(member_id: str, version: ProgrammeVersion, now: datetime) -> Account:
    """The account of a member nothing was recorded for yet: no points, the lowest tier."""
    return Account(member_id=member_id, tier=version.programme.tiers[0].code, tier_since=now)
