"""The simulation's world through boto3 on the local stack's DynamoDB: the same laws, conditions and transactions for real."""

import uuid
from collections import Counter

from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.aws.table import Table
from regulars_local.running import RunningStack
from tests.simulation.world import World
from tests.support.schema import table_schemas

SHARDS = 4
FIRST_SEED = 20_261_122
HISTORIES = 12


def test_histories_on_the_emulator_break_no_law(stack: RunningStack) -> None:
    """Random histories with faults, each on a table of its own, end with every law kept; something of each kind was recorded."""
    counts = Counter[str]()
    schema = {key: value for key, value in table_schemas()["accounts"].items() if key != "StreamSpecification"}
    for seed in range(FIRST_SEED, FIRST_SEED + HISTORIES):
        name = f"simulation-{uuid.uuid4().hex[:12]}"
        stack.cloud.dynamodb.create_table(**{**schema, "TableName": name})
        try:
            World(seed, counts, DynamoLedgerStore(Table(stack.cloud.dynamodb, name), SHARDS), SHARDS).run()
        finally:
            stack.cloud.dynamodb.delete_table(TableName=name)

    for outcome in ("buy recorded", "buy replayed", "refund recorded", "lost answer", "interleaved", "unanswered"):
        assert counts[outcome] > 0
