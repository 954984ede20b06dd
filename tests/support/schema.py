"""The tables as tests create them: read out of the synthesised template, so that there is one definition and no drift."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.support.templates import template_of


@cache
def table_schemas() -> Mapping[str, dict[str, Any]]:
    """The arguments of `create_table` for each context's table; `TableName` is the context's name.

    Expiry is not among them: DynamoDB sets it by a call of its own (`expiry_attributes` tells which tables have it).
    """
    return {name: _create_table_arguments(name, properties) for name, properties in _tables().items()}


@cache
def expiry_attributes() -> Mapping[str, str]:
    """The attribute by which items expire, of the tables that have one."""
    return {
        name: properties["TimeToLiveSpecification"]["AttributeName"]
        for name, properties in _tables().items()
        if "TimeToLiveSpecification" in properties
    }


def _tables() -> dict[str, dict[str, Any]]:
    template = template_of("local")
    names = {output["Value"]["Ref"]: name for name, output in template["Outputs"].items() if name.startswith("Table")}
    return {
        names[logical_id].removeprefix("Table").lower(): resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::DynamoDB::Table"
    }


def _create_table_arguments(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    arguments = {
        "TableName": name,
        **{key: properties[key] for key in ("AttributeDefinitions", "BillingMode", "KeySchema")},
    }
    if "GlobalSecondaryIndexes" in properties:
        arguments["GlobalSecondaryIndexes"] = properties["GlobalSecondaryIndexes"]
    if "StreamSpecification" in properties:
        arguments["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    return arguments
