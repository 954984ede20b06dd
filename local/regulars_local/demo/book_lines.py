"""What a household's books consist of: a line is what one entry of the stack's ledger must be."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

type Moves = Counter[tuple[str, str]]
"""Points by (kind of posting, day on which the lot ends); what waits has ` pending` behind its kind, what is owed ` debt`."""


@dataclass(slots=True)
class Line:
    """One entry as it must be; `balance` is available, pending, held, debt after it."""

    kind: str
    at: datetime
    moves: Moves = field(default_factory=Counter)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    reminded: list[str] = field(default_factory=list)
    balance: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def is_empty(self) -> bool:
        return not (self.moves or self.changes or self.outcomes or self.reminded)

    @property
    def told(self) -> Counter[str]:
        """The messages that follow, by template."""
        ended = sum(kind == "expire" and points != 0 for (kind, _), points in self.moves.items())
        is_reversed = any(kind.startswith("refund_reversal") and points for (kind, _), points in self.moves.items())
        counts = {"tier_changed": len(self.changes), "tier_grace": self.outcomes.count("grace"), "points_expiring": len(self.reminded)}
        return Counter(counts | {"points_expired": ended, "points_reversed": int(is_reversed)})

    @property
    def is_told(self) -> bool:
        """Whether a member hears of it."""
        return any(self.told.values())
