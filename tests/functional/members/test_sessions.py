"""Log-in, refresh, log-out, lock-out, and forgotten passwords."""

from collections.abc import Iterator
from copy import replace

import pytest

from regulars.members.codes import verification_code
from regulars.members.model import MemberStatus
from regulars.members.ports import Record
from tests.support.clock import MovableClock
from tests.support.members import EMAIL, PASSWORD, PHONE, Premises, premises

PAGE = {"X-Requested-By": "web"}
OTHER = "seven-loud-herons"


@pytest.fixture
def guarded(clock: MovableClock) -> Iterator[Premises]:
    """Premises where three tries lock a name and five an address."""
    with premises(clock, sessions_per_contact=3, sessions_per_address=5) as built:
        yield built


@pytest.mark.requirement("REG-25")
@pytest.mark.parametrize("identifier", [PHONE, "138 0013 8000", "0086 13800138000"])
def test_a_member_logs_in_by_phone_however_it_is_written(place: Premises, identifier: str) -> None:
    """The number's one form decides."""
    member_id = place.join()
    answer = place.log_in(identifier=identifier)
    assert (200, member_id, "Bearer", 1800) == (
        answer.status,
        answer.json["member_id"],
        answer.json["token_type"],
        answer.json["expires_in"],
    )


@pytest.mark.requirement("REG-25")
def test_a_member_logs_in_by_the_verified_address(place: Premises) -> None:
    """Capital letters do not matter."""
    member_id = place.join(phone=..., email=EMAIL)
    assert member_id == place.log_in(identifier="Lin@Example.Com").json["member_id"]


def test_staff_log_in_by_name(place: Premises) -> None:
    """Staff have no member and nothing to accept."""
    place.identity.passwords["clerk"] = PASSWORD
    answer = place.log_in(identifier="clerk")
    assert (200, None, []) == (answer.status, answer.json["member_id"], answer.json["consents_due"])


def test_nobody_logs_in_by_a_member_id(place: Premises) -> None:
    """The user's name in the identity service is no log-in name."""
    assert 401 == place.log_in(identifier=place.join()).status


def test_a_page_gets_the_refresh_token_as_a_cookie_that_scripts_cannot_read(place: Premises) -> None:
    """With `X-Requested-By` the body has no refresh token; the cookie works only together with that header."""
    place.join()
    answer = place.log_in(headers=PAGE)
    cookie = answer.headers["set-cookie"]
    assert answer.json["refresh_token"] is None
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/v1/sessions"} <= set(cookie.split("; "))

    sent = {"Cookie": f"a,b=c; {cookie.partition(';')[0]}; other"}
    refused = place.public.post("/v1/sessions/refresh", {}, headers=sent)
    assert (422, {"X-Requested-By": "requested_by_needed"}) == (refused.status, refused.fields)
    assert 200 == place.public.post("/v1/sessions/refresh", {}, headers=sent | PAGE).status
    ended = place.public.post("/v1/sessions/logout", {}, headers=sent | PAGE)
    assert (204, True) == (ended.status, "Max-Age=0" in ended.headers["set-cookie"])
    assert 401 == place.public.post("/v1/sessions/refresh", {}, headers=sent | PAGE).status


def test_a_native_client_gets_the_refresh_token_in_the_body(place: Premises) -> None:
    """Without the header, or when it asks for it."""
    place.join()
    assert "refresh-1" == place.log_in().json["refresh_token"]
    body = {"identifier": PHONE, "password": PASSWORD, "token_delivery": "body"}
    asked = place.public.post("/v1/sessions", body, headers=PAGE)
    assert ("refresh-2", False) == (asked.json["refresh_token"], "set-cookie" in asked.headers)
    refused = place.public.post("/v1/sessions", {**body, "token_delivery": "cookie"})
    assert (422, "requested_by_needed") == (refused.status, refused.fields["X-Requested-By"])


