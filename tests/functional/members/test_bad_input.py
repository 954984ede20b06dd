"""Malformed requests: the right 4xx, the field named, nothing written (fault 26)."""

from typing import Any

import pytest

from tests.support.members import PASSWORD, PHONE, Premises, form

REGISTRATIONS = "/v1/registrations"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"name": "a\x00b"}, {"name": "one_line"}),
        ({"name": "two\nlines"}, {"name": "one_line"}),
        ({"name": "  "}, {"name": "string_too_short"}),
        ({"name": "x" * 101}, {"name": "string_too_long"}),
        ({"name": 7}, {"name": "string_type"}),
        ({"phone": "138001380001"}, {"phone": "phone_invalid"}),
        ({"phone": "+1 555 0100"}, {"phone": "phone_invalid"}),
        ({"phone": "010 6552 9988"}, {"phone": "phone_invalid"}),
        ({"phone": "13800138000 ext. 5"}, {"phone": "phone_invalid"}),
        ({"email": "a@b"}, {"email": "email_invalid"}),
        ({"email": "a\r\nBcc: b@example.com"}, {"email": "one_line"}),
        ({"email": "x" * 300 + "@example.com"}, {"email": "string_too_long"}),
        ({"address": "a\x00b"}, {"address": "string_pattern_mismatch"}),
        ({"birth_date": "1990-02-30"}, {"birth_date": "date_parsing"}),
        ({"birth_date": 0}, {"birth_date": "date_parsing"}),
        ({"interests": ["x"] * 21}, {"interests": "too_long"}),
        ({"interests": ["x" * 41]}, {"interests[0]": "string_too_long"}),
        ({"interests": "tea"}, {"interests": "list_type"}),
        ({"channel": "pigeon"}, {"channel": "enum"}),
        ({"language": "fr"}, {"language": "literal_error"}),
        ({"marketing": {"pigeon": True}}, {"marketing.pigeon.[key]": "enum"}),
        ({"marketing": {"sms": "yes"}}, {"marketing.sms": "bool_type"}),
        ({"information_is_true": "true"}, {"information_is_true": "bool_type"}),
        ({"role": "admin"}, {"role": "extra_forbidden"}),
    ],
)
def test_an_unfit_field_is_named(place: Premises, part: dict[str, Any], code: dict[str, str]) -> None:
    """422 with the field and a stable code; nothing is written, no code is sent."""
    answer = place.public.post(REGISTRATIONS, form(**part))
    assert (422, code) == (answer.status, answer.fields)
    assert [] == place.items()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("", 400),
        ("[]", 400),
        ("{", 400),
        ('{"name": "\\ud800"}', 400),
        ('{"name": "x", "name": "y"}', 400),
        ('{"a": NaN}', 400),
        ('{"a": 1e400}', 400),
        ("[" * 100_000, 413),
        ('{"a":' + "[" * 5_000 + "]" * 5_000 + "}", 400),
        ('{"name": "' + "x" * 70_000 + '"}', 413),
    ],
)
def test_a_body_that_is_no_request_is_refused(place: Premises, raw: str, status: int) -> None:
    """Unparsable is 400, too large 413."""
    assert status == place.public.post(REGISTRATIONS, raw=raw).status


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "１２３４５６", "12345\n", 123456, None])
def test_a_code_is_six_plain_digits(place: Premises, code: object) -> None:
    """Anything else is named without costing a try."""
    registration_id = place.submit()
    answer = place.public.post(f"{REGISTRATIONS}/{registration_id}/verification", {"code": code})
    assert (422, ["code"]) == (answer.status, list(answer.fields))
    assert not any(item["pk"].startswith("TRIES#") for item in place.items())


@pytest.mark.parametrize("identifier", ["\x00", "mem_\x00", "a" * 254, "+", "@", "@@", "𝟏𝟑𝟖", "' OR 1=1 --", "REG#x", "ａｄｍｉｎ"])
def test_strange_log_in_names_are_only_unknown(place: Premises, identifier: str) -> None:
    """401 as for any unknown name."""
    assert 401 == place.log_in(identifier=identifier).status


@pytest.mark.parametrize("password", ["\x00" * 8, "é" * 100, "𝓹𝓪𝓼𝓼" * 10, "x" * 256])
def test_strange_passwords_are_only_wrong(place: Premises, password: str) -> None:
    """401 as for any wrong password."""
    place.join()
    assert 401 == place.log_in(password=password).status


@pytest.mark.parametrize("registration_id", ["x", "reg_", "REG#1", "%00", "a" * 1500, "reg_01JABCDEFGHJKMNPQRSTVWXYZ0%20"])
def test_strange_ids_are_only_missing(place: Premises, registration_id: str) -> None:
    """404 whatever stands there."""
    assert 404 == place.public.get(f"{REGISTRATIONS}/{registration_id}").status


def test_passwords_may_be_long_and_of_any_script(place: Premises) -> None:
    """128 characters, Chinese ones as well."""
    registration_id = place.submit()
    place.verify(registration_id)
    password = "安静的水獭在河边" * 16
    assert (128, 200) == (len(password), place.set_password(registration_id, password).status)
    assert (200, 401) == (place.log_in(identifier=PHONE, password=password).status, place.log_in(password=PASSWORD).status)
