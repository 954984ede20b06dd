"""The three stages as synthesised. That `dev` and `prod` are there at all means that cdk-nag found nothing."""

import pytest

from tests.infra.reading import StackReader
from tests.support.templates import template_of


@pytest.fixture(scope="session")
def local() -> StackReader:
    """The local stage."""
    return StackReader(template_of("local", clock_file="/home/clock.json"))


@pytest.fixture(scope="session")
def dev() -> StackReader:
    """The development stage."""
    return StackReader(template_of("dev"))


@pytest.fixture(scope="session")
def prod() -> StackReader:
    """The production stage."""
    return StackReader(template_of("prod"))


@pytest.fixture(params=["local", "dev", "prod"])
def stack(request: pytest.FixtureRequest) -> StackReader:
    """Each stage in turn, for rules that hold in all of them."""
    reader: StackReader = request.getfixturevalue(request.param)
    return reader