def test_a_session_is_refreshed_until_it_is_ended(place: Premises) -> None:
    """Refreshing answers a new access token; after log-out it is 401; ending it again changes nothing; a missing token is named."""
    place.join()
    body = {"refresh_token": place.log_in().json["refresh_token"]}
    assert 200 == place.public.post("/v1/sessions/refresh", body).status
    assert [204, 204] == [place.public.post("/v1/sessions/logout", body).status for _ in range(2)]
    ended = place.public.post("/v1/sessions/refresh", body)
    assert (401, "session_ended") == (ended.status, ended.code)
    assert {"refresh_token": "refresh_token_needed"} == place.public.post("/v1/sessions/refresh", {}).fields
    assert {"refresh_token": "refresh_token_needed"} == place.public.post("/v1/sessions/logout", {}, headers={"Cookie": "=;=;"}).fields


@pytest.mark.requirement("PRV-05")
def test_a_new_version_of_a_document_is_asked_for_at_the_next_log_in(place: Premises) -> None:
    """The log-in names what is due; once accepted it is asked for no more, and both acceptances stay in the history."""
    member_id = place.join()
    privacy = place.program.versions[-1].programme.privacy.model_dump(mode="json")
    place.publish(privacy={**privacy, "version": "2"})
    due = [{"document": "privacy", "version": "2"}]
    session = place.log_in().json
    assert due == session["consents_due"]
    assert due == place.public.post("/v1/sessions/refresh", {"refresh_token": session["refresh_token"]}).json["consents_due"]

    me = place.as_member(member_id)
    assert {"privacy_version": "document_not_current"} == me.post("/v1/me/consents", {"privacy_version": "3"}).fields
    assert 200 == me.post("/v1/me/consents", {"privacy_version": "2"}).status
    assert [] == place.log_in().json["consents_due"]
    history = me.get("/v1/me/consents").json["history"]
    assert [{"privacy": "2"}, {"terms": "1", "privacy": "1"}] == [entry["what"] for entry in history]


@pytest.mark.requirement("REG-25")
def test_a_name_is_locked_after_too_many_wrong_passwords(guarded: Premises) -> None:
    """After three wrong passwords even the right one waits until the hour has ended; unknown names are locked alike."""
    guarded.join()
    assert [401, 401, 401, 429] == [guarded.log_in(password="not-the-password").status for _ in range(4)]
    guarded.clock.move(hours=1)
    assert [401, 401, 401, 429] == [guarded.log_in(identifier="nobody@example.com").status for _ in range(4)]
    guarded.clock.move(hours=1)
    assert 200 == guarded.log_in().status


def test_a_locked_name_does_not_open_to_the_right_password(guarded: Premises) -> None:
    """429 with the seconds to wait; the identity service is not asked."""
    guarded.join()
    for _ in range(3):
        guarded.log_in(password="not-the-password")
    asked = len(guarded.identity.calls)
    locked = guarded.log_in()
    assert (429, "too_many_requests", "3600") == (locked.status, locked.code, locked.headers["retry-after"])
    assert asked == len(guarded.identity.calls)


def test_a_right_password_forgets_the_wrong_ones(guarded: Premises) -> None:
    """Only failures in a row lock."""
    guarded.join()
    statuses = [guarded.log_in(password=password).status for password in ("not-the-password", "not-the-password", PASSWORD)]
    guarded.clock.move(hours=1)
    assert [401, 401, 200] == statuses
    assert 200 == guarded.log_in().status


def test_an_address_is_limited_whatever_names_it_tries(guarded: Premises) -> None:
    """Trying one password on many names ends as well."""
    assert [401] * 5 + [429] == [guarded.log_in(identifier=f"n{number}@example.com").status for number in range(6)]


@pytest.mark.requirement("REG-25")
def test_a_forgotten_password_is_replaced_by_a_code(place: Premises) -> None:
    """The code goes to the verified contact; the old password fails, sessions end, the member is told; the code works once."""
    member_id = place.join()
    refresh = {"refresh_token": place.log_in().json["refresh_token"]}
    asked = place.public.post("/v1/password-resets", {"identifier": PHONE})
    assert 202 == asked.status
    (event,) = place.events("PasswordResetRequested")
    assert (member_id, "sms", 1) == (event["member_id"], event["channel"], event["attempt"])

    reset_id = asked.json["reset_id"]
    path, code = f"/v1/password-resets/{reset_id}/verification", verification_code(place.wiring.keys, reset_id, 1)
    assert {"password": "password_too_common"} == place.public.post(path, {"code": code, "password": "password1"}).fields
    assert {"password": "password_is_contact"} == place.public.post(path, {"code": code, "password": "13800138000"}).fields
    assert 204 == place.public.post(path, {"code": code, "password": OTHER}).status
    assert [member_id] == [told["member_id"] for told in place.events("PasswordChanged")]
    assert (401, 200) == (place.log_in().status, place.log_in(password=OTHER).status)
    assert 401 == place.public.post("/v1/sessions/refresh", refresh).status
    assert 204 == place.public.post(path, {"code": code, "password": OTHER}).status
    assert {"code": "code_spent"} == place.public.post(path, {"code": code, "password": "third-grey-heron"}).fields


