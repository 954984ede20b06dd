"""An account: all that is known of one member's points and tier, in one value that is replaced as a whole.

Points are whole points; amounts are minor currency units; days are business dates in the programme's zone. A lot is all points
that expire on one day; `expires_on` is the last day they can be used.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct, field

from regulars.accounts.entries import Bucket, TierCause, TierChange
from regulars.program.model import ProgrammeVersion

POSTINGS_MAX = 40
"""The most postings that settling puts into one entry: if more is due, it commits on its own first. A command adds one by lot it moves."""

HOLDS_MAX = 10
"""How many holds an account may have open."""

TIER_CHANGES_KEPT = 8
"""How many changes of tier the account itself remembers; the ledger has all of them."""

NEVER = date(9999, 12, 31)
"""The expiry of points that do not expire."""

GENESIS = "0" * 64
"""The hash before the first entry."""


class Hold(Struct, frozen=True):
    """Points set aside for a payment, by the lots they came from; they return to them at `expires_at` (laws R1, R2)."""

    expires_at: datetime
    lots: Mapping[date, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """Points held."""
        return sum(self.lots.values())


class Case(Struct, frozen=True):
    """Pending points that wait for a look, by the day from which they could be used and their lots (PTS-23).

    They are as other pending points from the beginning of `releases_on` on.
    """

    case_id: str
    releases_on: date
    held: Mapping[date, Mapping[date, int]] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """Points that wait."""
        return sum(points for lots in self.held.values() for points in lots.values())


class Counter(Struct, frozen=True):
    """How much of something was used within a period (`2026-03-15`, `2026-03`, `2026`, or nothing for ever)."""

    period: str
    used: int


class Grace(Struct, frozen=True):
    """The time in which figures may be made up: through `until`, counted from `first_month` on (TIER-12)."""

    until: date
    first_month: str


class Granted(Struct, frozen=True):
    """A tier that was given, bought or set, through `ends_on`; `base` is the tier that is earned meanwhile (TIER-13, TIER-17)."""

    tier: str
    ends_on: date
    cause: TierCause
    base: str


class Closing(Struct, frozen=True):
    """The account's run-off (PTS-22): from `since` on nothing is earned, through `closes_on` points can be used, then it ends.

    `notice_id` names the notice, `reason` is what it said.
    """

    closes_on: date
    since: datetime
    notice_id: str
    reason: str


class ActiveRow(Struct, frozen=True):
    """Activity without a gap, under the expiry policy `inactivity`: since when, and until when it keeps points alive."""

    since: date
    until: date


class Account(Struct, frozen=True):
    """The state of one account after `version` commits; version 0 is an account nobody has opened yet.

    `evaluated_at` is the latest moment the account was brought to; an import may go on from there, never before it. `more` is what a
    newer version of the code has stored with it: it is not looked at, and stays.
    """

    member_id: str
    tier: str
    tier_since: datetime
    first_purchase_at: datetime | None = None
    version: int = 0
    lots: Mapping[date, int] = field(default_factory=dict)
    pending: Mapping[date, Mapping[date, int]] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    case: Case | None = None
    debt: int = 0
    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    counters: Mapping[str, Counter] = field(default_factory=dict)
    tier_changes: tuple[TierChange, ...] = ()
    granted: Granted | None = None
    grace: Grace | None = None
    review_on: date | None = None
    active: ActiveRow | None = None
    program_version: int = 1
    closing: Closing | None = None
    is_closed: bool = False
    reminded_through: date | None = None
    earned_total: int = 0
    spent_total: int = 0
    expired_total: int = 0
    reversed_total: int = 0
    evaluated_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    head_hash: str = GENESIS
    next_due_on: date | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def available(self) -> int:
        """Points that can be used now (after settling)."""
        return sum(self.lots.values())

    @property
    def pending_points(self) -> int:
        """Points earned that wait for the end of the return window, or for a look."""
        waiting = sum(points for lots in self.pending.values() for points in lots.values())
        return waiting + (self.case.points if self.case else 0)

    @property
    def held(self) -> int:
        """Points set aside by open holds."""
        return sum(hold.points for hold in self.holds.values())

    @property
    def earned_tier(self) -> str:
        """The tier by the member's own figures: the one in force, unless another is granted for a time."""
        return self.granted.base if self.granted else self.tier

    def lasting(self, lot: date) -> date:
        """The last day of points that would have ended on a day: a row of activity that had begun by then carries them on."""
        return max(lot, self.active.until) if self.active and self.active.since <= lot else lot

    def tier_at(self, instant: datetime) -> str:
        """The tier that was in force at an instant, as far back as the account remembers."""
        for change in reversed(self.tier_changes):
            if change.at <= instant:
                return change.to_tier
        return self.tier_changes[0].from_tier if self.tier_changes else self.tier


def new_account(member_id: str, version: ProgrammeVersion, now: datetime) -> Account:
    """The account of a member nothing was recorded for yet: no points, the lowest tier."""
    return Account(member_id=member_id, tier=version.programme.tiers[0].code, tier_since=now, program_version=version.number)
