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
    """Points were earned by a purchase; `available_from` is set while they are pending."""

    points: int = Field(ge=0)
    expires_on: date | None = None
    available_from: date | None = None
    purchase_id: str
    balance: int


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
    cause: Literal["qualified"]
    program_version: int
