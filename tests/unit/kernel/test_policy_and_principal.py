"""Who calls, and what the table lets them do."""

import pytest

from regulars.kernel.errors import ForbiddenError, UnauthenticatedError
from regulars.kernel.policy import Action, authorize
from regulars.kernel.principal import ANONYMOUS, PEOPLE_SCOPE, Principal, Role, Scope
from tests.support.calls import MEMBER_ID, machine, member, staff


@pytest.mark.parametrize(
    ("caller", "actor"),
    [
        (ANONYMOUS, "public"),
        (member(), f"member:{MEMBER_ID}"),
        (staff(Role.CLERK, "lin"), "staff:lin"),
        (machine(Scope.PURCHASES_WRITE, client_id="abc"), "machine:abc"),
    ],
)
def test_records_name_the_caller(caller: Principal, actor: str) -> None:
    """By kind and id, so that a name of staff is never taken for a member."""
    assert actor == caller.actor


def test_nobody_has_no_subject() -> None:
    """An empty principal is anonymous; every other is not."""
    assert (True, False) == (ANONYMOUS.is_anonymous, member().is_anonymous)


@pytest.mark.parametrize(
    ("caller", "action"),
    [
        (ANONYMOUS, Action.READ_PUBLIC),
        (member(), Action.READ_OWN_PROFILE),
        (staff(Role.ADMIN), Action.DRAFT_PROGRAM),
        (machine(Scope.PURCHASES_WRITE), Action.RECORD_PURCHASE),
    ],
)
def test_whoever_may_passes(caller: Principal, action: Action) -> None:
    """Nothing is answered; the call goes on."""
    authorize(caller, action)


@pytest.mark.parametrize(
    ("caller", "action"),
    [
        (staff(Role.CLERK), Action.READ_OWN_PROFILE),
        (member(), Action.DRAFT_PROGRAM),
        (staff(Role.CLERK), Action.DRAFT_PROGRAM),
        (machine(Scope.MEMBERS_READ), Action.RECORD_PURCHASE),
        (Principal(MEMBER_ID, MEMBER_ID, frozenset({Role.ADMIN}), frozenset({PEOPLE_SCOPE})), Action.DRAFT_PROGRAM),
        (Principal("lin", None, frozenset(), frozenset({PEOPLE_SCOPE})), Action.READ_OWN_ACCOUNT),
    ],
)
def test_whoever_may_not_is_refused(caller: Principal, action: Action) -> None:
    """403; a member is never staff, whatever groups a token names."""
    with pytest.raises(ForbiddenError):
        authorize(caller, action)


def test_nobody_is_asked_who_they_are() -> None:
    """401 before 403."""
    with pytest.raises(UnauthenticatedError):
        authorize(ANONYMOUS, Action.DRAFT_PROGRAM)
