"""One table per context, and the rights functions have on it."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb
from constructs import Construct

from infra.catalogue import READ_ACTIONS, TABLES, Access, IndexSpec, TableSpec
from infra.constructs.function import RegularsFunction, removal_policy_of
from infra.constructs.keys import Keys
from infra.stage import Stage

EXPIRY_ATTRIBUTE = "ttl"
RECOVERY_DAYS = 35
_KEY_ACTIONS = (
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)


class Tables(Construct):
    """The tables of the catalogue, by context."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, keys: Keys) -> None:
        super().__init__(scope, construct_id)
        self._keys = keys
        self._specs = {spec.name: spec for spec in TABLES}
        self.tables = {spec.name: self._table(spec, stage) for spec in TABLES}

    @property
    def streaming(self) -> dict[str, aws_dynamodb.Table]:
        """The tables whose changes are relayed."""
        return {name: table for name, table in self.tables.items() if self._specs[name].streams}

    def grant(self, function: RegularsFunction) -> None:
        """Gives the function the rights its entry in the catalogue names: never Scan, never an action with a star."""
        for name, access in function.spec.tables.items():
            spec, table = self._specs[name], self.tables[name]
            indexes = [f"{table.table_arn}/index/{index.name}" for index in spec.indexes]
            function.allow(_prefixed(READ_ACTIONS), [table.table_arn])
            if indexes:
                function.allow(["dynamodb:Query"], indexes)
            if access is Access.WRITE:
                function.allow(_prefixed(spec.write_actions), [table.table_arn])
            function.add_environment(f"TABLE_{name.upper()}", table.table_name)
        if function.spec.tables:
            self._keys.grant_storage_key(function, *_KEY_ACTIONS)

    def grant_stream(self, function: RegularsFunction, names: Sequence[str] = ()) -> None:
        """Lets the function read the change streams of the tables named; of all that have one when none is."""
        streaming = [table for name, table in self.streaming.items() if not names or name in names]
        actions = _prefixed(("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"))
        function.allow(actions, [str(table.table_stream_arn) for table in streaming])
        self._keys.grant_storage_key(function, "Decrypt")

    def _table(self, spec: TableSpec, stage: Stage) -> aws_dynamodb.Table:
        # The global table's construct cannot name a key without naming the region, and stages are bound to neither.
        managed = self._keys.storage is not None
        table = aws_dynamodb.Table(
            self,
            spec.name.capitalize(),
            partition_key=_string("pk"),
            sort_key=_string("sk"),
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=aws_dynamodb.StreamViewType.NEW_IMAGE if spec.streams else None,
            time_to_live_attribute=EXPIRY_ATTRIBUTE if spec.expires else None,
            encryption=aws_dynamodb.TableEncryption.CUSTOMER_MANAGED if managed else None,
            encryption_key=self._keys.storage,
            point_in_time_recovery_specification=_recovery() if stage.protected else None,
            deletion_protection=stage.protected,
            removal_policy=removal_policy_of(stage),
        )
        for index in spec.indexes:
            table.add_global_secondary_index(
                index_name=index.name,
                partition_key=_string(index.hash_key),
                sort_key=_string(index.range_key),
                projection_type=_projection(index),
            )
        return table


def _prefixed(actions: tuple[str, ...]) -> list[str]:
    return [f"dynamodb:{action}" for action in actions]


def _string(name: str) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=aws_dynamodb.AttributeType.STRING)


def _projection(index: IndexSpec) -> aws_dynamodb.ProjectionType:
    return aws_dynamodb.ProjectionType.KEYS_ONLY if index.keys_only else aws_dynamodb.ProjectionType.ALL


def _recovery() -> aws_dynamodb.PointInTimeRecoverySpecification:
    return aws_dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True, recovery_period_in_days=RECOVERY_DAYS)
