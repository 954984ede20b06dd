"""The emulated cloud for adapters, one process per test session."""

import secrets
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from regulars.aws.table import Table
from regulars_local.emulator import FIRST_PORT, REGION, Emulator, free_port
from regulars_local.home import Home
from tests.support.memory import MemoryTable
from tests.support.schema import table_schemas


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with empty state on a port of its own."""
    process = Emulator(Home(tmp_path_factory.mktemp("emulator")), free_port(FIRST_PORT + 700))
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def cloud(emulator: Emulator) -> dict[str, Any]:
    """Clients as the functions build them: few retries, no checks of parameters."""
    session = boto3.Session("test", "test", region_name=REGION)
    config = Config(retries={"mode": "standard", "total_max_attempts": 3}, parameter_validation=False, proxies={})
    names = ("dynamodb", "kms", "cognito-idp")
    return {name: session.client(name, endpoint_url=emulator.endpoint_url, config=config) for name in names}


@pytest.fixture(params=["memory", "moto", "emulator"])
def table(request: pytest.FixtureRequest) -> Table:
    """Each table in turn, empty, with the members' index."""
    if request.param == "memory":
        return MemoryTable(queue=("queue", "queued_at"))
    if request.param == "moto":
        return Table(request.getfixturevalue("dynamodb"), "members")
    client, name = request.getfixturevalue("cloud")["dynamodb"], f"members-{secrets.token_hex(4)}"
    client.create_table(**{**table_schemas()["members"], "TableName": name})
    return Table(client, name)
