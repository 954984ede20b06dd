"""The desk at which the tests of this folder play."""

from collections.abc import Iterator

import pytest

from tests.support.clock import MovableClock
from tests.support.feedback import Desk, desk


@pytest.fixture
def counter(clock: MovableClock) -> Iterator[Desk]:
    """A fresh desk."""
    with desk(clock) as fresh:
        yield fresh
