"""Who can get a token, and for what."""

from typing import Any

from tests.infra.reading import StackReader


def _clients(stack: StackReader) -> dict[str, dict[str, Any]]:
    """The clients by the name of their output."""
    clients = stack.of_type("AWS::Cognito::UserPoolClient")
    outputs = stack.template["Outputs"].items()
    return {name.removesuffix("ClientId").lower(): clients[output["Value"]["Ref"]] for name, output in outputs if name.endswith("ClientId")}


def test_nobody_signs_up_at_the_pool(stack: StackReader) -> None:
    """People are made by our registration, after their contact was verified."""
    pool = stack.only("AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 8
    assert [] == pool.get("AutoVerifiedAttributes", [])


def test_people_log_in_through_our_functions_only(stack: StackReader) -> None:
    """The people's client has no secret, no hosted page, and the flows that need our role, with revocable tokens."""
    client = _clients(stack)["people"]
    assert {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"} == set(client["ExplicitAuthFlows"])
    assert not client["GenerateSecret"]
    assert not client["AllowedOAuthFlowsUserPoolClient"]


def test_no_client_tells_whether_a_user_exists(stack: StackReader) -> None:
    """The default of the service would."""
    for client in _clients(stack).values():
        assert "ENABLED" == client["PreventUserExistenceErrors"]
        assert client["EnableTokenRevocation"]


def test_each_outside_system_has_its_own_client_and_scopes(stack: StackReader) -> None:
    """Client credentials with a secret, and no more scopes than the system needs."""
    expected = {
        "till": {"purchases:write", "checkout:write", "members:read"},
        "importer": {"purchases:write", "purchases:import", "members:read"},
        "shop": {"purchases:write", "checkout:write", "members:read"},
    }
    machines = {name: client for name, client in _clients(stack).items() if name != "people"}
    assert expected == {name: _scopes(client) for name, client in machines.items()}
    for client in machines.values():
        assert ["client_credentials"] == client["AllowedOAuthFlows"]
        assert client["GenerateSecret"]
        assert [] == client.get("ExplicitAuthFlows", [])


def _scopes(client: dict[str, Any]) -> set[str]:
    return {scope["Fn::Join"][1][-1].removeprefix("/") for scope in client["AllowedOAuthScopes"]}


def test_staff_have_the_seven_groups(stack: StackReader) -> None:
    """Roles are groups of the one pool."""
    expected = {"clerk", "agent", "marketer", "analyst", "privacy_officer", "manager", "admin"}
    assert expected == {group["GroupName"] for group in stack.of_type("AWS::Cognito::UserPoolGroup").values()}
