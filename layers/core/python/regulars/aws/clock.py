"""The clock: real time, or, in the `local` stage alone, real time moved forward by a file so that expiry can be seen."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from regulars.kernel.clock import Clock, parse_instant


def system_clock() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def file_clock(path: Path) -> Clock:
    """A clock that a one-line file moves: `{"offset_seconds": 86400}` or `{"frozen_at": "2025-01-01T00:00:00Z"}`."""

    def now() -> datetime:
        try:
            setting = json.loads(path.read_text())
        except FileNotFoundError:
            return system_clock()
        if "frozen_at" in setting:
            return parse_instant(setting["frozen_at"])
        return system_clock() + timedelta(seconds=setting["offset_seconds"])

    return now
