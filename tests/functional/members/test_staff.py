"""Staff and machines: on behalf, finding, masks by role, the review queue."""

import pytest

from functions.members.handler import app as members_app
from regulars.kernel.principal import Role, Scope
from tests.support.calls import Caller, machine
from tests.support.members import EMAIL, PHONE, Premises, form


@pytest.mark.requirement("PRO-03")
def test_staff_find_a_member_by_id_card_phone_and_address(place: Premises) -> None:
    """Each key finds the same member; what nobody has, and what is no contact, finds nothing."""
    member_id = place.join()
    by_address = place.join(phone=..., email=EMAIL)
    card_number = place.as_member(member_id).get("/v1/me/card").json["card_number"]
    desk = place.staff(Role.CLERK)

    def found(**key: str) -> list[str]:
        return [item["member_id"] for item in desk.post("/v1/members/searches", key).json["items"]]

    assert [[member_id]] * 3 == [found(member_id=member_id), found(card_number=card_number), found(phone="138 0013 8000")]
    assert [by_address] == found(email="LIN@example.com")
    for key in ({"phone": "13900139000"}, {"email": "x"}, {"card_number": "9000000000000000"}, {"member_id": "mem_x"}, {"phone": "x"}):
        assert [] == found(**key)


def test_a_search_has_exactly_one_key(place: Premises) -> None:
    """None and two are refused; nothing personal is ever in an address."""
    for body in ({}, {"phone": PHONE, "email": EMAIL}):
        refused = place.staff(Role.CLERK).post("/v1/members/searches", body)
        assert (422, "one_key") == (refused.status, next(iter(refused.fields.values())))


@pytest.mark.requirement("PRV-18")
def test_staff_see_a_member_masked_by_role(place: Premises) -> None:
    """Contacts are masked for all, the name for clerks too."""
    member_id = place.join(email=EMAIL)
    masked = {"phone": "+86*******8000", "email": "l***@e***.com"}
    for role, name in ((Role.CLERK, "林*"), (Role.AGENT, "林小满"), (Role.PRIVACY_OFFICER, "林小满"), (Role.MANAGER, "林小满")):
        seen = place.staff(role).get(f"/v1/members/{member_id}").json
        assert {**masked, "name": name} == {field: seen[field] for field in ("phone", "email", "name")}


def test_machines_see_the_status_and_nothing_personal(place: Premises) -> None:
    """A till with `members:read` reads without any decryption."""
    member_id = place.join(email=EMAIL)
    till = Caller(members_app, machine(Scope.MEMBERS_READ))
    place.kms.down = {"decrypt"}
    place.wiring.vault._kept.clear()
    seen = till.get(f"/v1/members/{member_id}")
    assert (200, "active", None, None, None) == (seen.status, *(seen.json[name] for name in ("status", "name", "phone", "email")))
    assert 403 == till.post("/v1/members/searches", {"member_id": member_id}).status


@pytest.mark.requirement("PRV-07", "PRV-18")
@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("POST", "/v1/members", form(channel="store"), {"clerk", "manager", "admin"}),
        ("GET", "/v1/members/mem_01JABCDEFGHJKMNPQRSTVWXYZ0", None, {"clerk", "agent", "manager", "admin", "privacy_officer"}),
        ("POST", "/v1/members/searches", {"phone": PHONE}, {"clerk", "agent", "manager", "admin", "privacy_officer"}),
        ("GET", "/v1/applications", None, {"manager", "admin"}),
        ("GET", "/v1/applications/reg_01JABCDEFGHJKMNPQRSTVWXYZ0", None, {"manager", "admin"}),
        ("POST", "/v1/applications/reg_01JABCDEFGHJKMNPQRSTVWXYZ0/approval", None, {"manager", "admin"}),
        ("POST", "/v1/applications/reg_01JABCDEFGHJKMNPQRSTVWXYZ0/rejection", {"reason": "x"}, {"manager", "admin"}),
    ],
)
def test_only_the_roles_of_the_policy_pass(place: Premises, method: str, path: str, body: object, allowed: set[str]) -> None:
    """Every other role, a member and a stranger are refused before anything is read."""
    for role in Role:
        status = place.staff(role).call(method, path, body).status
        assert (status not in {401, 403}) == (role.value in allowed), role
    assert 403 == place.as_member("mem_01JABCDEFGHJKMNPQRSTVWXYZ0").call(method, path, body).status
    assert 401 == Caller(members_app).call(method, path, body).status


