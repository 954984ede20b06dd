"""What the accounts need from outside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from regulars.accounts.approvals import Approval
from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Entry
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.accounts.segments import Segments
from regulars.kernel.idempotency import Guard
from regulars.program.model import ProgrammeHistory

type Programmes = Callable[[], ProgrammeHistory]
"""Answers the programme's versions, at most a minute old."""


class MemberRef(Protocol):
    """A member as the accounts know one: an opaque id, whether the membership is active, since when, and at which tier it began."""

    @property
    def member_id(self) -> str: ...

    @property
    def is_active(self) -> bool: ...

    @property
    def tier_at_start(self) -> str: ...

    @property
    def activated_at(self) -> datetime | None: ...


class MemberDirectory(Protocol):
    """Knows which members there are; asked on an account's first touch and for cards."""

    def find(self, member_id: str) -> MemberRef | None:
        """The member of an id."""
        ...

    def birth_month(self, member_id: str) -> int | None:
        """The month of a member's birth; `None` when it is not known."""
        ...

    def by_card_number(self, card_number: str) -> MemberRef:
        """The holder of a card.

        Raises:
            RegularsError: no such card, or it is not valid any more.
        """
        ...

    def by_card_token(self, token: str, now: datetime) -> MemberRef:
        """The holder of a shown, rotating card token.

        Raises:
            RegularsError: it is no token of ours, or its time is over.
        """
        ...


type Members = Callable[[], MemberDirectory]
"""Answers the directory, when somebody is to be looked up: most purchases name a member whose account is there, and need none."""


class Change(Struct, frozen=True):
    """One account: as it was read, and what commands made of it, one after the other."""

    before: Account
    outcomes: tuple[Outcome, ...]

    @property
    def after(self) -> Account:
        """The account after all of them."""
        return self.outcomes[-1].account

    @property
    def entries(self) -> list[Entry]:
        """The new entries, in order."""
        return [outcome.entry for outcome in self.outcomes if outcome.entry]

    @property
    def refunds(self) -> RefundState | None:
        """How much is refunded of a purchase from now on, where that changed."""
        states = [outcome.refund for outcome in self.outcomes if outcome.refund]
        return states[-1] if states else None

    @property
    def refund_revision_before(self) -> int:
        """The revision under which refunds of the purchase were read; 0 for the first."""
        return next((outcome.refund.revision - 1 for outcome in self.outcomes if outcome.refund), 0)


class Commit(Struct, frozen=True):
    """What is written at once: one account or two, their entries, refunds, and the guard, which must not exist or be `replaced`.

    `approval` is a new request, or a decision under the condition of the revision before.
    """

    changes: tuple[Change, ...]
    guard: Guard | None = None
    replaced: Guard | None = None
    approval: Approval | None = None


class GuardExistsError(Exception):
    """The fact was recorded before; the guard has its answer."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(guard.key)
        self.guard = guard


class LedgerStore(Protocol):
    """Keeps accounts, entries and guards; every write is one transaction."""

    def load(self, member_id: str) -> Account | None:
        """The account, read consistently; `None` when nothing was recorded yet."""
        ...

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a fact."""
        ...

    def commit(self, commit: Commit) -> None:
        """Writes accounts under the condition of the version before, their entries, refunds and the guard, all or nothing.

        Raises:
            GuardExistsError: the fact was recorded before (told even if the version was lost too).
            LostRaceError: an account, or what was refunded, has changed since it was read.
        """
        ...

    def refunds(self, purchase_id: str) -> RefundState | None:
        """What has been refunded of a purchase; `None` when nothing was."""
        ...

    def wait(self, waiting: Guard, before: Guard | None, refund: Guard) -> None:
        """Keeps a refund whose purchase has not come: its guard, and what waits under the purchase's key instead of `before`.

        Raises:
            GuardExistsError: the refund was recorded before.
            LostRaceError: the purchase has come, or another refund waits now.
        """
        ...

    def entry(self, member_id: str, version: int) -> Entry | None:
        """One entry."""
        ...

    def entries(self, member_id: str, *, limit: int, before: int | None) -> tuple[list[Entry], int | None]:
        """Entries newest first, below version `before`, and the version to go on before."""
        ...

    def due(self, shard: int, today: date, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        """The ids of members of a shard that are due by `today`, soonest first, and where to go on."""
        ...

    def members(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
        """The ids of all members with an account, page by page, for jobs that look at everybody."""
        ...

    def request(self, approval: Approval, guard: Guard) -> None:
        """Keeps what waits for a second person.

        Raises:
            GuardExistsError: it was asked for before.
        """
        ...

    def decide(self, approval: Approval) -> None:
        """Keeps a decision that changes nothing else. Raises: LostRaceError, somebody has decided."""
        ...

    def approval(self, approval_id: str) -> Approval | None:
        """One request with its decision."""
        ...

    def approvals(self, *, limit: int, after: str | None) -> tuple[list[Approval], str | None]:
        """Requests, newest first, and the id to go on after."""
        ...

    def segments(self, member_id: str) -> Segments:
        """A member's segments; none where nobody has set any."""
        ...

    def keep_segments(self, segments: Segments) -> None:
        """Replaces a member's segments as a whole; the last one who sets them is right."""


class Unreadable(Struct, frozen=True):
    """An item that is not what its key says."""

    reason: str


class Row(Struct, frozen=True):
    """One stored item: whose it is, which, and what it says (nothing, where the check does not look into it)."""

    pk: str
    sk: str
    value: Account | Entry | Guard | RefundState | Unreadable | None


class LedgerAudit(Protocol):
    """Reads all that is stored, for the check of the ledger alone."""

    def page(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[Row], Mapping[str, str] | None]:
        """The next items, those of one key after each other, and where to go on."""
        ...

    def guards_of(self, keys: Sequence[str]) -> Mapping[str, Guard]:
        """Those of up to 100 guards that there are."""
        ...

    def known(self, entries: Sequence[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        """Those of up to 100 entries, by member and version, that there are."""
        ...
