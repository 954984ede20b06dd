"""The policy table and the routes say the same: nothing is reachable that the table does not know, and nothing in it is idle."""

import pytest

from regulars.aws.http import Route
from regulars.kernel.policy import POLICY, Action
from regulars.kernel.principal import PEOPLE_SCOPE, Role, Scope
from regulars_local.generate import http_apps
from tests.support.sources import PRODUCT, sources

ROUTES = [route for app in http_apps() for route in app.routes]


def test_every_action_has_a_rule() -> None:
    """The table has one row for each action, and each row lets somebody pass."""
    assert set(Action) == set(POLICY)
    assert [] == [action for action, rule in POLICY.items() if not (rule.public or rule.member or rule.roles or rule.scopes)]


def test_every_action_is_asked_for() -> None:
    """Each action is a route's, or is decided inside one (such as importing among purchases)."""
    written = "".join(path.read_text(encoding="utf-8") for path in sources(*PRODUCT) if path.stem != "policy")

    assert [] == [action.name for action in Action if f"Action.{action.name}" not in written]


def test_public_rules_name_nobody() -> None:
    """What everybody may is not granted to some as well: the two would drift apart."""
    assert [] == [action for action, rule in POLICY.items() if rule.public and (rule.member or rule.roles or rule.scopes)]


def test_members_act_on_what_is_their_own() -> None:
    """A rule for members has neither roles nor scopes: members act under `/v1/me`, staff and machines elsewhere."""
    assert [] == [action for action, rule in POLICY.items() if rule.member and (rule.roles or rule.scopes)]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_path_tells_whose_it_is(route: Route) -> None:
    """`/v1/me…` is the member's own and nobody else's; nothing else is the member's."""
    assert POLICY[route.action].member == (route.path == "/v1/me" or route.path.startswith("/v1/me/"))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_members_own_path_names_no_member(route: Route) -> None:
    """Who is meant follows from the token: no id of a member in a member's own paths, so nobody can ask for another's."""
    assert not POLICY[route.action].member or "member_id" not in route.path_parameters


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.path)
def test_reading_is_safe(route: Route) -> None:
    """A GET takes no body and no idempotency key."""
    assert (None, None) == (route.body, route.idempotency)


def test_tokens_of_people_pass_where_people_may() -> None:
    """The gateway asks for the people's scope where a member or a role may pass, and for machine scopes where machines may."""
    for rule in POLICY.values():
        assert (PEOPLE_SCOPE in rule.token_scopes) == bool(rule.member or rule.roles)
        assert {scope.value for scope in rule.scopes} == set(rule.token_scopes) - {PEOPLE_SCOPE}


def test_every_role_and_scope_is_of_use() -> None:
    """Each role and each machine scope opens something."""
    roles = frozenset[Role]().union(*(rule.roles for rule in POLICY.values()))
    scopes = frozenset[Scope]().union(*(rule.scopes for rule in POLICY.values()))

    assert set(Role) == roles
    assert set(Scope) == scopes


def test_nobody_both_writes_and_decides() -> None:
    """Drafting and approving a programme belong to different roles (law A2)."""
    assert frozenset() == POLICY[Action.DRAFT_PROGRAM].roles & POLICY[Action.APPROVE_PROGRAM].roles
