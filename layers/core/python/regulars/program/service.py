"""The programme's rules as everybody reads them: cached for one minute, the preset where nothing was published yet."""

from datetime import datetime, timedelta

from regulars.kernel.clock import Clock
from regulars.program.model import ProgrammeHistory
from regulars.program.ports import ProgramStore
from regulars.program.presets import preset_version

CACHE_FOR = timedelta(minutes=1)
"""A version starts at least 5 minutes after it is published, so a minute-old copy is never wrong."""


class ProgramService:
    """Reads the rules."""

    def __init__(self, store: ProgramStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._cached: tuple[datetime, ProgrammeHistory] | None = None

    def history(self) -> ProgrammeHistory:
        """Every version in force, at most a minute old."""
        now = self._clock()
        if self._cached is None or not timedelta(0) <= now - self._cached[0] < CACHE_FOR:
            self._cached = (now, ProgrammeHistory(self._store.published() or (preset_version(),)))
        return self._cached[1]
