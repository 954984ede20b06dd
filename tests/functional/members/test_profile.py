"""One's own profile, consents and card."""

from datetime import timedelta

import pytest

from functions.members.handler import app as members_app
from regulars.kernel.principal import Role, Scope
from regulars.members.errors import CardNotFoundError, CardTokenExpiredError
from regulars.program.presets import preset
from tests.support.calls import Caller, machine, staff
from tests.support.members import EMAIL, PHONE, Premises


@pytest.mark.requirement("PRO-01", "PRO-19")
def test_the_profile_gives_back_every_field(place: Premises) -> None:
    """What stood on the form stands in the profile."""
    given = {
        "email": EMAIL,
        "gender": "female",
        "birth_date": "1990-02-28",
        "address": "上海市\n南京路 1 号",
        "interests": ["茶", "跑步"],
    }
    answer = place.as_member(place.join(**given)).get("/v1/me")
    assert {**given, "name": "林小满", "phone": PHONE} == {name: answer.json[name] for name in (*given, "name", "phone")}
    assert "no-store" == answer.headers["cache-control"]


def test_free_fields_are_changed_under_the_version_that_was_read(place: Premises) -> None:
    """A stale ETag is 412 and changes nothing; a missing one is named; a fresh one works and gives a new one."""
    me = place.as_member(place.join())
    etag = me.get("/v1/me").headers["etag"]
    changed = me.patch("/v1/me", {"language": "en", "interests": ["tea"], "gender": "other"}, headers={"If-Match": etag})
    assert (200, "en", ["tea"]) == (changed.status, changed.json["language"], changed.json["interests"])

    stale = me.patch("/v1/me", {"language": "zh-CN"}, headers={"If-Match": etag})
    assert (412, "en") == (stale.status, me.get("/v1/me").json["language"])
    assert 412 == me.patch("/v1/me", {"language": "zh-CN"}, headers={"If-Match": '"x"'}).status
    assert {"If-Match": "if_match_required"} == me.patch("/v1/me", {"language": "zh-CN"}).fields
    emptied = me.patch("/v1/me", {"gender": None, "interests": None}, headers={"If-Match": changed.headers["etag"]})
    assert (None, []) == (emptied.json["gender"], emptied.json["interests"])
    (first, second) = place.events("ProfileChanged")
    assert (["gender", "interests", "language"], ["gender", "interests"]) == (first["fields"], second["fields"])


def test_a_change_that_changes_nothing_is_no_change(place: Premises) -> None:
    """The version stays, and no event is let out."""
    me = place.as_member(place.join(interests=["tea"]))
    etag = me.get("/v1/me").headers["etag"]
    same = me.patch("/v1/me", {"language": "zh-CN", "interests": ["tea"]}, headers={"If-Match": etag})
    assert (200, etag, []) == (same.status, same.headers["etag"], place.events("ProfileChanged"))
    assert 304 == me.get("/v1/me", headers={"If-None-Match": etag}).status


@pytest.mark.requirement("PRO-13")
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("phone", "+8613900139000", "contact_change_needs_verification"),
        ("email", EMAIL, "contact_change_needs_verification"),
        ("name", "别人", "change_needs_review"),
        ("birth_date", "1991-01-01", "change_needs_review"),
        ("member_id", "mem_x", "extra_forbidden"),
        ("gender", "unknown", "literal_error"),
        ("language", "fr", "literal_error"),
        ("address", "", "string_too_short"),
    ],
)
def test_what_is_not_free_is_refused_by_name(place: Premises, field: str, value: str, code: str) -> None:
    """Contacts, names and dates of birth need a verification or a check; the old value stands."""
    me = place.as_member(place.join(birth_date="1990-01-01"))
    before = me.get("/v1/me")
    refused = me.patch("/v1/me", {field: value}, headers={"If-Match": "*"})
    assert (422, {field: code}) == (refused.status, refused.fields)
    assert before.json == me.get("/v1/me").json


def test_a_date_of_birth_can_be_given_once(place: Premises) -> None:
    """A member who gave none may add it; it has to be one of somebody old enough."""
    me = place.as_member(place.join())
    young = me.patch("/v1/me", {"birth_date": "2020-01-01"}, headers={"If-Match": "*"})
    assert (422, {"birth_date": "guardian_needed"}) == (young.status, young.fields)
    given = me.patch("/v1/me", {"birth_date": "1990-01-01"}, headers={"If-Match": "*"})
    assert (200, "1990-01-01") == (given.status, given.json["birth_date"])


