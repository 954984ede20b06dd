"""What waits for a second person: corrections above the limit, tiers set, points held for a look (PTS-23, PTS-24, TIER-17; law A2)."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from regulars.accounts.errors import AlreadyDecidedError, OwnRequestError
from regulars.kernel.clock import parse_instant


class ApprovalKind(StrEnum):
    """What is asked for."""

    ADJUSTMENT = "adjustment"
    TIER_OVERRIDE = "tier_override"
    ABUSE_CASE = "abuse_case"


class ApprovalStatus(StrEnum):
    """How it stands; nobody has decided in time on what has `lapsed`: its points are free."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class Approval(Struct, frozen=True):
    """A request and its decision; `facts` are the command's, `revision` is the condition of every change.

    `more` is what a newer version of the code has stored with it, and stays.
    """

    approval_id: str
    kind: ApprovalKind
    member_id: str
    facts: Mapping[str, str | int]
    requested_by: str
    requested_at: datetime
    status: ApprovalStatus = ApprovalStatus.PENDING
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    revision: int = 1
    more: Mapping[str, Any] = field(default_factory=dict)

    def decided(self, by: str, at: datetime, *, is_approved: bool, note: str) -> "Approval":
        """The request with its decision.

        Raises:
            AlreadyDecidedError, OwnRequestError.
        """
        if self.status is not ApprovalStatus.PENDING:
            raise AlreadyDecidedError(status=self.status.value)
        if by == self.requested_by:
            raise OwnRequestError
        status = ApprovalStatus.APPROVED if is_approved else ApprovalStatus.REJECTED
        return replace(self, status=status, decided_by=by, decided_at=at, note=note, revision=self.revision + 1)

    def seen_at(self, now: datetime) -> "Approval":
        """The request as it stands at an instant: a case on which nobody has decided in time has lapsed."""
        until = self.facts.get("releases_at")
        has_lapsed = self.status is ApprovalStatus.PENDING and until is not None and parse_instant(str(until)) <= now
        return replace(self, status=ApprovalStatus.LAPSED) if has_lapsed else self

    @property
    def is_carried_out(self) -> bool:
        """Whether the decision is an entry of the ledger: what is approved, and either way what is held for a look."""
        is_decided = self.status in {ApprovalStatus.APPROVED, ApprovalStatus.REJECTED}
        return is_decided and (self.status is ApprovalStatus.APPROVED or self.kind is ApprovalKind.ABUSE_CASE)
