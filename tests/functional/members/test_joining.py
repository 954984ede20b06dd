"""Joining through the public interface: the form, the code, the password."""

from datetime import timedelta

import pytest

from regulars.kernel.principal import Role
from regulars.program.presets import preset
from tests.support.members import EMAIL, PASSWORD, PHONE, Premises, form


@pytest.mark.requirement("REG-02", "REG-14", "REG-17", "REG-19", "REG-20", "CARD-01")
def test_a_visitor_becomes_a_member_step_by_step(place: Premises) -> None:
    """Form, code, password: log-in fails before the password is set; afterwards the member has a profile and a card at once."""
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
    assert completed.json["card_number"] == place.as_member(member_id).get("/v1/me/card").json["card_number"]


@pytest.mark.requirement("REG-24")
def test_the_state_walks_from_submitted_to_complete(place: Premises) -> None:
    """The registration shows every step with its time and what comes next, and only a masked contact."""
    registration_id = place.submit()
    first = place.public.get(f"/v1/registrations/{registration_id}").json
    assert ("submitted", "verification", "+86*******8000") == (first["state"], first["next"], first["contact"])

    place.verify(registration_id)
    place.set_password(registration_id)
    last = place.public.get(f"/v1/registrations/{registration_id}").json
    assert ["submitted", "verified", "reviewed", "opened", "complete"] == [step["state"] for step in last["steps"]]
    assert ("complete", "session", None) == (last["state"], last["next"], last["contact"])


@pytest.mark.requirement("REG-02")
@pytest.mark.parametrize("channel", ["website", "app", "wechat_mini_program", "ecommerce", "partner", "event"])
def test_each_public_channel_is_taken_and_kept(place: Premises, channel: str) -> None:
    """The same address takes every channel that needs no staff, and the member's record shows it."""
    member_id = place.join(channel=channel)
    assert channel == place.as_member(member_id).get("/v1/me").json["channel"]


@pytest.mark.requirement("REG-02")
def test_the_store_channel_needs_staff(place: Premises) -> None:
    """From the street the store's channel is refused and named; a clerk's form is taken and says who entered it."""
    refused = place.public.post("/v1/registrations", form(channel="store"))
    assert (422, {"channel": "channel_needs_staff"}) == (refused.status, refused.fields)

    taken = place.staff(Role.CLERK).post("/v1/members", form(channel="store"))
    assert 202 == taken.status
    registration_id = taken.json["registration_id"]
    place.verify(registration_id)
    member_id = place.set_password(registration_id).json["member_id"]
    seen = place.staff(Role.CLERK).get(f"/v1/members/{member_id}").json
    assert ("store", "staff:clerk") == (seen["channel"], seen["entered_by"])


@pytest.mark.requirement("REG-09", "REG-13", "PRV-04")
@pytest.mark.parametrize("field", ["terms_version", "privacy_version"])
def test_a_form_without_the_documents_in_force_is_refused(place: Premises, field: str) -> None:
    """A version that is not in force is named, with the one to accept; nothing is kept."""
    stale = place.public.post("/v1/registrations", form(**{field: "0"}))
    assert (422, {field: "document_not_current"}) == (stale.status, stale.fields)
    missing = place.public.post("/v1/registrations", form(**{field: ...}))
    assert (422, {field: "missing"}) == (missing.status, missing.fields)
    assert [] == place.items()


@pytest.mark.requirement("REG-09", "REG-13")
def test_the_accepted_versions_are_kept_with_their_time(place: Premises) -> None:
    """What was accepted on the form stands in the member's consents, with version and instant."""
    member_id = place.join(marketing={"sms": True, "email": False})
    consents = place.as_member(member_id).get("/v1/me/consents").json
    accepted = [(item["document"], item["accepted_version"], item["accepted_at"], item["is_due"]) for item in consents["documents"]]
    assert [("terms", "1", "2025-06-01T04:00:00.000Z", False), ("privacy", "1", "2025-06-01T04:00:00.000Z", False)] == accepted
    assert {"terms": "1", "privacy": "1", "marketing.sms": "granted"} == consents["history"][0]["what"]


@pytest.mark.requirement("REG-21")
def test_a_form_that_is_not_declared_true_is_refused(place: Premises) -> None:
    """The declaration is needed."""
    refused = place.public.post("/v1/registrations", form(information_is_true=False))
    assert (422, {"information_is_true": "declaration_needed"}) == (refused.status, refused.fields)


