"""Builders for accounts: programmes, purchases and a directory of members with meaningful defaults."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.accounts.commands import RecordPurchase
from regulars.accounts.earning import Basket
from regulars.accounts.entries import Line
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.accounts.ports import Change, Commit
from regulars.accounts.service import AccountsService
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import Patience
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.presets import preset
from tests.support.ledger import FakeLedgerStore

MEMBER = "mem_01JD0000000000000000000001"
NOON = datetime(2026, 3, 15, 4, 0, tzinfo=UTC)
"""15 March 2026, noon in Shanghai."""


@dataclass(frozen=True)
class KnownMember:
    """A member as the directory answers one."""

    member_id: str
    is_active: bool = True
    tier_at_start: str = ""
    activated_at: datetime | None = None


class FakeDirectory:
    """Everybody is an active member, but for those named; cards hold their member's id after `card:`."""

    def __init__(self, *, unknown: Sequence[str] = (), inactive: Sequence[str] = ()) -> None:
        self.unknown = set(unknown)
        self.inactive = set(inactive)
        self.birth_months: dict[str, int] = {}
        self.starts: dict[str, tuple[str, datetime]] = {}
        self.asked = 0
        self.asked_for_births = 0

    def find(self, member_id: str) -> KnownMember | None:
        self.asked += 1
        return None if member_id in self.unknown else self._known(member_id)

    def birth_month(self, member_id: str) -> int | None:
        self.asked_for_births += 1
        return self.birth_months.get(member_id)

    def by_card_number(self, card_number: str) -> KnownMember:
        return self._known(MEMBER if card_number else "")

    def by_card_token(self, token: str, _now: datetime) -> KnownMember:
        return self._known(MEMBER if token else "")

    def _known(self, member_id: str) -> KnownMember:
        return KnownMember(member_id, member_id not in self.inactive, *self.starts.get(member_id, ()))


def history(*programmes: tuple[datetime, Programme]) -> ProgrammeHistory:
    """A programme's versions, in force from the instants given; the preset `four` when none is given."""
    versions = programmes or ((datetime(2000, 1, 1, tzinfo=UTC), preset("four")),)
    return ProgrammeHistory(
        tuple(
            ProgrammeVersion(number=number, effective_from=start, programme=programme)
            for number, (start, programme) in enumerate(versions, 1)
        )
    )


def changed(programme: Programme, **parts: object) -> Programme:
    """A programme with some parts changed, given as JSON-like values."""
    return Programme.model_validate({**programme.model_dump(), **parts}, strict=False)


def purchase(
    amount: int = 10_00,
    *,
    reference: str = "r1",
    occurred_at: datetime = NOON,
    lines: Sequence[Line] | None = None,
    may_import: bool = False,
    currency: str = "CNY",
) -> RecordPurchase:
    """A purchase of one line unless lines are given."""
    return RecordPurchase(
        purchase_id=derived_id("pur", "purchase", "till-1", reference),
        source="till-1",
        reference=reference,
        store_id="s1",
        channel="store",
        occurred_at=occurred_at,
        currency=currency,
        lines=tuple(lines or (Line("sku-1", "food", 1, amount),)),
        actor="machine:till",
        may_import=may_import,
    )


def committed(before: Account, outcome: Outcome, guard: Guard | None = None) -> Commit:
    """The commit of one outcome."""
    return Commit((Change(before, (outcome,)),), guard)


def basket(lines: Sequence[Line], *, tier: str = "ordinary", **more: Any) -> Basket:
    """A purchase as the rules look at it: at noon of 15 March 2026 in store s1, unless told otherwise."""
    facts = {"day": date(2026, 3, 15), "hour": 12, "channel": "store", "store_id": "s1", **more}
    return Basket(lines=lines, tier=tier, **facts)


@dataclass
class Desk:
    """The accounts service on fakes, with a clock that the test moves."""

    programmes: ProgrammeHistory = field(default_factory=history)
    store: FakeLedgerStore = field(default_factory=FakeLedgerStore)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    now: datetime = NOON
    pauses: list[float] = field(default_factory=list)
    numbers: int = 0

    def __post_init__(self) -> None:
        patience = Patience(self.pauses.append, lambda: 0.5)
        self.writer = LedgerWriter(self.store, lambda: self.programmes, lambda: self.now, patience)
        self.service = AccountsService(
            self.store, self.writer, lambda: self.programmes, lambda: self.directory, lambda: self.now, new_id=self.next_id
        )

    def next_id(self, prefix: str) -> str:
        """The next id; they rise by one."""
        self.numbers += 1
        return f"{prefix}_{self.numbers}"

    def move(self, **by: int) -> None:
        """Moves the clock forward by `timedelta(**by)`."""
        self.now += timedelta(**by)
