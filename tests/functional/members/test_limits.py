"""Limits on forms and codes (S5, S8): per contact, per address, in all, each by its setting's name."""

from collections.abc import Callable

import pytest

from tests.support.calls import Answer
from tests.support.clock import MovableClock
from tests.support.members import Premises, form, premises

REGISTRATIONS = "/v1/registrations"


def _same_contact(place: Premises) -> Answer:
    return place.public.post(REGISTRATIONS, form())


def _other_contact(place: Premises) -> Answer:
    place.clock.move(microseconds=1)
    return place.public.post(REGISTRATIONS, form(phone=..., email=f"n{place.clock().microsecond}@example.com"))


@pytest.mark.requirement("REG-14")
@pytest.mark.parametrize(
    ("limit", "ask"),
    [
        ("registrations_per_contact", _same_contact),
        ("registrations_per_address", _other_contact),
        ("codes_per_contact", _same_contact),
        ("codes_per_contact_per_day", _same_contact),
        ("codes_per_address", _other_contact),
        ("codes_per_day", _other_contact),
    ],
)
def test_each_limit_refuses_the_next_one(clock: MovableClock, limit: str, ask: Callable[[Premises], Answer]) -> None:
    """With a limit of two the third form is 429 with the seconds to wait, and works again in the next window."""
    with premises(clock, **{limit: 2}) as place:
        assert [202, 202] == [ask(place).status for _ in range(2)]
        refused = ask(place)
        assert (429, "too_many_requests", refused.json["detail"]) == (
            refused.status,
            refused.code,
            f"Too many requests: wait {refused.headers['retry-after']} seconds.",
        )
        place.clock.move(seconds=float(refused.headers["retry-after"]))
        assert 202 == ask(place).status


@pytest.mark.requirement("REG-14")
def test_resending_is_limited(clock: MovableClock) -> None:
    """The first code and two more, then the contact has to wait."""
    with premises(clock, codes_per_contact=3) as place:
        path = f"{REGISTRATIONS}/{place.submit()}/verification-codes"
        assert [202, 202, 429] == [place.public.post(path).status for _ in range(3)]


def test_counters_name_nobody(place: Premises) -> None:
    """Neither the address nor the contact stands in a counter's key."""
    place.submit()
    counters = [item["pk"] for item in place.items() if item["pk"].startswith("LIMIT#")]
    assert 6 == len(counters)
    assert not any("192.0.2.1" in key or "138" in key.split("#")[1] for key in counters)
