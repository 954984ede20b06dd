"""The simulation's world through boto3 on the local stack's DynamoDB: the same laws, conditions and transactions for real."""

import uuid
from collections import Counter

import pytest

from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.aws.table import Table
from regulars_local.running import RunningStack
from tests.simulation.world import World
from tests.support.schema import table_schemas

SHARDS = 4
FIRST_SEED = 20_261_122


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 12))
def test_a_history_on_the_emulator_breaks_no_law(stack: RunningStack, seed: int) -> None:
    """A random history with faults on a table of its own ends with every law kept."""
    name = f"simulation-{uuid.uuid4().hex[:12]}"
    schema = {key: value for key, value in table_schemas()["accounts"].items() if key != "StreamSpecification"}
    stack.cloud.dynamodb.create_table(**{**schema, "TableName": name})
    counts = Counter[str]()
    try:
        World(seed, counts, DynamoLedgerStore(Table(stack.cloud.dynamodb, name), SHARDS), SHARDS).run()
    finally:
        stack.cloud.dynamodb.delete_table(TableName=name)

    assert counts["buy recorded"] > 0
