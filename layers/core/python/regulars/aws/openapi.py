"""The OpenAPI 3.1 document, generated from the same declarations that serve the requests.

The gateway's routes are made from it (`infra`), so a route that is not documented does not exist.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from regulars.aws.http import Empty, HttpApp, Route
from regulars.kernel.errors import (
    BodyTooLargeError,
    ConflictError,
    ForbiddenError,
    IdempotencyKeyRefusedError,
    IdempotencyMismatchError,
    IfMatchRequiredError,
    InternalError,
    InvalidBodyError,
    InvalidCursorError,
    NotFoundError,
    PreconditionFailedError,
    RegularsError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
from regulars.kernel.policy import POLICY

_REFERENCE = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong and what to do, in the language of Accept-Language."},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "A stable code of a closed list."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def openapi_document(apps: Sequence[HttpApp], version: str) -> dict[str, Any]:
    """The document of all functions' routes.

    Raises:
        ValueError: two functions declare the same operation.
    """
    routes = [(app.function, route) for app in apps for route in app.routes]
    schemas, definitions = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for function, route in sorted(routes, key=lambda pair: (pair[1].path, pair[1].method)):
        operations = paths.setdefault(route.path, {})
        if route.method.lower() in operations:
            raise ValueError(f"two functions serve {route.method} {route.path}")
        operations[route.method.lower()] = _operation(function, route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Regulars (熟客)",
            "version": version,
            "description": "Membership and loyalty: registration, points, tiers, messages and feedback.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": {**definitions, "Problem": _PROBLEM},
            "securitySchemes": {"jwt": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schemas(routes: Iterable[tuple[str, Route]]) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    pairs: list[tuple[type[BaseModel], Any]] = []
    for _, route in routes:
        pairs += [(model, "validation") for model in (route.body, route.query) if model]
        pairs += [(route.response, "serialization")] if route.response and route.response is not Empty else []
    unique = sorted(set(pairs), key=lambda pair: (pair[0].__name__, pair[1]))
    references, document = models_json_schema(unique, ref_template=_REFERENCE)
    return dict(references), document.get("$defs", {})


def _operation(function: str, route: Route, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    rule = POLICY[route.action]
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "description": (route.handler.__doc__ or route.summary).strip(),
        "tags": [function],
        "x-regulars-function": function,
        "x-regulars-action": route.action.value,
        "security": [] if rule.public else [{"jwt": list(rule.token_scopes)}],
        "parameters": _parameters(route),
        "responses": _responses(route, schemas),
    }
    if route.body:
        schema = schemas[(route.body, "validation")]
        operation["requestBody"] = {"required": not route.body_is_optional, "content": {"application/json": {"schema": schema}}}
    return {name: value for name, value in operation.items() if value or name == "security"}


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.path_parameters
    ]
    if route.query:
        schema = route.query.model_json_schema(ref_template=_REFERENCE)
        for name, detail in schema.get("properties", {}).items():
            text = detail.pop("description", "")
            required = name in schema.get("required", ())
            found.append({"name": name, "in": "query", "required": required, "description": text, "schema": detail})
    return found + _header_parameters(route)


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if route.idempotency:
        found.append(
            {
                "name": "Idempotency-Key", "in": "header", "required": route.idempotency == "required",
                "description": "The same key and content give the same answer.",
                "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,128}$"},
            }
        )  # fmt: skip
    if route.conditional:
        reads = route.method == "GET"
        found.append(
            {
                "name": "If-None-Match" if reads else "If-Match", "in": "header", "required": not reads,
                "description": "The ETag of what you have: 304 when it is still so." if reads else "The ETag of what you read.",
                "schema": {"type": "string"},
            }
        )  # fmt: skip
    return found


def errors_of(route: Route) -> tuple[type[RegularsError], ...]:
    """Every refusal a route can answer: its own and those of the edge."""
    general: list[type[RegularsError]] = [TooManyRequestsError, InternalError, UnavailableError]
    general += [] if POLICY[route.action].public else [UnauthenticatedError, ForbiddenError]
    general += [NotFoundError] if route.path_parameters else []
    writes_conditionally = route.conditional and route.method != "GET"
    general += [ValidationFailedError] if route.body or route.query or route.idempotency or writes_conditionally else []
    general += [PreconditionFailedError, IfMatchRequiredError] if writes_conditionally else []
    general += [InvalidCursorError] if route.query and "cursor" in route.query.model_fields else []
    general += [IdempotencyKeyRefusedError] if route.idempotency else []
    general += [InvalidBodyError, BodyTooLargeError, UnsupportedMediaTypeError] if route.body else []
    general += [ConflictError, IdempotencyMismatchError] if route.method != "GET" else []
    return tuple(dict.fromkeys([*route.errors, *general]))


def _responses(route: Route, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "As asked."}
    if route.response and route.response is not Empty:
        success["content"] = {"application/json": {"schema": schemas[(route.response, "serialization")]}}
    responses = {str(route.status): success, **{str(status): {**success, "description": why} for status, why in route.also.items()}}
    if route.conditional and route.method == "GET":
        responses["304"] = {"description": "It has not changed."}
    by_status: dict[int, list[str]] = {}
    for error in errors_of(route):
        by_status.setdefault(error.status, []).append(error.code)
    for status, codes in sorted(by_status.items()):
        responses[str(status)] = {
            "description": "One of: " + ", ".join(sorted(set(codes))) + ".",
            "content": {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
        }
    return responses


def routes_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The method and path of every operation of a document."""
    return [
        (method.upper(), path) for path, operations in document["paths"].items() for method in operations if re.match("[a-z]+$", method)
    ]
