"""What is personal stays in the sealed fields: not in logs, not in clear in a table, not in an event, not in an answer (PRV-17)."""

import io
import json
import logging
from typing import Any

import pytest

from regulars.aws.observability import logger
from regulars.kernel.principal import Role
from tests.support.members import Premises, form

CANARIES: dict[str, Any] = {
    "name": "Canaria Vogel",
    "phone": "+8615012345678",
    "email": "canary.bird@example.org",
    "address": "Käfigstraße 7, Vogelsheim",
    "birth_date": "1987-06-05",
    "interests": ["ornithologie"],
}
SECRET_WORDS = ("Canaria", "Vogel", "15012345678", "canary", "Käfig", "1987-06-05", "ornithologie", "yellow-feather-9")


def _live_through_everything(place: Premises) -> tuple[str, ...]:
    """One person's walk, with every kind of refusal; answers the codes that were sent."""
    codes = []
    registration_id = place.submit(**CANARIES)
    codes.append(place.code(registration_id))
    place.public.post("/v1/registrations", form(**{**CANARIES, "email": "canary@@example"}))
    place.public.post("/v1/registrations", raw='{"name": "Canaria Vogel", "phone": "+8615012345678"')
    place.public.post("/v1/registrations", form(**CANARIES, canary="Canaria"))
    place.verify(registration_id, "000000")
    place.verify(registration_id)
    place.set_password(registration_id, "15012345678")
    member_id = place.set_password(registration_id, "yellow-feather-9").json["member_id"]
    again = place.submit(**CANARIES)
    codes.append(place.code(again))
    place.verify(again)
    place.log_in(identifier=CANARIES["phone"], password="yellow-feather-8")
    place.log_in(identifier=CANARIES["phone"], password="yellow-feather-9")
    place.log_in(identifier=CANARIES["email"])
    place.public.post("/v1/password-resets", {"identifier": CANARIES["phone"]})
    me = place.as_member(member_id)
    me.patch("/v1/me", {"address": "Käfigstraße 8"}, headers={"If-Match": "*"})
    me.patch("/v1/me", {"phone": CANARIES["phone"]}, headers={"If-Match": "*"})
    place.staff(Role.CLERK).post("/v1/members/searches", {"phone": CANARIES["phone"]})
    place.staff(Role.CLERK).post("/v1/members/searches", {"email": CANARIES["email"], "phone": CANARIES["phone"]})
    return tuple(codes)


@pytest.mark.requirement("PRV-17")
def test_logs_hold_nothing_personal(place: Premises) -> None:
    """Through a whole life with every refusal: no name, phone, address, password or code in any log line."""
    handler, stream = logger().registered_handler, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    usual = handler.setStream(stream)
    try:
        codes = _live_through_everything(place)
    finally:
        handler.setStream(usual)
    logged = stream.getvalue()
    assert '"route":"POST /v1/sessions"' in logged
    assert [] == [word for word in (*SECRET_WORDS, *codes) if word in logged]


@pytest.mark.requirement("PRV-07", "PRV-17")
def test_the_table_and_the_events_hold_nothing_personal_in_clear(place: Premises) -> None:
    """Every personal field is sealed, contacts are found by blind index, codes are nowhere, and events name ids only."""
    codes = _live_through_everything(place)
    stored = place.items()
    texts = json.dumps(stored, default=lambda value: value.decode("latin-1"), ensure_ascii=False)
    assert [] == [word for word in SECRET_WORDS if word in texts]
    assert [] == [code for code in codes if f'"{code}"' in texts]
    events = json.dumps(place.events())
    assert [] == [word for word in (*SECRET_WORDS, *codes) if word in events]
    assert "MemberActivated" in texts


def test_a_closed_registration_keeps_no_personal_field(place: Premises) -> None:
    """Once the member is opened, or was one already, the registration's own copy is gone."""
    _live_through_everything(place)
    registrations = [item for item in place.items() if item["sk"] == "REGISTRATION"]
    assert [False] * len(registrations) == ["sealed" in item for item in registrations]


def test_refusals_repeat_nothing_that_was_sent(place: Premises) -> None:
    """An unfit value is named by its field, never quoted."""
    answer = place.public.post("/v1/registrations", form(name="Canaria\n", phone="Canaria", email="Canaria", gender="Canaria"))
    assert 422 == answer.status
    assert "Canaria" not in answer.text


def test_a_sealed_field_is_its_owners_alone(place: Premises) -> None:
    """A field that is moved to another name or another member does not open."""
    place.join()
    place.join(phone="13900139000")
    first, second = (place.wiring.member_store.find(item["member_id"]) for item in place.items() if item["sk"] == "MEMBER")
    assert first
    assert second
    from regulars.members.encryption import SealBrokenError
    from regulars.members.model import Sealed

    vault = place.wiring.vault
    renamed = Sealed(first.sealed.key, {"phone": first.sealed.fields["name"]})
    moved = Sealed(first.sealed.key, {"name": second.sealed.fields["name"]})
    altered = Sealed(first.sealed.key, {"name": b"\x02" + first.sealed.fields["name"][1:]})
    for broken in (renamed, moved, altered):
        with pytest.raises(SealBrokenError):
            vault.open(first.member_id, broken)
