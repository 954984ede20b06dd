"""Which fault meets a call: dealt from a shuffled pack, so that every kind comes round soon, whatever the order of the calls."""

import random
import threading
from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    """What happens to one call of a worker; the names are those of the counters."""

    LOST_REQUEST = "proxy: lost request"
    LOST_ANSWER = "proxy: lost answer"
    DELAYED = "proxy: delayed"
    OVERTAKEN = "proxy: overtaken"
    SERVER_ERROR = "proxy: server error"
    UNAVAILABLE = "proxy: unavailable"
    THROTTLED = "proxy: throttled"
    TRANSACTION_CONFLICT = "proxy: transaction conflict"
    TRANSACTION_IN_PROGRESS = "proxy: transaction in progress"
    TRUNCATED = "proxy: truncated answer"
    CORRUPTED = "proxy: corrupted answer"
    OUTAGE = "proxy: outage"
    CRASH_BEFORE = "proxy: killed before"
    CRASH_AFTER = "proxy: killed after"


OF_TRANSACTIONS = frozenset({Fault.TRANSACTION_CONFLICT, Fault.TRANSACTION_IN_PROGRESS})
"""What only transactions are answered; it is kept for the next one."""

OUTAGE_CALLS = 3
"""How many calls of a worker an outage swallows: as many as the SDK tries."""


class Weather:
    """Deals faults to calls; safe for several threads, calm at will."""

    def __init__(self, rng: random.Random, counts: Counter[str], probability: float) -> None:
        self.is_calm = False
        self._rng = rng
        self._counts = counts
        self._probability = probability
        self._pack: list[Fault] = []
        self._kept: list[Fault] = []
        self._down: Counter[int] = Counter()
        self._lock = threading.Lock()

    def fault(self, worker: int, operation: str) -> Fault | None:
        """The fault of a worker's next call, counted; nothing in most cases."""
        with self._lock:
            if self.is_calm:
                return None
            if self._down[worker]:
                self._down[worker] -= 1
                return Fault.LOST_REQUEST
            found = self._dealt(operation)
            if found is Fault.OUTAGE:
                self._down[worker] = OUTAGE_CALLS - 1
            if found:
                self._counts[found] += 1
            return found

    def chance(self) -> float:
        """A number in [0, 1)."""
        with self._lock:
            return self._rng.random()

    def _dealt(self, operation: str) -> Fault | None:
        is_transaction = operation == "TransactWriteItems"
        if is_transaction and self._kept:
            return self._kept.pop()
        if self._rng.random() >= self._probability:
            return None
        if not self._pack:
            self._pack = self._rng.sample(list(Fault), k=len(Fault))
        found = self._pack.pop()
        if found in OF_TRANSACTIONS and not is_transaction:
            self._kept.append(found)
            return None
        return found
