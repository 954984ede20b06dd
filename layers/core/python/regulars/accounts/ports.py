"""What the accounts need from outside."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol

from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account, Entry
from regulars.kernel.idempotency import Guard
from regulars.program.model import ProgrammeHistory

type Programmes = Callable[[], ProgrammeHistory]
"""Answers the programme's versions, at most a minute old."""


class MemberRef(Protocol):
    """A member as the accounts know one: an opaque id and whether the membership is active."""

    @property
    def member_id(self) -> str: ...

    @property
    def is_active(self) -> bool: ...


class MemberDirectory(Protocol):
    """Knows which members there are; asked on an account's first touch and for cards."""

    def find(self, member_id: str) -> MemberRef | None:
        """The member of an id."""
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

    def commit(self, before: Account, outcome: Outcome, guard: Guard | None) -> None:
        """Writes the account under the condition of the version before, its entry, and the guard, all or nothing.

        Raises:
            GuardExistsError: the fact was recorded before (told even if the version was lost too).
            LostRaceError: the account has changed since it was read.
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
