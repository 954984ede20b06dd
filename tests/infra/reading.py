"""Reads a template as people think of it: functions by name, with the statements of their roles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.templates import Template


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, with lists where CloudFormation allows a single text."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[Any, ...]
    not_resources: tuple[Any, ...]


@dataclass(frozen=True)
class StackReader:
    """One synthesised stack."""

    template: Template

    def of_type(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type, by logical id."""
        return {name: resource.get("Properties", {}) for name, resource in self.whole_of_type(resource_type).items()}

    def whole_of_type(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """Every resource of a type with its policies and metadata, by logical id."""
        resources = self.template["Resources"].items()
        return {name: resource for name, resource in resources if resource["Type"] == resource_type}

    def only(self, resource_type: str) -> dict[str, Any]:
        """The properties of the one resource of a type."""
        (properties,) = self.of_type(resource_type).values()
        return properties

    def functions(self) -> dict[str, dict[str, Any]]:
        """The functions by their folder's name."""
        return {properties["Handler"].split(".")[1]: properties for properties in self.of_type("AWS::Lambda::Function").values()}

    def environment(self, function: str) -> dict[str, Any]:
        """The settings of a function."""
        variables: dict[str, Any] = self.functions()[function]["Environment"]["Variables"]
        return variables

    def statements_of(self, function: str) -> list[Statement]:
        """What a function's role may do."""
        role = self.functions()[function]["Role"]["Fn::GetAtt"][0]
        policies = self.of_type("AWS::IAM::Policy").values()
        return [each for policy in policies if {"Ref": role} in policy["Roles"] for each in _statements(policy)]

    def all_statements(self) -> list[Statement]:
        """Every statement of every policy attached to a role."""
        return [each for policy in self.of_type("AWS::IAM::Policy").values() for each in _statements(policy)]

    def actions_of(self, function: str) -> set[str]:
        """Every action a function may use."""
        return {action for statement in self.statements_of(function) for action in statement.actions}

    def table_actions_of(self, function: str, table: str) -> set[str]:
        """The DynamoDB actions a function may use on a context's table itself (not on its indexes or stream)."""
        arn = {"Fn::GetAtt": [self.table_id(table), "Arn"]}
        return {
            action.removeprefix("dynamodb:")
            for statement in self.statements_of(function)
            if arn in statement.resources
            for action in statement.actions
        }

    def table_id(self, table: str) -> str:
        """The logical id of a context's table."""
        logical_id: str = self.template["Outputs"][f"Table{table.capitalize()}"]["Value"]["Ref"]
        return logical_id

    def mappings_of(self, function: str) -> list[dict[str, Any]]:
        """The event source mappings that feed a function."""
        handler = f"functions.{function}.handler.lambda_handler"
        ids = [name for name, properties in self.of_type("AWS::Lambda::Function").items() if properties["Handler"] == handler]
        mappings = self.of_type("AWS::Lambda::EventSourceMapping").values()
        return [mapping for mapping in mappings if any(name in str(mapping["FunctionName"]) for name in ids)]


def _statements(policy: dict[str, Any]) -> Iterator[Statement]:
    for statement in policy["PolicyDocument"]["Statement"]:
        yield Statement(
            effect=statement["Effect"],
            actions=_listed(statement.get("Action", [])),
            resources=_listed(statement.get("Resource", [])),
            not_resources=_listed(statement.get("NotResource", [])),
        )


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
