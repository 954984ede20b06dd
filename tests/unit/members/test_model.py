"""The state machines of registrations and members."""

from copy import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from regulars.kernel.errors import ValidationFailedError
from regulars.members.errors import MemberStatusError, RegistrationStateError
from regulars.members.form import age_on, require_birth_date
from regulars.members.model import STEPS_MAX, Accepted, MemberStatus, Registration, RegistrationState, Step
from tests.support.registrations import NOW, opened, registration

STEPS = {
    ("submitted", "submitted"),
    ("submitted", "verified"),
    ("submitted", "already_member"),
    ("verified", "reviewed"),
    ("verified", "rejected"),
    ("verified", "already_member"),
    ("reviewed", "opened"),
    ("rejected", "submitted"),
    ("rejected", "verified"),
    ("opened", "complete"),
}
STATUS_STEPS = {
    ("active_pending_password", "active"),
    ("active_pending_password", "terminated"),
    ("active", "restricted"),
    ("active", "terminating"),
    ("restricted", "active"),
    ("restricted", "terminating"),
    ("terminating", "active"),
    ("terminating", "restricted"),
    ("terminating", "terminated"),
}


def _in(state: RegistrationState) -> Registration:
    return registration(steps=(Step(state, NOW, "public"),))


@pytest.mark.requirement("REG-29")
@pytest.mark.parametrize(("before", "after"), list(product(RegistrationState, RegistrationState)))
def test_a_registration_takes_the_steps_of_its_diagram_and_no_others(before: RegistrationState, after: RegistrationState) -> None:
    """Every pair of states: allowed as drawn, else refused with the state named, and nothing has changed."""
    found = _in(before)
    if (before.value, after.value) in STEPS:
        assert after == found.moved(after, NOW, "public").state
        return
    with pytest.raises(RegistrationStateError) as refused:
        found.moved(after, NOW, "public")
    assert {"state": before.value} == refused.value.params


@pytest.mark.requirement("REG-29")
@pytest.mark.parametrize(("before", "after"), list(product(MemberStatus, MemberStatus)))
def test_a_member_changes_status_as_drawn(before: MemberStatus, after: MemberStatus) -> None:
    """There is no way back from the end, and none past the password."""
    member = replace(opened(registration())[1], status=before)
    if (before.value, after.value) in STATUS_STEPS:
        assert after == member.became(after).status
        return
    with pytest.raises(MemberStatusError):
        member.became(after)


def test_a_registration_stays_small() -> None:
    """A form that goes back and forth for ever comes to its end."""
    found = registration(steps=(Step(RegistrationState.SUBMITTED, NOW, "public"),) * STEPS_MAX)
    with pytest.raises(RegistrationStateError):
        found.moved(RegistrationState.VERIFIED, NOW, "public")


def test_a_closed_registration_has_no_fields_left() -> None:
    """They are the member's, or gone."""
    with pytest.raises(RegistrationStateError):
        opened(registration())[0].require_fields()


@pytest.mark.parametrize(
    ("status", "may"),
    [("active_pending_password", False), ("active", True), ("restricted", True), ("terminating", True), ("terminated", False)],
)
def test_who_may_log_in(status: str, may: bool) -> None:  # noqa: FBT001  # a parameter of pytest's
    """Everybody with a password who has not left."""
    assert may == replace(opened(registration())[1], status=MemberStatus(status)).may_log_in


def test_documents_are_due_by_version() -> None:
    """Each by itself, in its order."""
    accepted = Accepted("1", "1", NOW)
    assert () == accepted.due("1", "1")
    assert (("terms", "2"), ("privacy", "3")) == accepted.due("2", "3")
    assert (("privacy", "2"),) == accepted.due("1", "2")


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2010-06-01", "2025-06-01", 15),
        ("2010-06-02", "2025-06-01", 14),
        ("2012-02-29", "2026-02-28", 13),
        ("2012-02-29", "2026-03-01", 14),
    ],
)
def test_age_is_in_whole_years(born: str, day: str, years: int) -> None:
    """Somebody born on 29 February turns older on 1 March."""
    assert years == age_on(datetime.fromisoformat(born).date(), datetime.fromisoformat(day).date())


@pytest.mark.parametrize("born", ["1899-12-31", "2025-06-02", "2012-01-01"])
def test_an_unfit_date_of_birth_is_refused(born: str) -> None:
    """Before 1900, in the future, or too young."""
    with pytest.raises(ValidationFailedError):
        require_birth_date(datetime.fromisoformat(born).date(), datetime(2025, 6, 1, tzinfo=UTC).date())
