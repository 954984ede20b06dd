"""What the service needs from outside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from regulars.kernel.idempotency import Guard
from regulars.kernel.paging import Page
from regulars.program.model import Tier
from regulars.service.events import FeedbackEvent
from regulars.service.model import Feedback, FeedbackStatus, FeedbackSummary


@dataclass(frozen=True, slots=True)
class Change:
    """The immutable record of one change: what, when, by whom, and the event it lets out."""

    what: str
    at: datetime
    actor: str
    event: FeedbackEvent
    facts: dict[str, str] = field(default_factory=dict)


class GuardExistsError(Exception):
    """The command was carried out before; the guard has its answer."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(guard.key)
        self.guard = guard


class ReferenceTakenError(Exception):
    """The reference number belongs to other feedback: nothing was written."""


class FeedbackStore(Protocol):
    """Keeps feedback, the records of its changes, and guards; each write is one transaction."""

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a command."""
        ...

    def find(self, feedback_id: str) -> Feedback | None: ...

    def add(self, feedback: Feedback, change: Change, guard: Guard | None) -> None:
        """Writes new feedback.

        Raises:
            GuardExistsError: the command was carried out before.
            ReferenceTakenError: the reference number belongs to other feedback.
        """
        ...

    def save(self, feedback: Feedback, change: Change, guard: Guard | None) -> None:
        """Replaces the feedback of the version before.

        Raises:
            GuardExistsError: the command was carried out before.
            LostRaceError: it has another version by now.
        """
        ...

    def of_member(self, member_id: str, limit: int, cursor: str | None) -> Page[FeedbackSummary]:
        """A member's feedback, newest first.

        Raises:
            InvalidCursorError: the cursor is none of this list's.
        """
        ...

    def in_status(self, status: FeedbackStatus, limit: int, cursor: str | None, agent: str | None = None) -> Page[Feedback]:
        """The work list of a status, of one agent where one is named: the highest priority first, then the oldest; closed: the newest.

        Raises:
            InvalidCursorError: the cursor is none of this list's.
        """
        ...


class Directory(Protocol):
    """Knows which members there are."""

    def find(self, member_id: str) -> object | None:
        """The member of an id, in whatever status."""
        ...


type TierOf = Callable[[str], Tier]
"""Answers the tier that a member has now, whether or not a job ran; of who has no account yet the one it would open with."""
