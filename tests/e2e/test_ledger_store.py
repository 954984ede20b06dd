"""The ledger's promises on the emulator: the suites that the fake and moto pass, so that all three stay alike."""

import uuid
from collections.abc import Iterator

import pytest

from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.accounts.ports import LedgerStore
from regulars.aws.table import Table
from regulars_local.running import RunningStack
from tests.contract.test_ledger_commits import LedgerCommitContract
from tests.contract.test_ledger_store import SHARDS, LedgerStoreContract
from tests.support.schema import table_schemas


class TestLedgerStoreOnTheEmulator(LedgerStoreContract, LedgerCommitContract):
    """On a table of its own, without a stream: nothing else reads it."""

    @pytest.fixture
    def store(self, stack: RunningStack) -> Iterator[LedgerStore]:
        name = f"ledger-{uuid.uuid4().hex[:12]}"
        schema = {key: value for key, value in table_schemas()["accounts"].items() if key != "StreamSpecification"}
        stack.cloud.dynamodb.create_table(**{**schema, "TableName": name})
        yield DynamoLedgerStore(Table(stack.cloud.dynamodb, name), SHARDS)
        stack.cloud.dynamodb.delete_table(TableName=name)
