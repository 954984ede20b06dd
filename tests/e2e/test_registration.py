"""Joining against the running stack: many at once, the same at once, the messages that follow, and tokens at the gateway."""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from regulars.messaging.model import MessageTemplate
from regulars_local.backstage import code_of, wiring_of
from regulars_local.joining import Applicant
from regulars_local.running import RunningStack

PARALLEL = 6
"""Requests in flight at once; each needs a worker of the emulator, and the first ones start them."""
PASSWORD = "four-quiet-otters"
WAIT_SECONDS = 30


def address(name: str) -> str:
    """An address that no other run has used."""
    return f"{name}-{secrets.token_hex(4)}@example.com"


def submit(http: httpx.Client, contact: str) -> str:
    """A registration's id."""
    answer = http.post("/v1/registrations", json=Applicant("Lin", contact).form("1", "1"))
    assert 202 == answer.status_code, answer.text
    return str(answer.json()["registration_id"])


def in_parallel[T](work: Callable[[str], T], ids: list[str]) -> list[T]:
    """The work for every id, several at a time."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(work, ids))


def verify(stack: RunningStack, http: httpx.Client) -> Callable[[str], httpx.Response]:
    """Enters the right code."""
    wiring = wiring_of(stack)
    return lambda registration_id: http.post(
        f"/v1/registrations/{registration_id}/verification", json={"code": code_of(wiring, registration_id)}
    )


def sent(stack: RunningStack, to: str, template: MessageTemplate) -> int:
    """How many messages of a kind somebody got."""
    return sum(mail.template is template for mail in wiring_of(stack).mailbox.newest(100, to))


def wait_for(stack: RunningStack, to: str, template: MessageTemplate) -> int:
    """The number of messages once the first has come and others had time to."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and not sent(stack, to, template):
        time.sleep(0.3)
    time.sleep(1)
    return sent(stack, to, template)


@pytest.mark.requirement("REG-22")
def test_of_many_parallel_registrations_of_one_contact_one_becomes_a_member(stack: RunningStack) -> None:
    """All are taken alike; verified at the same moment, one opens and the others learn that the contact is a member's."""
    contact = address("one")
    with stack.client() as http:
        ids = [submit(http, contact), *in_parallel(lambda _: submit(http, contact), [""] * 15)]
        answers = in_parallel(verify(stack, http), ids)
        assert Counter({200: 1, 422: 15}) == Counter(answer.status_code for answer in answers)
        assert {"contact_already_member"} == {answer.json()["code"] for answer in answers if answer.status_code == 422}

        (winner,) = [answer.json()["registration_id"] for answer in answers if answer.status_code == 200]
        done = http.post(f"/v1/registrations/{winner}/password", json={"password": PASSWORD})
        assert 200 == done.status_code
        wiring = wiring_of(stack)
        members = {wiring.registration_store.find(registration_id) for registration_id in ids}
        opened = [found for found in members if found and wiring.member_store.find(found.member_id)]
    assert [done.json()["member_id"]] == [found.member_id for found in opened]


def test_one_registration_verified_and_completed_many_times_at_once_opens_once(stack: RunningStack) -> None:
    """Every answer is the same, one member is welcomed once."""
    contact = address("same")
    with stack.client() as http:
        registration_id = submit(http, contact)
        verified = in_parallel(verify(stack, http), [registration_id] * 5)
        assert [200] * 5 == [answer.status_code for answer in verified]
        path = f"/v1/registrations/{registration_id}/password"
        completed = in_parallel(lambda _: http.post(path, json={"password": PASSWORD}), [""] * 8)
    assert [200] * 8 == [answer.status_code for answer in completed]
    assert 1 == len({answer.text for answer in completed})
    assert 1 == wait_for(stack, completed[0].json()["member_id"], MessageTemplate.WELCOME)


@pytest.mark.requirement("REG-14", "REG-18", "REG-19", "REG-20", "REG-22")
def test_a_person_joins_and_is_told_at_each_step(stack: RunningStack) -> None:
    """The code arrives, the welcome arrives once, the profile and the card are there; registering again only tells the owner."""
    contact = address("walk")
    with stack.client() as http:
        registration_id = submit(http, contact)
        assert 1 == wait_for(stack, contact, MessageTemplate.VERIFICATION_CODE)
        verify(stack, http)(registration_id)
        early = http.post("/v1/sessions", json={"identifier": contact, "password": PASSWORD})
        assert 401 == early.status_code
        member = http.post(f"/v1/registrations/{registration_id}/password", json={"password": PASSWORD}).json()

        again = verify(stack, http)(submit(http, contact))
        assert (422, "contact_already_member") == (again.status_code, again.json()["code"])
    assert 1 == wait_for(stack, member["member_id"], MessageTemplate.WELCOME)
    assert 1 == wait_for(stack, member["member_id"], MessageTemplate.KNOWN_CONTACT)
    with stack.client(stack.password_token(contact, PASSWORD)) as me:
        profile, card = me.get("/v1/me"), me.get("/v1/me/card")
        assert (200, contact, "active") == (profile.status_code, profile.json()["email"], profile.json()["status"])
        assert member["card_number"] == card.json()["card_number"]
        changed = me.patch("/v1/me", json={"language": "zh-CN"}, headers={"If-Match": profile.headers["etag"]})
        assert (200, "zh-CN") == (changed.status_code, me.get("/v1/me").json()["language"])


@pytest.mark.requirement("PRV-07", "PRV-18")
def test_the_gateway_lets_the_right_tokens_through(stack: RunningStack) -> None:
    """No token, a changed token and a foreign role are refused; staff and machines read what is theirs to read."""
    contact = address("gate")
    with stack.client() as http:
        registration_id = submit(http, contact)
        verify(stack, http)(registration_id)
        member_id = http.post(f"/v1/registrations/{registration_id}/password", json={"password": PASSWORD}).json()["member_id"]
    token = stack.password_token(contact, PASSWORD)

    def status(bearer: str | None, path: str) -> int:
        with stack.client(bearer) as http:
            return http.get(path).status_code

    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{signature[:-4]}AAAA"
    assert (401, 401, 200) == (status(None, "/v1/me"), status(forged, "/v1/me"), status(token, "/v1/me"))
    clerk, till = stack.staff_token("clerk"), stack.machine_token("till")
    assert (403, 200, 200) == (status(clerk, "/v1/me"), status(clerk, f"/v1/members/{member_id}"), status(till, f"/v1/members/{member_id}"))
    assert (403, 403) == (status(token, f"/v1/members/{member_id}"), status(till, "/v1/me"))


def test_a_page_keeps_its_session_in_a_cookie_and_ends_it(stack: RunningStack) -> None:
    """Through the gateway: set, sent back with the header, refreshed, ended."""
    contact, page = address("page"), {"X-Requested-By": "web"}
    with stack.client() as http:
        registration_id = submit(http, contact)
        verify(stack, http)(registration_id)
        http.post(f"/v1/registrations/{registration_id}/password", json={"password": PASSWORD})
        session = http.post("/v1/sessions", json={"identifier": contact, "password": PASSWORD}, headers=page)
        cookie = session.headers["set-cookie"]
        assert (None, True) == (session.json()["refresh_token"], "HttpOnly" in cookie)
        # the client would not send a Secure cookie over plain HTTP by itself
        sent_back: dict[str, Any] = {"Cookie": cookie.partition(";")[0], **page}
        statuses = [http.post(f"/v1/sessions/{step}", json={}, headers=sent_back).status_code for step in ("refresh", "logout", "refresh")]
    assert [200, 204, 401] == statuses
