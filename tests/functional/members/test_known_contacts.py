"""One contact, one member; and nothing tells a stranger whose contact is known (REG-22, S3)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.members import EMAIL, PHONE, Premises, form


@pytest.mark.requirement("REG-22")
def test_a_second_registration_of_a_contact_never_makes_a_second_member(place: Premises) -> None:
    """It is said only after the contact was proved; the owner is told once, however often the code is entered."""
    member_id = place.join()
    registration_id = place.submit(phone="138 0013 8000", channel="app")

    first, again = place.verify(registration_id), place.verify(registration_id)
    assert [(422, "contact_already_member")] * 2 == [(answer.status, answer.code) for answer in (first, again)]
    assert [member_id] == [event["member_id"] for event in place.events("RegistrationForKnownContact")]
    assert 1 == sum(item["sk"] == "MEMBER" for item in place.items())
    assert "already_member" == place.public.get(f"/v1/registrations/{registration_id}").json["state"]


@pytest.mark.requirement("REG-22")
def test_of_two_registrations_of_one_contact_the_first_to_open_wins(place: Premises) -> None:
    """Both may be verified; the second is told that the contact is a member's."""
    first, second = place.submit(phone=..., email=EMAIL), place.submit(phone=..., email="LIN@EXAMPLE.COM")
    assert (200, 422) == (place.verify(second).status, place.verify(first).status)


@pytest.mark.requirement("REG-22")
def test_the_guard_decides_when_both_pass_the_look_up(place: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at the same moment: nobody owned the contact when the second looked, the transaction still refuses it."""
    first, second = place.submit(), place.submit()
    place.verify(first)
    store = place.wiring.member_store
    owner_of, answers = store.owner_of, iter([None])
    monkeypatch.setattr(store, "owner_of", lambda mark: next(answers, ...) and owner_of(mark))
    refused = place.verify(second)
    assert (422, "contact_already_member") == (refused.status, refused.code)
    assert 1 == sum(item["sk"] == "MEMBER" for item in place.items())


def test_known_and_unknown_contacts_get_the_same_answer_for_the_same_work(place: Premises) -> None:
    """A form with a member's contact is answered as any other, by the same calls in the same order."""
    place.join()
    known, calls_known = _watched(place, lambda: place.public.post("/v1/registrations", form()))
    unknown, calls_unknown = _watched(place, lambda: place.public.post("/v1/registrations", form(phone="13900139000")))
    differing = {"registration_id", "contact"}
    assert 202 == known.status == unknown.status
    assert known.headers == unknown.headers
    assert {name: value for name, value in known.json.items() if name not in differing} == {
        name: value for name, value in unknown.json.items() if name not in differing
    }
    assert calls_known == calls_unknown


@pytest.mark.parametrize("identifier", ["13900139000", "nobody@example.com", "nobody", "mem_01JABCDEFGHJKMNPQRSTVWXYZ0"])
def test_unknown_names_and_wrong_passwords_are_answered_alike(place: Premises, identifier: str) -> None:
    """The same status, code and headers, for a phone, an address, a staff name and a member id."""
    place.join()
    wrong = place.log_in(password="not-the-password")
    unknown = place.log_in(identifier=identifier)
    assert (401, "invalid_credentials") == (wrong.status, wrong.code)
    assert (wrong.status, wrong.headers, wrong.text) == (unknown.status, unknown.headers, unknown.text)


def test_an_unknown_contact_costs_a_log_in_the_same_work(place: Premises) -> None:
    """The tables are asked as often and the identity service as well."""
    place.join()
    _, calls_known = _watched(place, lambda: place.log_in(password="not-the-password"))
    _, calls_unknown = _watched(place, lambda: place.log_in(identifier="13900139000"))
    assert calls_known == calls_unknown
    assert "log_in" in calls_known


def test_an_unverified_second_contact_takes_nothing_from_its_owner(place: Premises) -> None:
    """Somebody who writes a stranger's address on the form does not keep the stranger from joining with it."""
    place.join(email=EMAIL)
    owner = place.join(phone=..., email=EMAIL)
    assert owner == place.log_in(identifier=EMAIL).json["member_id"]
    assert PHONE == place.as_member(place.log_in().json["member_id"]).get("/v1/me").json["phone"]


def _watched(place: Premises, work: Callable[[], Any]) -> tuple[Any, list[str]]:
    """The answer and the calls to table, key service and identity service that it took."""
    services = (place.table.calls, place.kms.calls, place.identity.calls)
    before = [len(calls) for calls in services]
    answer = work()
    return answer, [call for calls, start in zip(services, before, strict=True) for call in calls[start:]]
