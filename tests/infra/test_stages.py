"""What differs between the stages, and what may not."""

from typing import Any

import pytest

from infra.catalogue import FUNCTIONS, TABLES
from infra.stage import stage_named
from tests.infra.reading import StackReader
from tests.support.schema import expiry_attributes, table_schemas

FUNCTION_NAMES = {spec.name for spec in FUNCTIONS}
TABLE_NAMES = {spec.name for spec in TABLES}


@pytest.fixture(params=["dev", "prod"])
def real(request: pytest.FixtureRequest) -> StackReader:
    """Each stage that lives in an account."""
    reader: StackReader = request.getfixturevalue(request.param)
    return reader


def test_every_stage_has_every_function_on_python_3_13(stack: StackReader) -> None:
    """One function per context and one per other trigger, each with explicit memory, time-out and log group."""
    assert FUNCTION_NAMES == set(stack.functions())
    for properties in stack.functions().values():
        assert "python3.13" == properties["Runtime"]
        assert {"MemorySize", "Timeout"} <= set(properties)
        assert "Ref" in properties["LoggingConfig"]["LogGroup"]


def test_real_stages_run_on_arm64(real: StackReader) -> None:
    """The cheaper processor, for functions and layers alike."""
    assert {("arm64",)} == {tuple(properties["Architectures"]) for properties in real.functions().values()}
    layers = real.of_type("AWS::Lambda::LayerVersion").values()
    assert {("arm64",)} == {tuple(layer["CompatibleArchitectures"]) for layer in layers}


def test_only_the_local_stage_has_a_clock_file(local: StackReader, dev: StackReader, prod: StackReader) -> None:
    """Time travel is for the developer's machine; every function there has it, none elsewhere."""
    assert {"/home/clock.json"} == {local.environment(name)["CLOCK_FILE"] for name in FUNCTION_NAMES}
    for stack in (dev, prod):
        assert [] == [name for name in FUNCTION_NAMES if "CLOCK_FILE" in stack.environment(name)]
        assert "clock" not in str(stack.template).lower()


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_a_real_stage_refuses_a_clock_file(name: str) -> None:
    """Asking for one is a mistake that stops the deployment."""
    with pytest.raises(ValueError, match="clock file"):
        stage_named(name, clock_file="/tmp/clock.json")  # noqa: S108  # never opened


def test_an_unknown_stage_is_refused_by_name() -> None:
    """A typing error does not deploy anything."""
    with pytest.raises(ValueError, match="unknown stage 'production'"):
        stage_named("production")


def test_an_unknown_limit_is_refused_by_name() -> None:
    """A limit nobody reads would be no limit."""
    with pytest.raises(ValueError, match="NONSENSE"):
        stage_named("local", limits={"NONSENSE": 1})


def test_limits_reach_the_functions_and_can_be_set_by_name() -> None:
    """Tests set a limit low by its name, the others stay."""
    name, other = sorted(stage_named("dev").limits)[:2]
    changed = stage_named("local", limits={name: 3})
    assert (3, stage_named("local").limits[other]) == (changed.limits[name], changed.limits[other])


def test_real_stages_protect_their_data(real: StackReader) -> None:
    """Point-in-time recovery over 35 days, deletion protection and our own key on every table."""
    tables = real.of_type("AWS::DynamoDB::Table").values()
    assert len(TABLE_NAMES) == len(tables)
    for table in tables:
        recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
        assert recovery == table["PointInTimeRecoverySpecification"]
        assert table["DeletionProtectionEnabled"]
        assert ("KMS", True) == (table["SSESpecification"]["SSEType"], table["SSESpecification"]["SSEEnabled"])
    assert "ACTIVE" == real.only("AWS::Cognito::UserPool")["DeletionProtection"]
    assert "KmsKeyId" in real.only("AWS::SecretsManager::Secret")


def test_the_local_stage_can_be_thrown_away(local: StackReader) -> None:
    """Nothing on a developer's machine outlives its stack."""
    assert {"Delete"} == _deletion_policies(local)
    assert [] == [table for table in local.of_type("AWS::DynamoDB::Table").values() if table.get("DeletionProtectionEnabled")]


def test_production_keeps_data_and_logs_when_the_stack_goes(prod: StackReader) -> None:
    """Deleting the stack deletes no table, key, person or log."""
    assert {"Retain"} == _deletion_policies(prod)


def _deletion_policies(stack: StackReader) -> set[str]:
    kinds = (
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Cognito::UserPool",
        "AWS::Logs::LogGroup",
        "AWS::SecretsManager::Secret",
    )
    return {resource["DeletionPolicy"] for kind in kinds for resource in stack.whole_of_type(kind).values()}


