"""Generated files are committed and are what the code would generate now."""

import json
from typing import Any

import jsonschema
import pytest

from regulars.kernel.events import DomainEvent
from regulars_local import generate

DOCUMENT: dict[str, Any] = json.loads(generate.openapi_json())
OPERATIONS = [(method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()]


def test_the_interface_document_is_current() -> None:
    """`docs/openapi.json` equals what the handlers declare; `make openapi` writes it."""
    assert generate.openapi_json() == generate.OPENAPI.read_text(encoding="utf-8")


def test_the_event_schemas_are_current() -> None:
    """`events/schemas` holds exactly the schemas of the event types; `make schemas` writes them."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in generate.SCHEMAS.glob("*.json")}

    assert generate.event_schemas() == committed


@pytest.mark.parametrize("kind", generate.event_types(), ids=lambda kind: kind.__name__)
def test_an_event_schema_is_a_json_schema(kind: type[DomainEvent]) -> None:
    """Other systems can check what they receive by it."""
    schema = json.loads(generate.event_schemas()[f"{kind.__name__}.v{kind.schema_version}.json"])

    jsonschema.Draft202012Validator.check_schema(schema)


def test_operations_are_told_apart() -> None:
    """Each has an id of its own, a summary and a description."""
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]

    assert sorted(set(ids)) == sorted(ids)
    assert [] == [operation["operationId"] for _, _, operation in OPERATIONS if not (operation["summary"] and operation["description"])]


def test_every_reference_leads_somewhere() -> None:
    """Each `$ref` names a schema of the document, and each schema is valid."""
    schemas = DOCUMENT["components"]["schemas"]
    named = {line.split('"')[3].rpartition("/")[2] for line in generate.openapi_json().splitlines() if '"$ref"' in line}

    assert set() == named - set(schemas)
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_an_operation_documents_its_refusals(method: str, path: str, operation: dict[str, Any]) -> None:
    """Every refusal is `application/problem+json`; a body can be too large, unreadable or unfit; a protected one asks for a token."""
    statuses = set(operation["responses"])
    refused = {status: content for status, content in operation["responses"].items() if status >= "400"}

    assert all(set(answer["content"]) == {"application/problem+json"} for answer in refused.values())
    assert {"429", "500", "503"} <= statuses
    assert not operation.get("requestBody") or {"400", "413", "415", "422"} <= statuses
    assert not operation["security"] or {"401", "403"} <= statuses


def _open_objects(schema: Any, place: str) -> list[str]:
    if isinstance(schema, list):
        return [found for part in schema for found in _open_objects(part, place)]
    if not isinstance(schema, dict):
        return []
    open_here = (
        [place] if schema.get("type") == "object" and "properties" in schema and schema.get("additionalProperties") is not False else []
    )
    return open_here + [found for name, part in schema.items() for found in _open_objects(part, f"{place}.{name}")]


def test_requests_and_responses_have_no_undeclared_fields() -> None:
    """Unknown fields are refused in requests, and no response shows a field that it does not declare (law M2, ASVS 15.3)."""
    schemas = {name: schema for name, schema in DOCUMENT["components"]["schemas"].items() if name != "Problem"}

    assert [] == [found for name, schema in schemas.items() for found in _open_objects(schema, name)]
