"""A call that is lost, an answer that is lost, a service that is down: a retry completes, nothing is half done, never a 500."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.kernel.errors import UnavailableError
from tests.support.members import PASSWORD, PHONE, Premises, form

both_moments = pytest.mark.parametrize("lost", ["request", "answer"])


@both_moments
def test_a_lost_opening_is_completed_by_a_retry(place: Premises, lost: str) -> None:
    """Verification answers 503 and, asked again, goes on from what was committed: one member, one event of each kind."""
    registration_id = place.submit()
    place.table.lose("transact", after=lost == "answer")
    answer = place.verify(registration_id)
    assert (503, "unavailable", "1") == (answer.status, answer.code, answer.headers["retry-after"])
    assert "opened" == place.verify(registration_id).json["state"]
    assert 200 == place.set_password(registration_id).status
    assert {"ApplicationApproved": 1, "MemberVerified": 1, "MemberActivated": 1} == {
        kind: len(place.events(kind)) for kind in ("ApplicationApproved", "MemberVerified", "MemberActivated")
    }
    assert 1 == sum(item["sk"] == "MEMBER" for item in place.items())


@pytest.mark.requirement("REG-19")
@both_moments
def test_a_crash_between_the_identity_service_and_the_table_is_completed_by_a_retry(place: Premises, lost: str) -> None:
    """The user exists, the member is not active yet: log-in fails; the same request again completes it, the welcome comes once."""
    registration_id = place.submit()
    place.verify(registration_id)
    place.table.lose("transact", after=lost == "answer")
    assert 503 == place.set_password(registration_id).status
    assert (200 if lost == "answer" else 401) == place.log_in().status
    assert 200 == place.set_password(registration_id).status
    assert 200 == place.log_in().status
    assert 1 == len(place.events("MemberActivated"))


def test_a_form_is_kept_whole_or_not_at_all(place: Premises) -> None:
    """A lost write leaves no registration and lets no event out."""
    place.table.lose("transact")
    assert 503 == place.public.post("/v1/registrations", form()).status
    assert [] == place.events()
    assert all(item["sk"] == "COUNT" for item in place.items())


@pytest.mark.parametrize("operation", ["generate_data_key", "decrypt"])
def test_without_the_key_service_personal_data_is_unavailable_and_the_rest_goes_on(place: Premises, operation: str) -> None:
    """Forms and profiles are 503; log-in and cards need no decryption (fault 18)."""
    member_id = place.join()
    place.wiring.vault._kept.clear()
    me = place.as_member(member_id)
    place.kms.down = {operation}
    form_status = place.public.post("/v1/registrations", form(phone="13900139000")).status
    assert (503 if operation == "generate_data_key" else 202) == form_status
    assert (503 if operation == "decrypt" else 200) == me.get("/v1/me").status
    assert (200, 200) == (place.log_in().status, me.get("/v1/me/card").status)


@pytest.mark.parametrize(
    "ask",
    [
        lambda place: place.log_in(),
        lambda place: place.public.post("/v1/sessions/refresh", {"refresh_token": "refresh-1"}),
        lambda place: place.public.post("/v1/sessions/logout", {"refresh_token": "refresh-1"}),
    ],
)
def test_without_the_identity_service_nobody_is_let_in(place: Premises, ask: Callable[[Premises], Any]) -> None:
    """503, and no fail-open (fault 19)."""
    place.join()
    place.log_in()
    place.identity.fail_next = UnavailableError(retry_after_seconds=1)
    assert 503 == ask(place).status
    assert ask(place).status in {200, 204}


def test_a_card_number_that_is_taken_is_drawn_again(place: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members never share a number, whatever the dice say."""
    digits = iter(["1234567890123", "1234567890123", "1234567890124"])
    monkeypatch.setattr("regulars.members.reviewing.card_number", lambda _: _card(next(digits)))
    cards = [place.as_member(place.join(phone=phone)).get("/v1/me/card").json["card_number"] for phone in (PHONE, "13900139000")]
    assert [_card("1234567890123"), _card("1234567890124")] == cards


def test_a_lost_race_is_run_again(place: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else changed the registration between reading and writing: it is read again."""
    registration_id = place.submit()
    store = place.wiring.registration_store
    find = store.find
    raced: list[str] = []

    def find_and_lose(wanted: str) -> Any:
        found = find(wanted)
        if len(raced) == 1:
            place.public.put(f"/v1/registrations/{registration_id}", form(name="别人"))
        raced.append(wanted)
        return found

    monkeypatch.setattr(store, "find", find_and_lose)
    assert "opened" == place.verify(registration_id).json["state"]
    member_id = place.set_password(registration_id, PASSWORD).json["member_id"]
    assert "别人" == place.as_member(member_id).get("/v1/me").json["name"]


def _card(digits: str) -> str:
    from regulars.members.card import card_number

    return card_number(digits)
