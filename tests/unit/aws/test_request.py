"""What comes in: callers, bodies and queries, and what is refused before a route sees it (fault 26)."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from regulars.aws.request import BODY_BYTES_MAX, FIELD_CHARACTERS_MAX, Call, parse_body, parse_query, read_call, read_principal
from regulars.kernel.errors import (
    BodyTooLargeError,
    FieldError,
    IdempotencyKeyRefusedError,
    IfMatchRequiredError,
    InvalidBodyError,
    RegularsError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
from regulars.kernel.principal import ANONYMOUS, PEOPLE_SCOPE, Principal, Role, Scope
from regulars.kernel.wire import PageQuery, PlainText, RequestModel
from tests.support.calls import MEMBER_ID, claims_of, http_event, machine, member, staff


class Line(RequestModel):
    """A part of a request of the tests."""

    amount: int = Field(ge=0, le=100)


class Basket(RequestModel):
    """A request of the tests."""

    note: PlainText = Field("", max_length=20)
    lines: tuple[Line, ...] = Field((), max_length=3)


def call(raw: str | None = None, **options: Any) -> Call:
    """A call with this body."""
    return read_call(http_event("POST", "/v1/baskets", raw=raw, **options))


def refused(raw: str | None, kind: type[RegularsError], **options: Any) -> RegularsError:
    """The refusal of a body."""
    with pytest.raises(kind) as found:
        parse_body(Basket, call(raw, **options))
    return found.value


def test_a_call_is_read_from_the_gateways_event() -> None:
    """Who, in which language, from where, with what; header names in lower case."""
    event = http_event("POST", "/v1/x", principal=member(), raw="{}", headers={"Accept-Language": "zh-CN"}, query={"limit": "5"})
    read = read_call(event)

    assert (member(), "zh-CN", "test-request", "/v1/x", "192.0.2.1") == (
        read.principal, read.language, read.request_id, read.path, read.source_address,
    )  # fmt: skip
    assert ("{}", {"limit": "5"}, "zh-CN") == (read.raw_body, read.query, read.headers["accept-language"])


def test_cookies_are_a_header_again() -> None:
    """The gateway takes them out of the headers; routes find them where HTTP has them."""
    event = http_event("POST", "/v1/sessions/refresh") | {"cookies": ["a=1", "b=2"]}

    assert "a=1; b=2" == read_call(event).headers["cookie"]


def test_a_bare_event_is_a_call_of_nobody() -> None:
    """Nothing that is missing is an error."""
    read = read_call({})

    assert (ANONYMOUS, "en", "", "", "", {}, {}, None) == (
        read.principal, read.language, read.request_id, read.path, read.source_address, read.headers, read.query, read.raw_body,
    )  # fmt: skip


@pytest.mark.parametrize("principal", [member(), staff(Role.CLERK), staff(Role.ADMIN, "ada"), machine(Scope.PURCHASES_WRITE)])
def test_the_caller_is_whom_the_access_token_names(principal: Principal) -> None:
    """Members by id, staff by name and groups, machines by client and scopes."""
    assert principal == read_principal(claims_of(principal))


@pytest.mark.parametrize("claims", [{}, {"token_use": "id", "username": "ada"}, {"token_use": "access"}])
def test_other_tokens_name_nobody(claims: dict[str, str]) -> None:
    """An ID token, a token without a kind, one without a subject (S2)."""
    assert read_principal(claims).is_anonymous


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        ("[admin manager]", {Role.ADMIN, Role.MANAGER}),
        ("admin,manager", {Role.ADMIN, Role.MANAGER}),
        ("[eu-west-1_x_Google admin]", {Role.ADMIN}),
        ("", set()),
        ("[administrators]", set()),
    ],
)
def test_groups_that_are_roles_count(groups: str, roles: set[Role]) -> None:
    """However the gateway writes the list; foreign groups give nothing."""
    claims = {"token_use": "access", "username": "ada", "scope": PEOPLE_SCOPE, "cognito:groups": groups}

    assert roles == read_principal(claims).roles


def test_a_body_is_read_by_its_model() -> None:
    """JSON in UTF-8, as text or in base64."""
    raw = '{"note": "熟客", "lines": [{"amount": 1}]}'
    encoded = http_event("POST", "/", raw=base64.b64encode(raw.encode()).decode()) | {"isBase64Encoded": True}

    assert Basket(note="熟客", lines=(Line(amount=1),)) == parse_body(Basket, call(raw))
    assert parse_body(Basket, call(raw)) == parse_body(Basket, read_call(encoded))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "not valid JSON"),
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("{'note': 1}", "not valid JSON"),
        ("\ufeff{}", "not valid JSON"),
        ("[]", "not an object"),
        ("null", "not an object"),
        ('"text"', "not an object"),
        ('{"lines": NaN}', "no JSON numbers"),
        ('{"lines": -Infinity}', "no JSON numbers"),
        ('{"lines": 1e400}', "too large"),
        ('{"lines": -1e400}', "too large"),
        ('{"lines": ' + "9" * 5000 + "}", "too large"),
        ('{"note": "a", "note": "b"}', "a field twice"),
        ('{"lines": [{"amount": 1, "amount": 2}]}', "a field twice"),
        ('{"note": "\\ud800"}', "no Unicode text"),
        ('{"note": "\ud800"}', "not UTF-8"),
        ('{"a":' + "[" * 250 + "]" * 250 + "}", "too deeply"),
        ('{"a":' + "[" * 20_000 + "]" * 20_000 + "}", "too deeply"),
    ],
    ids=lambda value: str(value)[:24].encode("ascii", "backslashreplace").decode(),
)
def test_what_no_two_readers_understand_alike_is_refused(raw: str | None, reason: str) -> None:
    """400 with the reason, in the caller's language."""
    error = refused(raw, InvalidBodyError)
    text = error.params["reason"]

    assert reason in getattr(text, "en", "")