@pytest.mark.requirement("REG-10", "REG-16", "REG-17")
def test_in_manual_mode_staff_approve(place: Premises) -> None:
    """A verified application waits; the reviewer sees all three groups of the form; approval opens the member, once."""
    place.publish(review_mode="manual")
    registration_id = place.submit(tier_applied_for="silver", channel="event", interests=["tea"])
    answer = place.verify(registration_id).json
    assert ("verified", "review") == (answer["state"], answer["next"])
    assert 422 == place.set_password(registration_id).status

    manager = place.staff(Role.MANAGER)
    (waiting,) = manager.get("/v1/applications").json["items"]
    assert (registration_id, "silver", "event") == (waiting["registration_id"], waiting["tier_applied_for"], waiting["channel"])
    seen = manager.get(f"/v1/applications/{registration_id}").json
    assert ({"name": "林小满", "phone": PHONE, "interests": '["tea"]'}, "silver") == (seen["fields"], seen["tier_applied_for"])

    path = f"/v1/applications/{registration_id}/approval"
    assert ["opened", "opened"] == [manager.post(path).json["state"] for _ in range(2)]
    assert [] == manager.get("/v1/applications").json["items"]
    assert 200 == place.set_password(registration_id).status
    (log,) = [item for item in place.items() if item["pk"] == f"REG#{registration_id}" and item.get("what") == "opened"]
    assert "staff:manager" == log["actor"]


@pytest.mark.requirement("REG-16", "REG-23")
def test_a_rejected_applicant_is_told_why_and_may_correct(place: Premises) -> None:
    """The reason is shown; the corrected form goes back to the review without a new code, a new contact with one."""
    place.publish(review_mode="manual")
    registration_id = place.submit()
    place.verify(registration_id)
    manager = place.staff(Role.MANAGER)
    rejected = manager.post(f"/v1/applications/{registration_id}/rejection", {"reason": "请填写真实姓名"})
    assert (200, "rejected") == (rejected.status, rejected.json["state"])
    state = place.public.get(f"/v1/registrations/{registration_id}").json
    assert ("rejected", "correction", "请填写真实姓名") == (state["state"], state["next"], state["rejection_reason"])
    assert [{"registration_id": registration_id, "channel": "sms", "language": "zh-CN"}] == [
        {name: event[name] for name in ("registration_id", "channel", "language")} for event in place.events("ApplicationRejected")
    ]

    path = f"/v1/registrations/{registration_id}"
    corrected = place.public.put(path, form(name="林真名")).json
    assert ("verified", "review", None) == (corrected["state"], corrected["next"], corrected["rejection_reason"])
    manager.post(f"/v1/applications/{registration_id}/rejection", {"reason": "手机号有误"})
    moved = place.public.put(path, form(name="林真名", phone="13900139000")).json
    assert ("submitted", "verification") == (moved["state"], moved["next"])
    place.verify(registration_id)
    assert "opened" == manager.post(f"/v1/applications/{registration_id}/approval").json["state"]


def test_only_what_waits_is_reviewed(place: Premises) -> None:
    """An unverified form is neither approved nor rejected; one that is unknown is not found."""
    place.publish(review_mode="manual")
    registration_id = place.submit()
    manager = place.staff(Role.MANAGER)
    for step, body in (("approval", None), ("rejection", {"reason": "x"})):
        early = manager.post(f"/v1/applications/{registration_id}/{step}", body)
        assert (422, "registration_state") == (early.status, early.code)
        assert 404 == manager.post(f"/v1/applications/reg_01JABCDEFGHJKMNPQRSTVWXYZ0/{step}", body).status


@pytest.mark.requirement("REG-22")
def test_of_two_waiting_applications_of_one_contact_one_is_approved(place: Premises) -> None:
    """The second approval is told that the contact is a member's by now."""
    place.publish(review_mode="manual")
    first, second = place.submit(), place.submit()
    for registration_id in (first, second):
        place.verify(registration_id)
    manager = place.staff(Role.MANAGER)
    assert 200 == manager.post(f"/v1/applications/{first}/approval").status
    refused = [manager.post(f"/v1/applications/{second}/approval") for _ in range(2)]
    assert [(422, "contact_already_member")] * 2 == [(answer.status, answer.code) for answer in refused]


def test_the_queue_is_paged_oldest_first(place: Premises) -> None:
    """Pages laid together are the whole queue; a forged cursor is refused."""
    place.publish(review_mode="manual")
    submitted = []
    for number in range(3):
        place.clock.move(seconds=1)
        registration_id = place.submit(phone=..., email=f"n{number}@example.com")
        place.verify(registration_id)
        submitted.append(registration_id)
    manager = place.staff(Role.MANAGER)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = manager.get("/v1/applications", query={"limit": "2", **({"cursor": cursor} if cursor else {})}).json
        seen += [item["registration_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert submitted == seen
    assert {"cursor": "invalid_cursor"} == manager.get("/v1/applications", query={"cursor": "eyJhIjoiYiJ9"}).fields


@pytest.mark.requirement("REG-15")
def test_a_form_that_became_incomplete_before_its_review_goes_back(place: Premises) -> None:
    """The programme asks for more by the time the code is entered: the form comes back with the missing fields named."""
    registration_id = place.submit()
    fields = [item.model_dump(mode="json") for item in place.program.versions[-1].programme.join_form]
    place.publish(join_form=[{**item, "required": item["required"] or item["field"] == "address"} for item in fields])
    state = place.verify(registration_id).json
    assert ("rejected", ["address"]) == (state["state"], state["missing_fields"])
    corrected = place.public.put(f"/v1/registrations/{registration_id}", form(address="上海"))
    assert "opened" == corrected.json["state"]
