"""Limits per contact, per address and in all (S5, S8): counters of fixed windows, one atomic write each.

A stage sets `LIMIT_<NAME>`; the defaults stand here. Subjects are hashed, so no counter names a contact or an address.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from regulars.kernel.clock import Clock
from regulars.kernel.errors import TooManyRequestsError
from regulars.members.signing import Signer

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `default` (or the stage's setting) in each `window`."""

    name: str
    default: int
    window: timedelta


REGISTRATIONS_PER_ADDRESS = Limit("registrations_per_address", 20, _HOUR)
REGISTRATIONS_PER_CONTACT = Limit("registrations_per_contact", 5, _HOUR)
CODES_PER_CONTACT = Limit("codes_per_contact", 5, _HOUR)
CODES_PER_CONTACT_PER_DAY = Limit("codes_per_contact_per_day", 10, _DAY)
CODES_PER_ADDRESS = Limit("codes_per_address", 40, _HOUR)
CODES_PER_DAY = Limit("codes_per_day", 20_000, _DAY)
SESSIONS_PER_CONTACT = Limit("sessions_per_contact", 10, _HOUR)
"""Failed log-ins in a row for one member or name: then the name is locked until the hour ends."""
SESSIONS_PER_ADDRESS = Limit("sessions_per_address", 100, _HOUR)


class Counters(Protocol):
    """Counts atomically."""

    def take(self, key: str, maximum: int, forget_at: datetime) -> bool:
        """Counts one more under `key` unless `maximum` is reached; answers whether it was counted."""
        ...

    def forget(self, key: str) -> None:
        """Starts a count again at nothing."""
        ...


class Limiter:
    """Applies the limits; `setting` answers a limit's figure by name and default."""

    def __init__(self, counters: Counters, keys: Signer, clock: Clock, setting: Callable[[str, int], int]) -> None:
        self._counters = counters
        self._keys = keys
        self._clock = clock
        self._setting = setting

    def take(self, limit: Limit, subject: str) -> None:
        """Counts one use.

        Raises:
            TooManyRequestsError: the window is full; `retry_after_seconds` tells when the next one starts.
        """
        now = self._clock()
        number, into = divmod(now.timestamp(), limit.window.total_seconds())
        left = timedelta(seconds=limit.window.total_seconds() - into)
        maximum = self._setting(limit.name, limit.default)
        if not self._counters.take(self._key(limit, subject, int(number)), maximum, now + left + _HOUR):
            seconds = math.ceil(left.total_seconds())
            raise TooManyRequestsError(retry_after_seconds=seconds, seconds=seconds)

    def forget(self, limit: Limit, subject: str) -> None:
        """Forgets what was counted in the present window (after a successful log-in)."""
        number = int(self._clock().timestamp() // limit.window.total_seconds())
        self._counters.forget(self._key(limit, subject, number))

    def take_try(self, subject: str, maximum: int) -> bool:
        """Counts one try at a code; answers whether one was left."""
        return self._counters.take(f"TRIES#{subject}", maximum, self._clock() + _DAY)

    def _key(self, limit: Limit, subject: str, window_number: int) -> str:
        hashed = self._keys.sign("limit", f"{limit.name}/{subject}").hex()[:32]
        return f"LIMIT#{limit.name}#{hashed}#{window_number}"
