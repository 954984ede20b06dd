"""A clock that stands until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)


class MovableClock:
    """Stands at an instant; `move` takes it forward (or back)."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Moves by a `timedelta`'s arguments."""
        self.now += timedelta(**by)
