"""The stages as synthesised. That `dev` and `prod` are there at all means that cdk-nag found nothing."""

import pytest

from tests.infra.reading import StackReader
from tests.support.templates import prepare, template_of

CLOCK_FILE = "/home/clock.json"
API_DOMAIN_NAME = "abc123.execute-api.cn-example-1.amazonaws.com"
ALARM_EMAIL = "operations@example.com"


@pytest.fixture(scope="session", autouse=True)
def _synthesised() -> None:
    """All templates at once, before the first is read."""
    prepare(
        {"stage": "local", "clock_file": CLOCK_FILE},
        {"stage": "dev"},
        {"stage": "prod"},
        {"stage": "prod", "api_domain_name": API_DOMAIN_NAME, "alarm_email": ALARM_EMAIL},
        {"stage": "local"},
    )


@pytest.fixture(scope="session")
def local() -> StackReader:
    """The local stage, with a clock that can be moved."""
    return StackReader(template_of("local", clock_file=CLOCK_FILE))


@pytest.fixture(scope="session")
def edge() -> StackReader:
    """Production's edge, in front of an interface that was deployed before; its operators are told of alarms."""
    return StackReader(template_of("prod", stack="Regulars-prod-Edge", api_domain_name=API_DOMAIN_NAME, alarm_email=ALARM_EMAIL))


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
