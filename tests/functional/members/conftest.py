"""The premises in which the tests of this folder play."""

from collections.abc import Iterator

import pytest

from tests.support.clock import MovableClock
from tests.support.members import Premises, premises


@pytest.fixture
def place(clock: MovableClock) -> Iterator[Premises]:
    """Premises whose limits are out of the way."""
    with premises(clock) as built:
        yield built
