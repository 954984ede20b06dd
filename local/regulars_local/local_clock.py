"""Time travel of one local stack: the clock file that its functions read. Forward only, as in life."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_STEP = re.compile(r"\+?(?P<count>\d{1,6})(?P<unit>[smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class ClockError(ValueError):
    """The clock cannot be set so: `code` is `step` (not like +400d), `instant` (no offset) or `backwards`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_step(text: str) -> timedelta:
    """`+400d`, `+3h`, `+30m`, `+10s`, `+2w` as a duration.

    Raises:
        ClockError: when the text is nothing of the kind.
    """
    matched = _STEP.fullmatch(text.strip())
    if not matched:
        raise ClockError("step")
    return timedelta(seconds=int(matched["count"]) * _SECONDS[matched["unit"]])


def parse_instant(text: str) -> datetime:
    """An instant with its offset, such as 2027-01-01T00:00:00+08:00, in UTC.

    Raises:
        ClockError: when it is none, or has no offset.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ClockError("instant") from None
    if instant.tzinfo is None:
        raise ClockError("instant")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class LocalClock:
    """The clock file of one stack: absent for real time, else an offset to it or one frozen instant."""

    path: Path

    @property
    def is_frozen(self) -> bool:
        return "frozen_at" in self._read()

    def now(self) -> datetime:
        """The stack's present instant, in UTC."""
        stored = self._read()
        if "frozen_at" in stored:
            return parse_instant(stored["frozen_at"])
        return datetime.now(UTC) + timedelta(seconds=stored.get("offset_seconds", 0))

    def advance(self, step: timedelta) -> datetime:
        """Moves the clock on by `step`, frozen or not, and answers the new instant."""
        return self.move_to(self.now() + step)

    def move_to(self, instant: datetime) -> datetime:
        """Moves the clock on to `instant`.

        Raises:
            ClockError: when that lies before the stack's present.
        """
        if instant < self.now():
            raise ClockError("backwards")
        self.start_at(instant, frozen=self.is_frozen)
        return instant

    def start_at(self, instant: datetime, *, frozen: bool = False) -> None:
        """Sets the clock of a stack that has no history yet, to any instant, past ones too."""
        if frozen:
            self._write({"frozen_at": instant.astimezone(UTC).isoformat().replace("+00:00", "Z")})
        else:
            self._write({"offset_seconds": (instant - datetime.now(UTC)).total_seconds()})

    def freeze(self) -> datetime:
        """Stops the clock at its present instant."""
        instant = self.now()
        self.start_at(instant, frozen=True)
        return instant

    def release(self) -> datetime:
        """Lets a frozen clock run on from where it stands."""
        instant = self.now()
        self.start_at(instant)
        return instant

    def _read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.path.read_text()))
        except FileNotFoundError:
            return {}

    def _write(self, content: dict[str, Any]) -> None:
        replacement = self.path.with_suffix(".new")
        replacement.write_text(json.dumps(content) + "\n")
        replacement.replace(self.path)


def set_clock(local_clock: LocalClock, step: str | None, at: str | None, *, freeze: bool, release: bool) -> None:
    """What a command line asks of the clock. Raises: ClockError."""
    if step:
        local_clock.advance(parse_step(step))
    if at:
        local_clock.move_to(parse_instant(at))
    if freeze:
        local_clock.freeze()
    if release:
        local_clock.release()
