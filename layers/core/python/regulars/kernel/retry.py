"""The one bounded retry of a lost race: at most 10 tries, full jitter from 50 ms, cap 1 s, 5 s in all (architecture; fault 4)."""

from collections.abc import Callable

from msgspec import Struct

from regulars.kernel.errors import ConflictError

TRIES_MAX = 10
BASE_SECONDS = 0.05
CAP_SECONDS = 1.0
TOTAL_SECONDS = 5.0


class LostRaceError(Exception):
    """Another writer changed the object between our read and our write: read again and try again."""


class Patience(Struct, frozen=True):
    """How a lost race is waited out; `random` answers a number in [0, 1), `sleep` takes seconds. Injected, so no test waits."""

    sleep: Callable[[float], None]
    random: Callable[[], float]

    def attempt[T](self, work: Callable[[], T]) -> T:
        """Runs `work` until it does not lose.

        Raises:
            ConflictError: every try lost (409, with Retry-After).
        """
        waited = 0.0
        for number in range(TRIES_MAX):
            try:
                return work()
            except LostRaceError:
                pause = self.random() * min(CAP_SECONDS, BASE_SECONDS * 2.0**number)
                waited += pause
                if waited > TOTAL_SECONDS or number == TRIES_MAX - 1:
                    break
                self.sleep(pause)
        raise ConflictError(retry_after_seconds=1)
