"""Least privilege: named actions on named resources, one role per function."""

import pytest

from infra.catalogue import FUNCTIONS
from tests.infra.reading import StackReader

HTTP_FUNCTIONS = [spec.name for spec in FUNCTIONS if spec.http]
READING = {"GetItem", "BatchGetItem", "Query"}


def test_no_role_has_an_action_with_a_star(stack: StackReader) -> None:
    """Every right is a named action."""
    assert [] == [action for statement in stack.all_statements() for action in statement.actions if "*" in action]


def test_nobody_may_scan_but_who_checks_the_ledger_or_mends_the_books(stack: StackReader) -> None:
    """No HTTP function and no other job reads a whole table; the check and the recount read the ledger's, and no other."""
    scanning = {name for name in stack.functions() if "dynamodb:Scan" in stack.actions_of(name)}
    assert {"check_ledger", "recount_books"} == scanning
    for name in scanning:
        assert READING | {"Scan"} == stack.table_actions_of(name, "accounts")
    assert READING == stack.table_actions_of("check_ledger", "books")


def test_the_books_are_added_to_by_functions_that_cannot_touch_the_ledger(stack: StackReader) -> None:
    """Whoever adds figures up reads the ledger's stream, or by a person's hand its items; whoever reports them only reads."""
    for name in ("total_points", "recount_books"):
        assert READING | {"PutItem", "UpdateItem"} == stack.table_actions_of(name, "books")
    assert set() == stack.table_actions_of("total_points", "accounts")
    having = {name for name in stack.functions() if stack.table_actions_of(name, "books")}
    assert {"total_points", "recount_books", "accounts", "check_ledger"} == having
    assert READING == stack.table_actions_of("accounts", "books")


def test_no_right_is_on_every_resource_but_sms(stack: StackReader) -> None:
    """Only a phone number has no name to grant; topics are excepted even there."""
    assert [] == [statement for statement in stack.all_statements() if "*" in statement.resources]
    excepted = [statement for statement in stack.all_statements() if statement.not_resources]
    assert [statement.actions for statement in excepted] == [("sns:Publish",)]
    assert [statement for statement in stack.statements_of("deliver_messages") if statement.not_resources] == excepted


def test_no_role_carries_a_managed_policy(stack: StackReader) -> None:
    """AWS's managed policies change without us and grant more than is needed."""
    assert [] == [name for name, role in stack.of_type("AWS::IAM::Role").items() if "ManagedPolicyArns" in role]


def test_each_function_has_its_own_role(stack: StackReader) -> None:
    """Two functions never share rights."""
    roles = [str(properties["Role"]) for properties in stack.functions().values()]
    assert len(FUNCTIONS) == len(set(roles))


@pytest.mark.parametrize("function", ["accounts", "settle_accounts", "jobs", "simulate_program", "import_lines", "export_ledger"])
def test_accounts_are_never_updated_or_deleted(stack: StackReader, function: str) -> None:
    """An account is replaced under its version and an entry is put once: nothing else can happen to the ledger."""
    assert READING | {"PutItem", "ConditionCheckItem"} == stack.table_actions_of(function, "accounts")


def test_only_the_accounts_context_writes_accounts(stack: StackReader) -> None:
    """Others read at most: the check of the ledger, the recount, and the service, which asks for a member's tier."""
    having = {name: stack.table_actions_of(name, "accounts") - READING for name in stack.functions()}
    writing = {"accounts", "settle_accounts", "jobs", "simulate_program", "import_lines", "export_ledger"}
    assert {*writing, "check_ledger", "recount_books", "service"} == {name for name in having if stack.table_actions_of(name, "accounts")}
    assert writing == {name for name, actions in having.items() if actions - {"Scan"}}


def test_the_service_reads_what_it_needs_for_a_members_tier(stack: StackReader) -> None:
    """Accounts, programme and members to be read, and nothing more (TIER-11)."""
    assert [READING] * 3 == [stack.table_actions_of("service", table) for table in ("accounts", "program", "members")]


@pytest.mark.parametrize("table", ["program", "members", "messaging", "service"])
def test_a_table_is_written_by_its_own_context_alone(stack: StackReader, table: str) -> None:
    """A context owns its table; others read at most."""
    own = {"program": {"program"}, "members": {"members", "registrations", "import_lines"}, "messaging": {"messaging", "deliver_messages"}}
    writing = {name for name in stack.functions() if stack.table_actions_of(name, table) - READING}
    assert own.get(table, {"service"}) == writing


def test_items_are_deleted_nowhere_but_among_members(stack: StackReader) -> None:
    """Contacts that are given up free their guard; everything else is kept or expires."""
    deleting = {name for name in stack.functions() if "dynamodb:DeleteItem" in stack.actions_of(name)}
    assert {"members", "registrations", "import_lines"} == deleting


@pytest.mark.parametrize(
    "function", ["program", "service", "reference", "relay_events", "settle_accounts", "accounts", "jobs", "simulate_program"]
)
def test_functions_without_contacts_cannot_decrypt_personal_fields(stack: StackReader, function: str) -> None:
    """The key of personal fields is for those who must read them."""
    assert "DATA_KEY_ID" not in stack.environment(function)
    (data_key,) = {str(stack.template["Outputs"]["DataKeyId"]["Value"])}
    assert [] == [each for each in stack.statements_of(function) if data_key in {str(resource) for resource in each.resources}]


def test_the_reference_may_do_nothing_but_log(stack: StackReader) -> None:
    """A public page without data has no rights on any."""
    assert {"logs:CreateLogStream", "logs:PutLogEvents"} == stack.actions_of("reference")


def test_identity_rights_are_administrative_actions_on_our_pool(stack: StackReader) -> None:
    """Only registration creates people and sets passwords."""
    having = {name for name in stack.functions() if "cognito-idp:AdminSetUserPassword" in stack.actions_of(name)}
    assert {"registrations"} == having


@pytest.mark.parametrize("function", HTTP_FUNCTIONS)
def test_http_functions_send_and_publish_nothing(stack: StackReader, function: str) -> None:
    """What a request changes leaves through the stream, never beside the commit."""
    services = {action.partition(":")[0] for action in stack.actions_of(function)}
    assert set() == services & {"events", "sqs", "sns", "ses"}


def test_the_relay_may_only_read_streams_publish_and_set_aside(local: StackReader) -> None:
    """The relay has no right on any table's items."""
    expected = {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "events:PutEvents",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
    }
    assert expected == local.actions_of("relay_events")


def test_indexes_are_granted_by_name(stack: StackReader) -> None:
    """The due index is read by the accounts context, for queries only."""
    on_index = [each for each in stack.statements_of("settle_accounts") if "/index/due" in str(each.resources)]
    assert ["dynamodb:Query"] == sorted({action for each in on_index for action in each.actions if "index" in str(each.resources[-1])})
