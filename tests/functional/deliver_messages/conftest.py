"""The chain in which the tests of this folder play."""

from collections.abc import Iterator

import pytest

from tests.support.chain import Chain, chain
from tests.support.clock import MovableClock


@pytest.fixture
def way(aws_credentials: None, clock: MovableClock) -> Iterator[Chain]:
    """The whole way from a person's act to the message."""
    with chain(clock) as built:
        yield built