def test_a_field_the_programme_needs_cannot_be_emptied(place: Premises) -> None:
    """The join form rules the profile too."""
    fields = [item.model_dump(mode="json") for item in preset("four").join_form]
    place.publish(join_form=[{**item, "required": item["required"] or item["field"] == "address"} for item in fields])
    me = place.as_member(place.join(address="上海"))
    refused = me.patch("/v1/me", {"address": None}, headers={"If-Match": "*"})
    assert (422, {"address": "field_needed"}) == (refused.status, refused.fields)


@pytest.mark.requirement("PRV-05")
def test_marketing_is_granted_and_withdrawn_by_channel(place: Premises) -> None:
    """Off until granted; withdrawing is as short as granting; every change stays, the newest first; repeating adds nothing."""
    me = place.as_member(place.join())
    assert {"sms": False, "email": False, "phone": False, "push": False, "wechat": False} == me.get("/v1/me/consents").json["marketing"]
    me.put("/v1/me/consents", {"marketing": {"sms": True, "email": True}})
    me.put("/v1/me/consents", {"marketing": {"sms": True}})
    place.clock.move(days=1)
    after = me.post("/v1/me/consents", {"marketing": {"sms": False}}).json
    assert (False, True) == (after["marketing"]["sms"], after["marketing"]["email"])
    assert [
        {"marketing.sms": "withdrawn"},
        {"marketing.email": "granted", "marketing.sms": "granted"},
        {"terms": "1", "privacy": "1"},
    ] == [entry["what"] for entry in after["history"]]
    assert "2025-06-02T04:00:00.000Z" == after["history"][0]["at"]


def test_the_history_of_consents_is_paged(place: Premises) -> None:
    """Pages laid together are the whole history; a foreign cursor is refused."""
    me = place.as_member(place.join())
    for granted in (True, False, True):
        me.put("/v1/me/consents", {"marketing": {"sms": granted}})
    seen: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        page = me.get("/v1/me/consents", query={"limit": "1", **({"cursor": cursor} if cursor else {})}).json
        seen += page["history"]
        cursor = page["next_cursor"]
    assert me.get("/v1/me/consents").json["history"] == seen[:4]
    for forged in ("x", "e30", "eyJzayI6IkxPRyMwMDAwMDEifQ"):
        assert {"cursor": "invalid_cursor"} == me.get("/v1/me/consents", query={"cursor": forged}).fields


@pytest.mark.requirement("CARD-06")
def test_the_card_shows_tokens_that_a_till_reads_and_that_end(place: Premises) -> None:
    """The token of the moment and those after it work each in its time, one minute's tolerance included; a forged one never does."""
    member_id = place.join()
    card = place.as_member(member_id).get("/v1/me/card").json
    directory = place.wiring.member_directory
    tokens = [card["token"], *card["next_tokens"]]
    assert ("2025-06-01T04:00:00.000Z", "2025-06-01T04:02:00.000Z") == (tokens[0]["valid_from"], tokens[0]["expires_at"])
    assert card["qr_svg"].startswith("<svg")

    for number, token in enumerate(tokens):
        at = place.clock() + timedelta(minutes=number, seconds=119)
        assert member_id == directory.by_card_token(token["token"], at).member_id
        with pytest.raises(CardTokenExpiredError):
            directory.by_card_token(token["token"], at + timedelta(seconds=1))
    with pytest.raises(CardTokenExpiredError):
        directory.by_card_token(tokens[5]["token"], place.clock())
    forged = tokens[0]["token"][:-1] + ("A" if tokens[0]["token"][-1] != "A" else "B")
    with pytest.raises(CardNotFoundError):
        directory.by_card_token(forged, place.clock())


def test_another_members_profile_is_out_of_reach(place: Premises) -> None:
    """Own pages are for members; staff, machines and strangers are refused; somebody without a record finds nothing."""
    place.join()
    assert 403 == Caller(members_app, staff(Role.ADMIN)).get("/v1/me").status
    assert 403 == Caller(members_app, machine(Scope.MEMBERS_READ)).get("/v1/me/card").status
    assert 401 == Caller(members_app).get("/v1/me").status
    nobody = place.as_member("mem_01JABCDEFGHJKMNPQRSTVWXYZ0")
    assert [404] * 3 == [nobody.get(path).status for path in ("/v1/me", "/v1/me/card", "/v1/me/consents")]
