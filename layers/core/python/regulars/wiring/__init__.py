"""The only place that builds concrete objects; each is built on first use and kept for the process.

Imports stand inside the builders on purpose: a function loads the adapters it uses and no others, and importing a handler
builds nothing. A file a context, as everywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from regulars.settings import settings as process_settings
from regulars.wiring.books import BooksWiring
from regulars.wiring.feedback import FeedbackWiring
from regulars.wiring.jobs import JobsWiring
from regulars.wiring.messaging import MessagingWiring

__all__ = ["Wiring", "use", "wiring"]


class Wiring(BooksWiring, JobsWiring, MessagingWiring, FeedbackWiring):
    """The objects of one process; tests pass their own settings, clock, ids and clients."""


_current: list[Wiring] = []


def wiring() -> Wiring:
    """The wiring of this process."""
    if not _current:
        _current.append(Wiring(process_settings()))
    return _current[-1]


@contextmanager
def use(replacement: Wiring) -> Iterator[Wiring]:
    """Uses another wiring inside a `with` block (tests)."""
    _current.append(replacement)
    try:
        yield replacement
    finally:
        _current.remove(replacement)