@pytest.mark.parametrize(
    "content", ["%%%", "YQ", "ä", base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b'{"note":"\xc3\x28"}').decode()]
)
def test_bytes_that_are_no_text_are_refused(content: str) -> None:
    """No base64, or bytes that are no UTF-8: 400."""
    event = http_event("POST", "/", raw=content) | {"isBase64Encoded": True}

    with pytest.raises(InvalidBodyError):
        parse_body(Basket, read_call(event))


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "json", "application/json5"]
)
def test_other_media_types_are_refused(media_type: str) -> None:
    """415, whatever the body is."""
    refused("{}", UnsupportedMediaTypeError, headers={"Content-Type": media_type})


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8", " application/json "])
def test_json_may_be_written_in_any_way(media_type: str) -> None:
    """Upper case and parameters do not matter."""
    assert Basket() == parse_body(Basket, call("{}", headers={"Content-Type": media_type}))


def test_a_body_has_at_most_64_kilobytes() -> None:
    """Counted in bytes: one more is 413, exactly as many are read."""
    padding = BODY_BYTES_MAX - len(b'{"note": ""}')
    assert Basket() == parse_body(Basket, call('{"note": ""' + " " * padding + "}"))

    refused('{"note": ""' + " " * (padding + 1) + "}", BodyTooLargeError)
    refused('{"note": "' + "熟" * (BODY_BYTES_MAX // 3) + '"}', BodyTooLargeError)


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({"lines": [{"amount": -1}]}, {"lines[0].amount": "greater_than_equal"}),
        ({"lines": [{"amount": 1}, {}]}, {"lines[1].amount": "missing"}),
        ({"lines": [{"amount": True}]}, {"lines[0].amount": "int_type"}),
        ({"lines": [{"amount": "1"}]}, {"lines[0].amount": "int_type"}),
        ({"lines": [{"amount": 10**40}]}, {"lines[0].amount": "less_than_equal"}),
        ({"lines": {}}, {"lines": "tuple_type"}),
        ({"note": "x" * 21}, {"note": "string_too_long"}),
        ({"x" * 1000: 1}, {"x" * FIELD_CHARACTERS_MAX: "extra_forbidden"}),
    ],
)
def test_unfit_fields_are_named(content: dict[str, Any], fields: dict[str, str]) -> None:
    """By path and code; what was sent is not repeated, and a name of the caller's only so far (S9)."""
    assert fields == {error.field: error.code for error in refused(json.dumps(content), ValidationFailedError).errors}