def test_keys_turn_every_year(stack: StackReader) -> None:
    """Key material is renewed by KMS."""
    assert {True} == {key["EnableKeyRotation"] for key in stack.of_type("AWS::KMS::Key").values()}


@pytest.mark.parametrize(("name", "days"), [("local", 1), ("dev", 14), ("prod", 365)])
def test_logs_are_kept_for_a_stated_time(request: pytest.FixtureRequest, name: str, days: int) -> None:
    """No log is kept for ever."""
    stack: StackReader = request.getfixturevalue(name)
    assert {days} == {group["RetentionInDays"] for group in stack.of_type("AWS::Logs::LogGroup").values()}


def test_production_starts_from_snapshots_where_somebody_waits(prod: StackReader, dev: StackReader) -> None:
    """HTTP functions are published with SnapStart in prod, and API Gateway calls the published alias."""
    http = {spec.name for spec in FUNCTIONS if spec.http}
    assert http == {name for name, properties in prod.functions().items() if "SnapStart" in properties}
    assert len(http) == len(prod.of_type("AWS::Lambda::Alias"))
    aliases = set(prod.of_type("AWS::Lambda::Alias"))
    targets = {integration["IntegrationUri"]["Ref"] for integration in prod.of_type("AWS::ApiGatewayV2::Integration").values()}
    assert targets <= aliases
    assert {} == dev.of_type("AWS::Lambda::Alias")


def test_production_caps_what_strangers_can_start(prod: StackReader, dev: StackReader) -> None:
    """Public functions cannot take the account's whole concurrency."""
    reserved = {
        name: properties["ReservedConcurrentExecutions"]
        for name, properties in prod.functions().items()
        if "ReservedConcurrentExecutions" in properties
    }
    assert {"registrations", "reference"} == set(reserved)
    assert [] == [name for name, properties in dev.functions().items() if "ReservedConcurrentExecutions" in properties]


@pytest.mark.parametrize("name", sorted(FUNCTION_NAMES))
def test_a_function_has_no_setting_it_has_no_right_for(stack: StackReader, name: str) -> None:
    """Each function gets the tables of its entry in the catalogue and no other."""
    (spec,) = [spec for spec in FUNCTIONS if spec.name == name]
    tables = {key.removeprefix("TABLE_").lower() for key in stack.environment(name) if key.startswith("TABLE_")}
    relayed = {table.name for table in TABLES if table.streams} if name == "relay_events" else set()
    assert relayed | set(spec.tables) == tables
    assert spec.reads_secret == ("SECRET_NAME" in stack.environment(name))


def test_no_secret_stands_in_the_template(stack: StackReader) -> None:
    """The root secret is made in the account, long enough and by Secrets Manager."""
    secret = stack.only("AWS::SecretsManager::Secret")
    assert "SecretString" not in secret
    generated: dict[str, Any] = secret["GenerateSecretString"]
    assert ("root", 64) == (generated["GenerateStringKey"], generated["PasswordLength"])


def test_tables_have_one_shape_in_every_stage(local: StackReader, dev: StackReader, prod: StackReader) -> None:
    """What tests run on is what production has: keys, indexes, streams and expiry."""
    shapes = [
        {name: [stack.of_type("AWS::DynamoDB::Table")[stack.table_id(name)].get(part) for part in _SHAPE] for name in TABLE_NAMES}
        for stack in (local, dev, prod)
    ]
    assert shapes[0] == shapes[1] == shapes[2]


_SHAPE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "StreamSpecification", "TimeToLiveSpecification")


def test_the_schema_for_tests_names_every_table_and_its_expiry() -> None:
    """`tests.support.schema` reads the synthesised template."""
    assert TABLE_NAMES == set(table_schemas())
    assert {"members": "ttl", "messaging": "ttl", "books": "ttl"} == expiry_attributes()


def test_every_output_has_its_stable_name(stack: StackReader) -> None:
    """The local stack and operators find things by these names."""
    expected = {"ApiId", "ApiUrl", "UserPoolId", "PeopleClientId", "TillClientId", "ImporterClientId", "ShopClientId"}
    expected |= {
        "EventBusName",
        "SettleQueueUrl",
        "CheckQueueUrl",
        "DeliverQueueUrl",
        "SimulationQueueUrl",
        "ImportQueueUrl",
        "ExportQueueUrl",
        "FilesBucket",
        "SecretName",
        "DataKeyId",
        "AlarmTopicArn",
    }
    expected |= {f"Table{name.capitalize()}" for name in TABLE_NAMES}
    expected |= {f"Function{name.title().replace('_', '')}" for name in FUNCTION_NAMES}
    assert expected == set(stack.template["Outputs"])
