"""What other contexts see of members: the directory without personal data, and the contact book of messaging."""

from collections.abc import Iterator

import pytest

from regulars.kernel.principal import Role
from regulars.members.contact_book import ContactBook
from regulars.members.directory import MemberDirectory
from regulars.members.errors import CardNotFoundError
from regulars.members.model import MarketingChannel, MemberStatus, MessageChannel
from tests.support.clock import MovableClock
from tests.support.members import EMAIL, PHONE, Premises, premises


@pytest.fixture
def place(clock: MovableClock) -> Iterator[Premises]:
    """Premises whose limits are out of the way."""
    with premises(clock) as built:
        yield built


def _book(place: Premises) -> ContactBook:
    return place.wiring.contact_book


def test_the_directory_finds_by_id_and_card_with_one_read_each_and_no_key(place: Premises) -> None:
    """No decryption, no secret: it works where neither is granted."""
    member_id = place.join()
    card_number = place.as_member(member_id).get("/v1/me/card").json["card_number"]

    def no_keys() -> object:
        raise AssertionError("the secret is not granted here")

    directory = MemberDirectory(place.wiring.member_store, no_keys)  # type: ignore[arg-type]  # it must not be asked
    place.table.calls.clear()
    place.kms.calls.clear()
    by_id, by_card = directory.find(member_id), directory.by_card_number(card_number)
    assert by_id == by_card
    assert (member_id, MemberStatus.ACTIVE, True, place.clock()) == (
        by_card.member_id,
        by_card.status,
        by_card.is_active,
        by_card.activated_at,
    )
    assert (["get", "get"], []) == (place.table.calls, place.kms.calls)


def test_a_member_without_a_password_is_not_active_yet(place: Premises) -> None:
    """The card exists, the membership is not active."""
    registration_id = place.submit()
    place.verify(registration_id)
    (item,) = [item for item in place.items() if item["sk"] == "MEMBER"]
    found = place.wiring.member_directory.find(item["member_id"])
    assert found
    assert (MemberStatus.ACTIVE_PENDING_PASSWORD, False, None) == (found.status, found.is_active, found.activated_at)


def test_what_nobody_has_is_not_found(place: Premises) -> None:
    """An unknown id is none; an unknown or impossible card is refused by its field, the latter without a read."""
    directory = place.wiring.member_directory
    assert directory.find("mem_x") is None
    with pytest.raises(CardNotFoundError) as unknown:
        directory.by_card_number("9000000000000001")
    assert "card_number" == unknown.value.errors[0].field
    place.table.calls.clear()
    with pytest.raises(CardNotFoundError):
        directory.by_card_number("1")
    with pytest.raises(CardNotFoundError) as token:
        directory.by_card_token("RG1.nonsense", place.clock())
    assert "card_token" == token.value.errors[0].field
    assert [] == place.table.calls


def test_an_applicant_is_written_to_at_the_contact_that_is_proved(place: Premises) -> None:
    """The other contact on the form is nobody's address yet."""
    registration_id = place.submit(email=EMAIL, language="en", marketing={"sms": True})
    found = _book(place).for_registration(registration_id)
    assert found
    assert (None, "林小满", "en", ((MessageChannel.SMS, PHONE),), frozenset(), False) == (
        found.member_id,
        found.name,
        found.language,
        found.addresses,
        found.marketing,
        found.is_active,
    )
    assert (PHONE, None) == (found.address(MessageChannel.SMS), found.address(MessageChannel.EMAIL))


def test_a_member_is_written_to_at_the_verified_contact_with_the_consents(place: Premises) -> None:
    """By member id, and by the registration that opened the member."""
    registration_id = place.submit(email=EMAIL, verify_by="email", marketing={"email": True})
    place.verify(registration_id)
    member_id = place.set_password(registration_id).json["member_id"]
    found = _book(place).for_member(member_id)
    assert found
    assert found == _book(place).for_registration(registration_id)
    assert (member_id, ((MessageChannel.EMAIL, EMAIL),), frozenset({MarketingChannel.EMAIL}), True) == (
        found.member_id,
        found.addresses,
        found.marketing,
        found.is_active,
    )
    assert EMAIL not in repr(found)


def test_a_rejected_applicant_is_told_the_reason(place: Premises) -> None:
    """In the words of staff."""
    place.publish(review_mode="manual")
    registration_id = place.submit()
    place.verify(registration_id)
    place.staff(Role.MANAGER).post(f"/v1/applications/{registration_id}/rejection", {"reason": "请填写真实姓名"})
    found = _book(place).for_registration(registration_id)
    assert found
    assert "请填写真实姓名" == found.rejection_reason


def test_who_is_not_there_is_written_nothing(place: Premises) -> None:
    """Unknown ids, and a registration that ended because the contact was a member's."""
    place.join()
    ended = place.submit()
    place.verify(ended)
    book = _book(place)
    assert (None, None, None) == (book.for_member("mem_x"), book.for_registration("reg_x"), book.for_registration(ended))
