"""What happened to an account, as other contexts and systems hear of it; derived from the ledger's entries by the relay."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from regulars.kernel.events import DomainEvent


class AccountEvent(DomainEvent):
    """The base: which member's account, the entry that says so, and the account's version after it.

    Consumers drop what is older than the version they have seen.
    """

    context: ClassVar[str] = "accounts"

    member_id: str
    entry_id: str
    account_version: int = Field(ge=1)


class PointsEarned(AccountEvent):
    """Points were earned: by which rule, by which purchase if it was one; `available_from` is set while they are pending."""

    points: int = Field(ge=0)
    rule: str
    expires_on: date | None = None
    available_from: date | None = None
    purchase_id: str | None = None
    balance: int


class PointsActivated(AccountEvent):
    """Pending points can be used from now on."""

    points: int = Field(gt=0)
    expires_on: date | None = None
    balance: int


class PointsRedeemed(AccountEvent):
    """Points were used: at the till by a hold, for a reward, or for a tier."""

    points: int = Field(gt=0)
    balance: int


class PointsReturned(AccountEvent):
    """Used points came back: a redemption was cancelled, or what they paid for was refunded."""

    points: int = Field(gt=0)
    expires_on: date | None = None
    balance: int


class PointsReversed(AccountEvent):
    """A refund took back what its purchase had earned; `is_debt` marks points that were not there and are owed."""

    points: int = Field(gt=0)
    purchase_id: str
    is_debt: bool
    balance: int


class PointsAdjusted(AccountEvent):
    """Staff corrected the balance, or another system's balance was taken over."""

    points: int
    reason_code: str
    balance: int


class PointsTransferred(AccountEvent):
    """Points were given to another member (negative) or received from one."""

    points: int
    transfer_id: str
    balance: int


class PointsForfeited(AccountEvent):
    """Points ended with the account, or were taken after a look."""

    points: int = Field(gt=0)
    balance: int


class PointsSuspended(AccountEvent):
    """A purchase went above a limit against abuse: its points are held until somebody has looked, or until `releases_on` (PTS-23)."""

    points: int = Field(gt=0)
    purchase_id: str
    case_id: str
    limit: Literal["points_per_order", "points_per_day", "orders_per_day", "refunds_per_month"]
    releases_on: date
    balance: int


class AbuseCaseDecided(AccountEvent):
    """A second person has looked at points that were held: they are released, or were taken (`PointsForfeited` tells of these too)."""

    case_id: str
    decision: Literal["released", "taken"]
    points: int = Field(gt=0)
    balance: int


class AccountClosureAnnounced(AccountEvent):
    """The account will end: through `closes_on` its points can be used, and none are earned (PTS-22)."""

    closes_on: date
    balance: int


class AccountClosureCancelled(AccountEvent):
    """The end that was coming was called off."""


class AccountClosed(AccountEvent):
    """The account has ended: points forfeited, points compensated, and what the shop pays for these, in minor units."""

    points_forfeited: int = Field(ge=0)
    points_compensated: int = Field(ge=0)
    compensation: int = Field(ge=0)
    program_version: int


class PointsExpired(AccountEvent):
    """A lot ended with points left in it."""

    points: int = Field(gt=0)
    expires_on: date
    balance: int


class PointsExpiring(AccountEvent):
    """A lot ends soon: told once, ahead by the programme's reminder days."""

    points: int = Field(gt=0)
    expires_on: date


class TierChanged(AccountEvent):
    """The member's tier changed."""

    from_tier: str
    to_tier: str
    cause: Literal["qualified", "review", "programme", "points", "campaign", "override", "grant_ended"]
    program_version: int


class TierReviewed(AccountEvent):
    """The tier was looked at: over which months, what was reached in each factor, and what came of it.

    `until` is the last day to make up what is missing, where the outcome is `grace`.
    """

    tier: str
    qualified: str
    outcome: Literal["kept", "upgraded", "grace", "made_up", "demoted", "to_review"]
    first_month: str
    last_month: str
    figures: dict[str, int]
    until: date | None = None
    program_version: int


class JobRequested(DomainEvent):
    """A simulation, an import or an export waits for its worker; nothing has happened to any account."""

    context: ClassVar[str] = "accounts"

    job_id: str
    kind: Literal["simulation", "import", "export"]