@pytest.mark.requirement("REG-11")
def test_the_join_form_decides_which_fields_are_needed(place: Premises) -> None:
    """Toggling `address` to required turns a form without it from accepted into refused, and back with it; unasked fields are refused."""
    assert 202 == place.public.post("/v1/registrations", form()).status

    fields = [item.model_dump(mode="json") for item in preset("four").join_form]
    place.publish(join_form=[{**item, "required": item["required"] or item["field"] == "address"} for item in fields])
    refused = place.public.post("/v1/registrations", form())
    assert (422, {"address": "field_needed"}) == (refused.status, refused.fields)
    assert 202 == place.public.post("/v1/registrations", form(address="上海市南京路 1 号")).status

    place.publish(join_form=[item for item in fields if item["field"] != "gender"])
    unasked = place.public.post("/v1/registrations", form(gender="female"))
    assert (422, {"gender": "field_not_collected"}) == (unasked.status, unasked.fields)


@pytest.mark.requirement("REG-15")
def test_an_incomplete_or_malformed_form_is_stopped_with_every_field_named(place: Premises) -> None:
    """The automatic review names all that is wrong at once."""
    answer = place.public.post(
        "/v1/registrations",
        form(name=..., phone="123", email="not an address", birth_date="2050-01-01", tier_applied_for="copper"),
    )
    expected = {
        "name": "field_needed",
        "phone": "phone_invalid",
        "email": "email_invalid",
        "birth_date": "birth_date_invalid",
        "tier_applied_for": "unknown_tier",
    }
    assert (422, expected) == (answer.status, answer.fields)


def test_a_form_needs_a_contact_and_a_grown_up_enough_person(place: Premises) -> None:
    """Neither phone nor e-mail is named; somebody under 14 would need a guardian."""
    assert {"phone": "contact_needed"} == place.public.post("/v1/registrations", form(phone=...)).fields
    young = place.public.post("/v1/registrations", form(birth_date="2011-06-02"))
    assert {"birth_date": "guardian_needed"} == young.fields
    assert 202 == place.public.post("/v1/registrations", form(birth_date="2011-06-01")).status


@pytest.mark.requirement("REG-14")
def test_the_code_goes_to_the_contact_that_was_chosen(place: Premises) -> None:
    """The phone gets it, unless the form asks for the e-mail address, or has only that."""
    assert "sms" == place.public.post("/v1/registrations", form(email=EMAIL)).json["code_sent_by"]
    assert "email" == place.public.post("/v1/registrations", form(email=EMAIL, verify_by="email")).json["code_sent_by"]
    assert "email" == place.public.post("/v1/registrations", form(email=EMAIL, phone=...)).json["code_sent_by"]
    wrong = place.public.post("/v1/registrations", form(verify_by="email"))
    assert {"verify_by": "contact_not_given"} == wrong.fields


@pytest.mark.requirement("REG-14")
def test_a_wrong_code_fails_and_five_tries_spend_it(place: Premises) -> None:
    """Five tries at one code, then even the right one fails; a new code works and the old one does not."""
    registration_id = place.submit()
    right = place.code(registration_id)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        assert (422, {"code": "code_wrong"}) == ((answer := place.verify(registration_id, wrong)).status, answer.fields)
    assert {"code": "code_spent"} == place.verify(registration_id, right).fields

    assert 202 == place.public.post(f"/v1/registrations/{registration_id}/verification-codes").status
    assert {"code": "code_wrong"} == place.verify(registration_id, right).fields
    assert 200 == place.verify(registration_id).status


@pytest.mark.requirement("REG-14")
def test_a_code_ends_after_ten_minutes(place: Premises) -> None:
    """One second before ten minutes it works, at ten minutes it does not."""
    late, in_time = place.submit(), place.submit(phone="13900139000")
    place.clock.move(minutes=9, seconds=59)
    assert 200 == place.verify(in_time).status
    place.clock.move(seconds=1)
    assert {"code": "code_expired"} == place.verify(late).fields


def test_a_verified_registration_gets_no_more_codes(place: Premises) -> None:
    """Once the contact is proved there is nothing to send."""
    registration_id = place.submit()
    place.verify(registration_id)
    refused = place.public.post(f"/v1/registrations/{registration_id}/verification-codes")
    assert (422, "registration_state") == (refused.status, refused.code)


