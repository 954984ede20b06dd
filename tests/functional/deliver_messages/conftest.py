"""The chain in which the tests of this folder play."""

from collections.abc import Iterator
from io import StringIO

import pytest

from regulars.aws.observability import logger
from tests.support.chain import Chain, chain
from tests.support.clock import MovableClock


@pytest.fixture
def way(aws_credentials: None, clock: MovableClock) -> Iterator[Chain]:
    """The whole way from a person's act to the message."""
    with chain(clock) as built:
        yield built


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What the functions log, as it would be printed."""
    printed = StringIO()
    monkeypatch.setattr(logger().registered_handler, "stream", printed)
    return printed