def test_at_most_twenty_errors_are_named() -> None:
    """An answer is never longer than it helps."""
    errors = refused(json.dumps({f"field_{number}": 1 for number in range(100)}), ValidationFailedError).errors

    assert 20 == len(errors)
    assert isinstance(errors[0], FieldError)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda content: content.decode("latin-1")))
def test_any_body_is_read_or_refused(raw: str) -> None:
    """No text is an error of ours."""
    with pytest.raises((InvalidBodyError, ValidationFailedError)):
        parse_body(Line, call(raw))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["note", "lines", "amount", "x"]), inner, max_size=3),
)


@given(JSON)
def test_any_json_is_read_or_refused(content: Any) -> None:
    """No JSON is an error of ours."""
    try:
        parse_body(Basket, call(json.dumps(content)))
    except RegularsError as error:
        assert error.status in {400, 422}  # noqa: PT017  # most content is fit for neither branch alone


def test_a_query_is_read_by_its_model() -> None:
    """Texts as their types; nothing sent is nothing wanted."""
    assert (5, "x") == ((query := parse_query(PageQuery, call(query={"limit": "5", "cursor": "x"}))).limit, query.cursor)
    assert PageQuery(limit=20, cursor=None) == parse_query(PageQuery, call())


@pytest.mark.parametrize(
    ("query", "field"), [({"limit": "0"}, "limit"), ({"limit": "1e3"}, "limit"), ({"limit": "\ud800"}, "limit"), ({"page": "2"}, "page")]
)
def test_an_unfit_query_is_refused_by_name(query: dict[str, str], field: str) -> None:
    """422, unknown names as well."""
    with pytest.raises(ValidationFailedError) as found:
        parse_query(PageQuery, call(query=query))

    assert field == found.value.errors[0].field


@pytest.mark.parametrize("key", ["a", "0b8a-4c", "x" * 128, "!~"])
def test_an_idempotency_key_is_visible_ascii(key: str) -> None:
    """1 to 128 characters."""
    assert key == call(headers={"Idempotency-Key": key}).require_idempotency_key()


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 129, "é", "a\r\nSet-Cookie: x", "a\n"])
def test_another_key_is_refused(key: str) -> None:
    """Spaces, other alphabets and line ends are not taken, sent where it is optional or not."""
    with pytest.raises(IdempotencyKeyRefusedError):
        _ = call(headers={"Idempotency-Key": key}).idempotency_key


def test_a_missing_key_is_refused_where_it_is_required() -> None:
    """And is nothing where it is optional."""
    assert call().idempotency_key is None
    with pytest.raises(IdempotencyKeyRefusedError):
        call().require_idempotency_key()


def test_a_conditional_write_says_what_it_has_read() -> None:
    """If-Match as it was sent; a missing or empty one is refused by name."""
    assert '"3"' == call(headers={"If-Match": ' "3" '}).require_if_match()
    for headers in ({}, {"If-Match": " "}):
        with pytest.raises(IfMatchRequiredError):
            call(headers=headers).require_if_match()


@pytest.mark.parametrize(
    ("header", "seen"), [('"3"', True), ('W/"3"', True), ('"1", "3"', True), ("*", True), ('"1"', False), ("", False), ("3", False)]
)
def test_what_a_caller_has_seen_is_compared_weakly(header: str, *, seen: bool) -> None:
    """Any of the listed ETags, strong or weak (RFC 9110 13.1.2)."""
    headers = {"If-None-Match": header}

    assert seen == call(headers=headers).has_seen('"3"') == call(headers=headers).has_seen('W/"3"')


def test_a_members_id_tells_members_from_staff() -> None:
    """A user name of our member form is a member's."""
    assert MEMBER_ID == read_principal({"token_use": "access", "username": MEMBER_ID}).member_id
    assert read_principal({"token_use": "access", "username": "memphis"}).member_id is None