def test_verifying_again_with_the_same_code_answers_the_same(place: Premises) -> None:
    """A lost answer is asked for again, even after the code's end; another code is still wrong."""
    registration_id = place.submit()
    first = place.verify(registration_id)
    place.clock.move(hours=1)
    assert first.json == place.verify(registration_id).json
    assert 1 == len(place.events("ApplicationApproved"))
    wrong = "000000" if place.code(registration_id) != "000000" else "000001"
    assert {"code": "code_wrong"} == place.verify(registration_id, wrong).fields


def test_a_form_can_be_corrected_before_it_is_verified(place: Premises) -> None:
    """A corrected contact gets a new code and the old code ends; the same contact keeps its code."""
    registration_id = place.submit()
    first_code = place.code(registration_id)
    path = f"/v1/registrations/{registration_id}"
    assert 200 == place.public.put(path, form(name="林大满")).status
    assert first_code == place.code(registration_id)

    changed = place.public.put(path, form(phone="13900139000"))
    assert (200, "+86*******9000") == (changed.status, changed.json["contact"])
    assert {"code": "code_wrong"} == place.verify(registration_id, first_code).fields
    assert "opened" == place.verify(registration_id).json["state"]
    closed = place.public.put(path, form())
    assert (422, "registration_state") == (closed.status, closed.code)


@pytest.mark.requirement("REG-19")
def test_a_password_must_be_fit(place: Premises) -> None:
    """Too short, common, one's own phone number, or with spaces at an end: refused, and the member stays without a password."""
    registration_id = place.submit()
    place.verify(registration_id)
    refusals = {
        "short": "string_too_short",
        "password123": "password_too_common",
        "12345678": "password_too_common",
        "abcabcabc": "password_too_common",
        "13800138000": "password_is_contact",
        "+86 138 0013 8000": "password_is_contact",
        " four-quiet-otters": "password_unfit",
        "four\x07quiet-otters": "password_unfit",
        "x" * 129: "string_too_long",
    }
    for password, code in refusals.items():
        assert (422, {"password": code}) == ((answer := place.set_password(registration_id, password)).status, answer.fields)
    assert {} == place.identity.passwords


def test_no_password_before_the_registration_is_opened(place: Premises) -> None:
    """Without a verified contact there is no password."""
    refused = place.set_password(place.submit())
    assert (422, "registration_state") == (refused.status, refused.code)


def test_setting_the_same_password_again_answers_the_same_and_another_is_refused(place: Premises) -> None:
    """The id of a registration is no way to change a password later."""
    registration_id = place.submit()
    place.verify(registration_id)
    first = place.set_password(registration_id)
    assert first.json == place.set_password(registration_id).json
    other = place.set_password(registration_id, "seven-loud-herons")
    assert (422, "password_already_set") == (other.status, other.code)
    assert 200 == place.log_in(password=PASSWORD).status
    assert 1 == len(place.events("MemberActivated"))


def test_an_unknown_registration_is_not_found(place: Premises) -> None:
    """Every step of a registration that does not exist is 404."""
    path = "/v1/registrations/reg_01JABCDEFGHJKMNPQRSTVWXYZ0"
    statuses = [
        place.public.get(path).status,
        place.public.put(path, form()).status,
        place.public.post(f"{path}/verification", {"code": "123456"}).status,
        place.public.post(f"{path}/verification-codes").status,
        place.public.post(f"{path}/password", {"password": PASSWORD}).status,
    ]
    assert [404] * 5 == statuses


def test_what_came_to_nothing_expires(place: Premises) -> None:
    """A form that is not verified is forgotten after thirty days; a member's data is not."""
    place.submit()
    member_id = place.join(phone="13900139000")
    expiring = {item["pk"].partition("#")[0] for item in place.items() if "ttl" in item}
    assert {"REG", "LIMIT", "TRIES"} == expiring
    expected = int((place.clock() + timedelta(days=30)).timestamp())
    assert {expected} == {item["ttl"] for item in place.items() if item["sk"] == "REGISTRATION"}
    assert all("ttl" not in item for item in place.items() if item["pk"] == f"MEMBER#{member_id}")
