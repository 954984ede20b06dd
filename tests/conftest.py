"""What every test shares: no network below `contract`, the same Hypothesis settings."""

import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import hypothesis
import pytest
from hypothesis import HealthCheck
from moto import mock_aws
from pytest_socket import disable_socket, enable_socket

from regulars.aws.observability import logger
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from tests.support.clock import MovableClock
from tests.support.program import counting_ids
from tests.support.schema import table_schemas

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

TESTS = Path(__file__).parent
OFFLINE = frozenset({"unit", "functional", "architecture", "api"})
"""The folders whose tests reach nothing outside their process."""

hypothesis.settings.register_profile("people", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("people"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "people")


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the running stack carry `e2e`."""
    for item in items:
        if _folder(item) == "e2e":
            item.add_marker(pytest.mark.e2e)
            for warning in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):  # pooled connections to a stack that has gone
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{warning}"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Closes the sockets for tests that need none."""
    if _folder(item) in OFFLINE:
        disable_socket(allow_unix_socket=True)
    else:
        enable_socket()


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that open nothing, for moto."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def dynamodb(aws_credentials: None) -> Iterator["DynamoDBClient"]:
    """The tables of every context in memory, named as the context; for one thread (moto loses writes under several)."""
    with mock_aws():
        client = boto3.client("dynamodb")
        for schema in table_schemas().values():
            client.create_table(**schema)
        yield client


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What handlers log, line by line in JSON, as CloudWatch would get it."""
    handler = logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before or sys.stdout)


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at 2025-06-01 noon in Shanghai until a test moves it."""
    return MovableClock()


@pytest.fixture
def wiring(dynamodb: "DynamoDBClient", clock: MovableClock) -> Iterator[Wiring]:
    """The wiring that handlers find: tables in memory, the standing clock, ids that count."""
    settings = Settings({f"TABLE_{context.upper()}": context for context in table_schemas()})
    with use(Wiring(settings, clock=clock, new_id=counting_ids(), client=lambda service: {"dynamodb": dynamodb}[service])) as wiring:
        yield wiring
