"""What was asked, in the plainest form: the model knows nothing else of a request. References are the ids of facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

type Starts = Mapping[str, tuple[str, datetime]]
"""At which tier members joined, and when; the others at the lowest (TIER-14)."""


@dataclass(frozen=True)
class Fact:
    """Something one member's account is asked to record, by its reference."""

    reference: str
    member: str


@dataclass(frozen=True)
class Sold:
    """One line of a basket; amounts are minor units."""

    sku: str
    category: str
    brand: str
    amount: int
    is_reward: bool = False


@dataclass(frozen=True)
class Buy(Fact):
    """A purchase; `hold` is the reference of the hold that pays a part."""

    occurred_at: datetime
    lines: tuple[Sold, ...]
    is_import: bool = False
    hold: str | None = None
    vouchers: int = 0
    channel: str = "store"
    store: str = "s"
    campaigns: tuple[str, ...] = ()
    segments: frozenset[str] = frozenset()
    birth_month: int | None = None


@dataclass(frozen=True)
class Refund(Fact):
    """A returned part of a purchase: amounts by line number, or one over the whole."""

    purchase: str
    occurred_at: datetime
    is_import: bool = False
    by_line: Mapping[int, int] = field(default_factory=dict)
    by_amount: int = 0


@dataclass(frozen=True)
class Reserve(Fact):
    """A hold."""

    points: int
    order_amount: int | None


@dataclass(frozen=True)
class EndHold(Fact):
    """The end of a hold: so many points are used, all of them when nothing is said; 0 cancels it."""

    hold: str
    points: int | None


@dataclass(frozen=True)
class Use(Fact):
    """A redemption."""

    points: int
    order_amount: int | None


@dataclass(frozen=True)
class Undo(Fact):
    """The cancellation of a redemption."""

    redemption: str


@dataclass(frozen=True)
class Correct(Fact):
    """An adjustment by staff."""

    points: int
    reason: str
    by: str


@dataclass(frozen=True)
class SetTier(Fact):
    """The request to set a tier, or to grant one by a campaign."""

    tier: str
    ends_on: date | None
    cause: str
    by: str


@dataclass(frozen=True)
class Decide(Fact):
    """A second person's decision on a request, named by the reference of what was asked."""

    request: str
    by: str
    is_approved: bool


@dataclass(frozen=True)
class Judge(Fact):
    """What becomes of points that are held for a look, by the name of the case; `by` is who recorded the purchase that began it."""

    by: str
    is_released: bool = True


def case_of(member: str, number: int) -> str:
    """The name of a member's cases, in their order."""
    return f"case {number} of {member}"


@dataclass(frozen=True)
class Give(Fact):
    """A gift to another member."""

    to: str
    points: int


@dataclass(frozen=True)
class Do(Fact):
    """An activity, told of by a machine or by the member in person."""

    activity: str
    is_by_member: bool = False


@dataclass(frozen=True)
class Exchange(Fact):
    """Points of a partner."""

    partner: str
    points: int


@dataclass(frozen=True)
class TakeOver(Fact):
    """An opening balance."""

    points: int
    ends_on: date | None


@dataclass(frozen=True)
class Promote(Fact):
    """A tier bought with points."""

    offer: str


@dataclass(frozen=True)
class Leave(Fact):
    """The end of an account: at once, on a day, or when the programme's days for leaving are over."""

    closes_on: date | None
    at_once: bool


@dataclass(frozen=True)
class Stay(Fact):
    """The end that was coming is called off."""
