"""What goes over the wire and over the bus."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from pydantic import Field, ValidationError

from regulars.kernel.events import DomainEvent
from regulars.kernel.language import Text
from regulars.kernel.wire import Instant, PageQuery, PlainText, RequestDate, RequestInstant, RequestModel, ResponseModel, refused_fields


class Note(RequestModel):
    """A request of the tests."""

    text: PlainText = Field(min_length=2, max_length=5)
    at: RequestInstant | None = None
    on: RequestDate | None = None


class Shown(ResponseModel):
    """A response of the tests."""

    at: Instant


class SomethingHappened(DomainEvent):
    """An event of the tests."""

    context: ClassVar[str] = "tests"
    schema_version: ClassVar[int] = 3

    what: str


def codes(content: dict[str, Any]) -> dict[str, str]:
    """What is refused of a note: path → code."""
    with pytest.raises(ValidationError) as refused:
        Note.model_validate_json(json.dumps(content))
    return {".".join(str(part) for part in error["loc"]): error["type"] for error in refused.value.errors()}


@pytest.mark.parametrize("text", ["ab", "a\tb", "a\nb", "熟客", "a b", "é😀"])
def test_plain_text_is_any_text_of_its_length(text: str) -> None:
    """New lines and tabs as well."""
    assert text == Note.model_validate_json(json.dumps({"text": text})).text


@pytest.mark.parametrize("character", ["\x00", "\r", "\x1b", "\x7f", "\x0b"])
def test_plain_text_has_no_control_characters(character: str) -> None:
    """Neither NUL, nor the carriage return that splits headers, nor a terminal's escape."""
    assert {"text": "string_pattern_mismatch"} == codes({"text": f"ab{character}"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "a"}, {"text": "string_too_short"}),
        ({"text": "abcdef"}, {"text": "string_too_long"}),
        ({"text": 12}, {"text": "string_type"}),
        ({"text": "ab", "more": 1}, {"more": "extra_forbidden"}),
        ({}, {"text": "missing"}),
        ({"text": "ab", "at": "2025-01-01T00:00:00"}, {"at": "timezone_aware"}),
        ({"text": "ab", "at": "1969-01-01T00:00:00Z"}, {"at": "instant_out_of_range"}),
        ({"text": "ab", "at": "9999-12-31T23:59:59.999Z"}, {"at": "instant_out_of_range"}),
        ({"text": "ab", "at": "0001-01-01T00:00:00+14:00"}, {"at": "instant_out_of_range"}),
        *(({"text": "ab", "at": at}, {"at": "datetime_parsing"}) for at in (1735689600, "1735689600", "2025-01-01", "")),
        *(
            ({"text": "ab", "on": on}, {"on": "date_parsing"})
            for on in (946684800, "946684800", "2000-01-01T00:00:00Z", "2000-1-1", "２０００-01-01")
        ),
        ({"text": "ab", "on": "2025-02-30"}, {"on": "date_parsing"}),
    ],
)
def test_requests_guess_nothing(content: dict[str, Any], expected: dict[str, str]) -> None:
    """Strict types, no unknown fields, instants with their offset within our time."""
    assert expected == codes(content)


def test_an_instant_that_is_sent_becomes_utc_in_milliseconds() -> None:
    """So that what is stored, compared and shown is the same."""
    note = Note.model_validate_json('{"text": "ab", "at": "2025-01-01T08:00:00.123456+08:00"}')

    assert datetime(2025, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC) == note.at
    assert note.at is not None
    assert UTC == note.at.tzinfo


def test_a_date_is_a_day() -> None:
    """Read from JSON as it is written there, or taken as one."""
    assert (
        date(2024, 2, 29) == Note.model_validate_json('{"text": "ab", "on": "2024-02-29"}').on == Note(text="ab", on=date(2024, 2, 29)).on
    )


def test_an_instant_is_shown_in_utc() -> None:
    """RFC 3339 with milliseconds, whatever its offset is."""
    at = datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))

    assert '{"at":"2025-01-01T00:00:00.000Z"}' == Shown(at=at).model_dump_json()


def test_a_response_shows_what_it_declares() -> None:
    """An undeclared field is a mistake of ours and is found at once (law M2)."""
    with pytest.raises(ValidationError):
        Shown(at=datetime(2025, 1, 1, tzinfo=UTC), secret="x")  # type: ignore[call-arg]  # the mistake is the test


@pytest.mark.parametrize(("query", "limit"), [({}, 20), ({"limit": "1"}, 1), ({"limit": "100"}, 100)])
def test_pages_have_twenty_items_unless_asked(query: dict[str, str], limit: int) -> None:
    """From 1 to 100."""
    assert limit == PageQuery.model_validate_strings(query).limit


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "ten"}, {"limits": "5"}, {"cursor": "x" * 2049}])
def test_other_pages_are_refused(query: dict[str, str]) -> None:
    """Out of bounds, no number, unknown, too long."""
    with pytest.raises(ValidationError):
        PageQuery.model_validate_strings(query)


def test_rules_between_fields_name_each_field() -> None:
    """A model's own rules are found beside pydantic's, by path, with code and sentence."""
    error = refused_fields([(("lines", 0, "amount"), "too_much", Text("Too much.", "过多。"))])
    (found,) = error.errors()

    assert (("lines", 0, "amount"), "too_much") == (found["loc"], found["type"])
    assert Text("Too much.", "过多。") == found["ctx"]["text"]


def test_an_event_comes_back_from_the_bus_as_it_went() -> None:
    """The detail has its fields and the version of its schema; a field that is not set is left out."""
    event = SomethingHappened(event_id="evt_1", occurred_at=datetime(2025, 1, 1, tzinfo=UTC), what="it")
    detail = json.loads(event.to_detail())

    assert {"event_id": "evt_1", "occurred_at": "2025-01-01T00:00:00Z", "what": "it", "schema_version": 3} == detail
    assert event == SomethingHappened.from_detail(detail)
    assert "SomethingHappened" == SomethingHappened.event_type()


def test_an_event_of_another_shape_is_refused() -> None:
    """A consumer never works on half an event."""
    with pytest.raises(ValidationError):
        SomethingHappened.from_detail({"event_id": "evt_1", "surprise": 1})
