"""The HTTP interface: what the interface document says is what API Gateway enforces."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.interface import read_routes
from tests.infra.reading import StackReader
from tests.support.templates import INTERFACE


def test_routes_are_those_of_the_document_with_their_scopes(stack: StackReader) -> None:
    """A route nobody documented does not exist; a protected one has the authorizer and its scopes."""
    documented = {route.key: route.scopes for route in read_routes(INTERFACE)}
    routed = {
        route["RouteKey"]: tuple(route["AuthorizationScopes"]) if route["AuthorizationType"] == "JWT" else None
        for route in stack.of_type("AWS::ApiGatewayV2::Route").values()
    }
    assert documented == routed


def test_protected_routes_use_the_one_authorizer(stack: StackReader) -> None:
    """Tokens of our pool for our clients, and no other."""
    (authorizer,) = stack.of_type("AWS::ApiGatewayV2::Authorizer")
    routes = stack.of_type("AWS::ApiGatewayV2::Route").values()
    assert {authorizer} == {route["AuthorizerId"]["Ref"] for route in routes if route["AuthorizationType"] == "JWT"}
    configuration = stack.only("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]
    clients = set(stack.of_type("AWS::Cognito::UserPoolClient"))
    assert {audience["Ref"] for audience in configuration["Audience"]} == clients
    (pool,) = stack.of_type("AWS::Cognito::UserPool")
    assert {"Ref": pool} == configuration["Issuer"]["Fn::Join"][1][-1]


def test_public_routes_are_throttled_more_tightly(prod: StackReader) -> None:
    """What needs no token has a smaller bucket than the rest."""
    stage = prod.only("AWS::ApiGatewayV2::Stage")
    public = {route.key for route in read_routes(INTERFACE) if route.scopes is None}
    assert public == set(stage["RouteSettings"])
    default = stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
    assert [] == [key for key, settings in stage["RouteSettings"].items() if settings["ThrottlingRateLimit"] >= default]


def test_access_logs_hold_no_personal_data(stack: StackReader) -> None:
    """Neither address, agent, path, subject nor any claim is logged."""
    logged = json.loads(stack.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"])
    personal = ("identity", "claims", "path", "userAgent", "sourceIp", "querystring", "header")
    assert [] == [value for value in logged.values() if any(word.lower() in value.lower() for word in personal)]


def test_nobody_but_this_api_may_call_the_functions(stack: StackReader) -> None:
    """API Gateway's permission is bound to this interface."""
    (api,) = stack.of_type("AWS::ApiGatewayV2::Api")
    permissions = stack.of_type("AWS::Lambda::Permission").values()
    assert {"apigateway.amazonaws.com"} == {permission["Principal"] for permission in permissions}
    assert [] == [permission for permission in permissions if {"Ref": api} not in permission["SourceArn"]["Fn::Join"][1]]


def test_the_interface_is_not_opened_to_other_origins(stack: StackReader) -> None:
    """The web pages are served from the same origin."""
    assert "CorsConfiguration" not in stack.only("AWS::ApiGatewayV2::Api")


def _document(tmp_path: Path, operation: dict[str, Any]) -> Path:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"paths": {"/v1/things": {"get": operation}}}))
    return path


def test_an_operation_without_a_function_is_refused(tmp_path: Path) -> None:
    """The document says which function answers."""
    with pytest.raises(ValueError, match="GET /v1/things"):
        read_routes(_document(tmp_path, {"security": []}))


def test_a_protected_operation_without_a_scope_is_refused(tmp_path: Path) -> None:
    """An ID token would pass on a route without scopes."""
    with pytest.raises(ValueError, match="needs a scope"):
        read_routes(_document(tmp_path, {"x-regulars-function": "program", "security": [{"jwt": []}]}))


def test_an_operation_without_security_is_refused(tmp_path: Path) -> None:
    """Public is something that is said, never forgotten."""
    with pytest.raises(ValueError, match="security"):
        read_routes(_document(tmp_path, {"x-regulars-function": "program"}))
