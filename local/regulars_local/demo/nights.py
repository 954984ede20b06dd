"""The nights of the demo: the job's message, and waiting until its work is done."""

import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars_local.jobs import wait_until_quiet
from regulars_local.running import RunningStack

_POLL_SECONDS = 0.01
_NIGHT_SECONDS_MAX = 300.0


class NightTooLongError(Exception):
    """The night's settlement did not come to its end: see the dead-letter queues and the functions' log."""


class Nights:
    """Runs the settlement at the first instant of a day and remembers which days those were."""

    def __init__(self, running: RunningStack, zone: ZoneInfo, due: set[date]) -> None:
        self._running = running
        self._zone = zone
        self.due = due
        self._queue_url = running.outputs["SettleQueueUrl"]
        self.days: list[date] = []

    def run(self, day: date) -> None:
        """Moves the clock to the first instant of the day and settles every account that is due.

        Where something is due, it waits until what follows is told, so that it is told on its day.

        Raises:
            NightTooLongError: it did not end.
        """
        self._running.clock.start_at(start_of(day, self._zone), frozen=True)
        self._running.cloud.queues.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps({"job": "settle_accounts"}))
        self._wait()
        self.days.append(day)
        if day in self.due:
            self.wait_for_messages()

    def wait_for_messages(self) -> None:
        """Waits until nothing is left to tell."""
        wait_until_quiet(self._running, timeout_seconds=_NIGHT_SECONDS_MAX)

    def _wait(self) -> None:
        """The queue is empty when all is done: every task is put before the message that asked for it is removed."""
        deadline = time.monotonic() + _NIGHT_SECONDS_MAX
        while time.monotonic() < deadline:
            if self._is_done():
                return
            time.sleep(_POLL_SECONDS)
        raise NightTooLongError

    def _is_done(self) -> bool:
        depth = self._running.cloud.queues.get_queue_attributes(
            QueueUrl=self._queue_url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )["Attributes"]
        return depth["ApproximateNumberOfMessages"] == depth["ApproximateNumberOfMessagesNotVisible"] == "0"


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def due_days(purchase_days: Iterable[date], expiry_months: int, reminder_days: int) -> set[date]:
    """The days on which something is due for points earned on these days: reminders, and the day after a lot's last day."""
    lots = {_month_end(day.year * 12 + day.month - 1 + expiry_months) for day in purchase_days}
    return {lot + timedelta(days=1) for lot in lots} | {lot - timedelta(days=reminder_days) for lot in lots}


def quiet_nights(first: date, last: date, due: set[date]) -> Iterator[date]:
    """The nights that have to run where nothing is bought: one a week, the last one, and every day on which something is due.

    Nothing can be due on the days between, so that this gives what a settlement every night would give.
    """
    day = first
    while day <= last:
        if (day - first).days % 7 == 0 or day in due or day == last:
            yield day
        day += timedelta(days=1)


def _month_end(month: int) -> date:
    following = month + 1
    return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)
