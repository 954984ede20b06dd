"""Law M1 at the edge: for every operation and every kind of caller, 401, 403 or passed, as the policy table says."""

import json
from copy import replace
from typing import Any

import pytest

from regulars.aws.http import HttpApp, RawReply, Route, Routes
from regulars.kernel.policy import POLICY
from regulars.kernel.principal import ANONYMOUS, PEOPLE_SCOPE, Principal, Role, Scope
from regulars_local.generate import http_apps
from tests.support.calls import MEMBER_ID, Caller, answer_of, claims_of, http_event, machine, member, staff

CALLERS: dict[str, Principal] = {
    "nobody": ANONYMOUS,
    "a member": member(),
    "staff without a role": Principal("newcomer", None, frozenset(), frozenset({PEOPLE_SCOPE})),
    **{f"a {role.value}": staff(role) for role in Role},
    "a machine without a scope": machine(),
    **{f"a machine with {scope.value}": machine(scope) for scope in Scope},
    "a machine of another system": Principal("other", None, frozenset(), frozenset({"others/admin", "regulars/everything"})),
    "a member who is in a staff group": Principal(MEMBER_ID, MEMBER_ID, frozenset({Role.ADMIN}), frozenset({PEOPLE_SCOPE})),
}


def passed(**_arguments: Any) -> RawReply:
    """Stands in for the route: whoever gets here was let through."""
    return RawReply("text/plain", "passed")


def stubbed(app: HttpApp) -> HttpApp:
    """The same operations with the services behind them replaced."""
    routes = Routes()
    routes.routes = [
        replace(route, handler=passed, status=200, body=None, query=None, idempotency=None, conditional=False) for route in app.routes
    ]
    return HttpApp(app.function, routes)


OPERATIONS = [(stubbed(app), route) for app in http_apps() for route in app.routes]


def _concrete(route: Route) -> str:
    path = route.path
    for name in route.path_parameters:
        path = path.replace(f"{{{name}}}", MEMBER_ID)
    return path


def _expected(route: Route, principal: Principal) -> int:
    rule = POLICY[route.action]
    if rule.public:
        return 200
    if not principal.subject:
        return 401
    if principal.member_id:
        return 200 if rule.member else 403
    granted = (rule.roles & principal.roles) or ({scope.value for scope in rule.scopes} & set(principal.scopes))
    return 200 if granted else 403


@pytest.mark.parametrize(("app", "route"), OPERATIONS, ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Route) else "")
def test_the_policy_table_decides(app: HttpApp, route: Route) -> None:
    """Every kind of caller gets what the table says, before anything of the request is looked at."""
    answers = {name: Caller(app, principal).call(route.method, _concrete(route)) for name, principal in CALLERS.items()}

    assert {name: _expected(route, principal) for name, principal in CALLERS.items()} == {n: a.status for n, a in answers.items()}
    codes = {401: "unauthenticated", 403: "forbidden"}
    assert all(codes[answer.status] == answer.code for answer in answers.values() if answer.status != 200)


@pytest.mark.parametrize(("app", "route"), OPERATIONS, ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Route) else "")
def test_the_gateway_lets_through_whom_the_table_lets_pass(app: HttpApp, route: Route) -> None:
    """Whoever may has a scope that the route's authorizer asks for; so the two never contradict each other."""
    needed = set(POLICY[route.action].token_scopes)
    stopped = [name for name, caller in CALLERS.items() if _expected(route, caller) == 200 and needed and not needed & caller.scopes]

    assert [] == stopped


@pytest.mark.parametrize(
    ("app", "route"),
    [pair for pair in OPERATIONS if not POLICY[pair[1].action].public],
    ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Route) else "",
)
@pytest.mark.parametrize("change", [{"token_use": "id"}, {"token_use": ""}, {"username": "", "client_id": ""}], ids=json.dumps)
def test_a_token_of_another_kind_is_nobodys(app: HttpApp, route: Route, change: dict[str, str]) -> None:
    """An ID token, or one that names nobody, opens nothing: 401 (S2)."""
    allowed = next(caller for caller in CALLERS.values() if _expected(route, caller) == 200)
    event = http_event(route.method, _concrete(route), principal=allowed)
    event["requestContext"]["authorizer"]["jwt"]["claims"] = {**claims_of(allowed), **change}

    assert 401 == answer_of(app.lambda_handler(event, None)).status


def test_every_kind_of_caller_is_in_the_matrix() -> None:
    """A new role or scope is tested without anybody thinking of it."""
    tested = {role for caller in CALLERS.values() for role in caller.roles}

    assert set(Role) == tested
    assert {scope.value for scope in Scope} <= {scope for caller in CALLERS.values() for scope in caller.scopes}
