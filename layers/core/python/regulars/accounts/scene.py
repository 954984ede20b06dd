"""Where a command is applied: the rules in force, the moment, and what it comes to before it is closed into an entry."""

from collections.abc import Mapping
from copy import replace
from datetime import date, datetime

from msgspec import Struct, field

from regulars.accounts.commands import RefundState
from regulars.accounts.entries import Bucket, EntryKind, Purchase
from regulars.accounts.settling import Settlement
from regulars.kernel.clock import business_date
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion


class Scene(Struct, frozen=True):
    """The programme's versions, the moment a command counts from (`as_of`), and the present (`now`); they differ for imports only."""

    history: ProgrammeHistory
    as_of: datetime
    now: datetime

    @property
    def version(self) -> ProgrammeVersion:
        """The version in force at the moment."""
        return self.history.at(self.as_of)

    @property
    def programme(self) -> Programme:
        """Its rules."""
        return self.version.programme

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return business_date(self.as_of, self.programme.time_zone)


class Step(Struct, frozen=True):
    """What a command comes to: the settlement with its own postings, and the facts that its entry keeps."""

    kind: EntryKind
    settlement: Settlement
    detail: Mapping[str, str | int] = field(default_factory=dict)
    purchase: Purchase | None = None
    qualifying: tuple[tuple[str, Bucket], ...] = ()
    happened_at: datetime | None = None
    refund: RefundState | None = None

    def with_detail(self, **facts: str | int) -> "Step":
        """The same with more facts."""
        return replace(self, detail={**self.detail, **facts})