def test_a_reset_for_an_unknown_contact_looks_like_any_other(place: Premises) -> None:
    """The same answer, no event, and every code is wrong; what is no contact is named; a pending member has nothing to reset."""
    place.verify(place.submit())
    for identifier in ("nobody@example.com", PHONE):
        asked = place.public.post("/v1/password-resets", {"identifier": identifier})
        assert (202, {"reset_id", "code_expires_at"}) == (asked.status, set(asked.json))
        path = f"/v1/password-resets/{asked.json['reset_id']}/verification"
        tries = [place.public.post(path, {"code": "000000", "password": OTHER}).fields for _ in range(6)]
        assert [{"code": "code_wrong"}] * 5 + [{"code": "code_spent"}] == tries
    assert [] == place.events("PasswordResetRequested")
    assert {"identifier": "identifier_invalid"} == place.public.post("/v1/password-resets", {"identifier": "x"}).fields
    missing = "/v1/password-resets/rst_01JABCDEFGHJKMNPQRSTVWXYZ0/verification"
    assert 404 == place.public.post(missing, {"code": "000000", "password": OTHER}).status


def test_a_reset_code_ends_after_ten_minutes(place: Premises) -> None:
    """Then a new one is to be asked for."""
    place.join()
    reset_id = place.public.post("/v1/password-resets", {"identifier": PHONE}).json["reset_id"]
    place.clock.move(minutes=10)
    code = verification_code(place.wiring.keys, reset_id, 1)
    late = place.public.post(f"/v1/password-resets/{reset_id}/verification", {"code": code, "password": OTHER})
    assert {"code": "code_expired"} == late.fields


def test_staff_refresh_without_a_member(place: Premises) -> None:
    """Their session has nothing of a member's."""
    place.identity.passwords["clerk"] = PASSWORD
    body = {"refresh_token": place.log_in(identifier="clerk").json["refresh_token"]}
    answer = place.public.post("/v1/sessions/refresh", body)
    assert (200, None) == (answer.status, answer.json["member_id"])


@pytest.mark.requirement("PRO-20")
def test_a_terminated_member_is_out_at_once(place: Premises) -> None:
    """Neither a log-in nor a refresh works any more, whatever the identity service says (S2)."""
    member_id = place.join()
    body = {"refresh_token": place.log_in().json["refresh_token"]}
    member = place.wiring.member_store.find(member_id)
    assert member
    gone = replace(member, status=MemberStatus.TERMINATED, version=member.version + 1)
    place.wiring.member_store.save(gone, Record("log", "terminated", place.clock(), "staff:admin"))
    ended = place.public.post("/v1/sessions/refresh", body)
    assert (401, 401, "session_ended") == (place.log_in().status, ended.status, ended.code)
    place.public.post("/v1/password-resets", {"identifier": PHONE})
    assert [] == place.events("PasswordResetRequested")


def test_of_two_uses_of_a_reset_at_once_one_counts(place: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other is told that the code was used; the member is told once."""
    place.join()
    reset_id = place.public.post("/v1/password-resets", {"identifier": PHONE}).json["reset_id"]
    path, code = f"/v1/password-resets/{reset_id}/verification", verification_code(place.wiring.keys, reset_id, 1)
    store = place.wiring.password_resets.store
    unused = store.find(reset_id)
    assert 204 == place.public.post(path, {"code": code, "password": OTHER}).status
    monkeypatch.setattr(store, "find", lambda _: unused)
    late = place.public.post(path, {"code": code, "password": "third-grey-heron"})
    assert (422, {"code": "code_spent"}) == (late.status, late.fields)
    assert 1 == len(place.events("PasswordChanged"))
