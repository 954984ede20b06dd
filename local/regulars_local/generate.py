"""Generated files: the OpenAPI document and the event schemas, written by a command and compared by the tests."""

import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any

from regulars.aws.http import HttpApp
from regulars.aws.openapi import openapi_document
from regulars.kernel.events import DomainEvent

ROOT = Path(__file__).resolve().parents[2]
OPENAPI = ROOT / "docs" / "openapi.json"
SCHEMAS = ROOT / "events" / "schemas"
CONTEXTS = ("program", "members", "accounts", "service", "messaging")


def http_apps() -> list[HttpApp]:
    """The HTTP apps of every function that has one."""
    apps = []
    for folder in sorted((ROOT / "functions").iterdir()):
        if (folder / "handler.py").exists():
            module = importlib.import_module(f"functions.{folder.name}.handler")
            if isinstance(getattr(module, "app", None), HttpApp):
                apps.append(module.app)
    return apps


def openapi_json() -> str:
    """`docs/openapi.json` as it should be."""
    return _json(openapi_document(http_apps(), "1.0.0"))


def event_types() -> list[type[DomainEvent]]:
    """Every event type of every context; bases that others derive from are no event."""
    for context in CONTEXTS:
        if importlib.util.find_spec(f"regulars.{context}.events"):
            importlib.import_module(f"regulars.{context}.events")
    kinds = (kind for kind in _subclasses(DomainEvent) if kind.__module__.startswith("regulars.") and not kind.__subclasses__())
    return sorted(kinds, key=lambda kind: kind.__name__)


def event_schemas() -> dict[str, str]:
    """`events/schemas/*.json` as they should be: file name → content."""
    return {f"{kind.__name__}.v{kind.schema_version}.json": _json(_schema(kind)) for kind in event_types()}


def write(*, openapi: bool = False, schemas: bool = False) -> None:
    """Writes the generated files."""
    if openapi:
        OPENAPI.parent.mkdir(exist_ok=True)
        OPENAPI.write_text(openapi_json())
    if schemas:
        SCHEMAS.mkdir(parents=True, exist_ok=True)
        wanted = event_schemas()
        for path in SCHEMAS.glob("*.json"):
            if path.name not in wanted:
                path.unlink()
        for name, content in wanted.items():
            (SCHEMAS / name).write_text(content)


def _schema(kind: type[DomainEvent]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    schema["properties"]["schema_version"] = {"const": kind.schema_version}
    schema["required"] = [*schema.get("required", []), "schema_version"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _subclasses(kind: type[DomainEvent]) -> list[type[DomainEvent]]:
    return [found for child in kind.__subclasses__() for found in (child, *_subclasses(child))]


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
