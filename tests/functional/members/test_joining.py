"""Joining through the public interface."""

import pytest

from tests.support.members import EMAIL, PHONE, Premises, form


@pytest.mark.requirement("REG-02", "REG-14", "REG-17", "REG-19", "REG-20", "CARD-01", "CARD-06")
def test_a_visitor_becomes_a_member_step_by_step(place: Premises) -> None:
    """Form, code, password: after each step the registration says how far it is; the member logs in and has a profile and a card."""
    registration_id = place.submit(email=EMAIL, interests=["茶", "咖啡"])

    verified = place.verify(registration_id)
    assert (200, "opened", "password") == (verified.status, verified.json["state"], verified.json["next"])
    assert 401 == place.log_in().status

    completed = place.set_password(registration_id)
    assert (200, "active") == (completed.status, completed.json["status"])
    member_id = completed.json["member_id"]

    session = place.log_in()
    assert (200, member_id, []) == (session.status, session.json["member_id"], session.json["consents_due"])
    me = place.as_member(member_id).get("/v1/me").json
    assert ("林小满", PHONE, EMAIL, ["茶", "咖啡"]) == (me["name"], me["phone"], me["email"], me["interests"])
    card = place.as_member(member_id).get("/v1/me/card").json
    assert completed.json["card_number"] == card["card_number"]
    assert card["token"]["token"].startswith(f"RG1.{card['card_number']}.")
    walked = [step["state"] for step in place.public.get(f"/v1/registrations/{registration_id}").json["steps"]]
    assert ["submitted", "verified", "reviewed", "opened", "complete"] == walked
    assert 202 == place.public.post("/v1/registrations", form(phone="13900139000")).status
