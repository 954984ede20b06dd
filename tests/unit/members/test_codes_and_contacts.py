"""Codes, contacts, masks, passwords."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.aws.secrets import KeyRing
from regulars.members.codes import is_code, verification_code
from regulars.members.contact import Contact, InvalidContactError, mark_of, parse_contact, parse_email, parse_phone
from regulars.members.errors import PasswordTooCommonError, PasswordUnfitError
from regulars.members.masking import masked_contact, masked_name
from regulars.members.model import ContactKind
from regulars.members.passwords import require_fit

KEYS = KeyRing(lambda: '{"root": "a root for tests"}')
OTHER_KEYS = KeyRing(lambda: '{"root": "another root"}')


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26), st.integers(1, 100))
def test_a_code_follows_from_id_and_attempt_alone(subject: str, attempt: int) -> None:
    """Six digits, the same each time, and only that text is it."""
    code = verification_code(KEYS, f"reg_{subject}", attempt)
    assert (6, True) == (len(code), code.isdigit())
    assert is_code(KEYS, f"reg_{subject}", attempt, code)
    assert not is_code(KEYS, f"reg_{subject}", attempt, code[:-1] + str((int(code[-1]) + 1) % 10))


def test_codes_of_attempts_ids_and_installations_have_nothing_in_common() -> None:
    """Each is a draw of its own: 3,000 codes hardly repeat and their digits are even."""
    codes = [
        verification_code(keys, f"reg_{number}", attempt) for keys in (KEYS, OTHER_KEYS) for number in range(500) for attempt in (1, 2, 3)
    ]
    digits = Counter("".join(codes))
    assert len(set(codes)) > 2980
    assert max(digits.values()) - min(digits.values()) < 250


@pytest.mark.parametrize(
    "text",
    ["13800138000", "138 0013 8000", "+86 138-0013-8000", "008613800138000", "１３８００１３８０００", "+86(138)00138000"],
)
def test_a_phone_has_one_form_however_it_is_written(text: str) -> None:
    """E.164; without a country it is Chinese."""
    assert Contact(ContactKind.PHONE, "+8613800138000") == parse_phone(text)


def test_phones_of_other_countries_name_their_country() -> None:
    """They are taken with it; without it the same digits are a Chinese number."""
    assert "+4915123456789" == parse_phone("+49 1512 3456789").address
    assert "+8615123456789" == parse_phone("01512 3456789").address


@pytest.mark.parametrize(
    "text", ["", "x", "110", "010 6552 9988", "+86 138 0013 8000 ext. 1", "+1 555 0100", "+999 1", "13800138000\x00x" * 20]
)
def test_what_takes_no_sms_is_no_phone(text: str) -> None:
    """Emergency numbers, landlines, extensions, nonsense."""
    with pytest.raises(InvalidContactError):
        parse_phone(text)


@pytest.mark.parametrize(
    "text", ["", "x", "a@b", "a b@example.com", "a@@example.com", "a@example..com", "a@-example.com", "å@example.com", "@"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """No look-up over the network is made for it."""
    with pytest.raises(InvalidContactError):
        parse_email(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lin@example.com", "LIN@EXAMPLE.COM"),
        ("lin@bücher.example.com", "Lin@xn--bcher-kva.example.com"),
        ("13800138000", "+86 138 0013 8000"),
    ],
)
def test_one_contact_has_one_blind_index(one: str, other: str) -> None:
    """Letters, scripts of the domain and spaces make no difference."""
    assert mark_of(KEYS, parse_contact(one)) == mark_of(KEYS, parse_contact(other))


def test_blind_indexes_say_nothing_and_differ_by_contact_kind_and_installation() -> None:
    """The version stands before the hash; the contact does not stand in it."""
    phone, address = parse_contact("13800138000"), parse_contact("lin@example.com")
    marks = {mark_of(keys, contact).index for keys in (KEYS, OTHER_KEYS) for contact in (phone, address)}
    marks |= {mark_of(KEYS, Contact(ContactKind.EMAIL, phone.address)).index}
    assert 5 == len(marks)
    assert all(mark.startswith("1:") and len(mark) == 66 and "138" not in mark[:6] for mark in marks)


@pytest.mark.parametrize(
    ("contact", "masked"),
    [
        ("+8613800138000", "+86*******8000"),
        ("+4915123456789", "+49*******6789"),
        ("lin@example.com", "l***@e***.com"),
        ("a@b.co.uk", "a***@b***.uk"),
    ],
)
def test_masks_show_the_little_that_is_needed(contact: str, masked: str) -> None:
    """The country and the last digits; first letters and the last label."""
    assert masked == masked_contact(contact)


def test_a_masked_name_is_its_first_character() -> None:
    """王小明 is 王*."""
    assert ("王*", "A*") == (masked_name("王小明"), masked_name("Ada Lovelace"))


@pytest.mark.parametrize("password", ["four-quiet-otters", "correct horse battery", "安静的水獭在河边散步", "xK9#mQ2$", "1a2s3d4f5g!Z"])
def test_good_passwords_pass_without_rules_of_composition(password: str) -> None:
    """Length and surprise count, not kinds of characters."""
    require_fit(password)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password1!",
        "ＰＡＳＳＷＯＲＤ",
        "woaini520",
        "12345678",
        "987654321",
        "qwertyui",
        "poiuytre",
        "aaaaaaaa",
        "abababab",
        "1q2w1q2w",
        "11223311",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    """Words with digits behind, rows of keys either way, repetitions, few different characters."""
    with pytest.raises(PasswordTooCommonError):
        require_fit(password)


@pytest.mark.parametrize("password", [" four-quiet-otters", "four-quiet-otters ", "four\tquiet\x00otters"])
def test_passwords_that_cannot_be_typed_again_are_refused(password: str) -> None:
    """Spaces at an end and control characters."""
    with pytest.raises(PasswordUnfitError):
        require_fit(password)
