"""What a worker is asked, and what it answers: plain values that travel between processes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars.accounts.progress import Standing
from regulars.program.model import ProgrammeHistory
from tests.simulation.facts import Fact, Starts


@dataclass(frozen=True)
class Begin:
    """A new history: its table, its programme, and what is known of its members."""

    table: str
    history: ProgrammeHistory
    birth_months: dict[str, int]
    starts: Starts
    plant: str | None = None


@dataclass(frozen=True)
class Record:
    """A fact is to be recorded at an instant of the worker's clock, by this version of the code or the newer one."""

    fact: Fact
    now: datetime
    approval_ids: dict[str, str] = field(default_factory=dict)
    by_newer: bool = False


@dataclass(frozen=True)
class Settle:
    """A member's account is to be brought to the present."""

    member: str
    now: datetime


@dataclass(frozen=True)
class Read:
    """A member's balance and tier are to be told."""

    member: str
    now: datetime


type Asked = Record | Settle | Read


@dataclass(frozen=True)
class Recorded:
    """The fact is in the ledger (or waits), with its answer."""

    answer: Any
    is_replay: bool


@dataclass(frozen=True)
class Refused:
    """Nothing was recorded, for a reason."""

    code: str


@dataclass(frozen=True)
class Settled:
    """Whether anything was due."""

    has_changed: bool


@dataclass(frozen=True)
class Told:
    """Balance and tier."""

    standing: Standing


@dataclass(frozen=True)
class Unanswered:
    """Nobody knows what came of it: the worker was killed, or gave up."""

    reason: str


@dataclass(frozen=True)
class Broken:
    """Something came out of the product that never may."""

    error: str


type Heard = Recorded | Refused | Settled | Told | Unanswered | Broken
