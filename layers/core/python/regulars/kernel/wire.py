"""The base of what goes over the wire: requests refuse unknown fields and do not guess types; responses show only what they declare."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError

from regulars.kernel.clock import instant_text
from regulars.kernel.language import Text
from regulars.kernel.paging import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX


class RequestModel(BaseModel):
    """A request body: strict types, no unknown fields (ASVS 15.3.3)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class QueryModel(BaseModel):
    """Query parameters: texts that are read as their types, no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ResponseModel(BaseModel):
    """A response body: the declared fields and nothing else (law M2)."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PageQuery(QueryModel):
    """The page of a list to read."""

    limit: int = Field(PAGE_SIZE_DEFAULT, ge=1, le=PAGE_SIZE_MAX, description="How many items, 1 to 100.")
    cursor: str | None = Field(None, max_length=2048, description="`next_cursor` of the page before.")


PlainText = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
"""A text without control characters (NUL, CR …), new lines and tabs allowed.

An alias of the old kind, so that `Field(min_length=…)` beside it counts characters and says so.
"""

type Instant = Annotated[datetime, PlainSerializer(instant_text, return_type=str, when_used="json")]
"""An instant that is sent as RFC 3339 in UTC with milliseconds."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_YEARS = Text("An instant between 1970 and 2199 is expected.", "应为 1970 年至 2199 年之间的时间。")
_WRITTEN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WRITTEN_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\S*", re.ASCII)


def _as_date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _WRITTEN_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:  # such as 30 February
        pass
    raise PydanticKnownError("date_parsing", {"error": "not a day written as YYYY-MM-DD"})


def _as_instant(value: object) -> object:
    if not isinstance(value, datetime | str) or (isinstance(value, str) and not _WRITTEN_INSTANT.fullmatch(value.upper())):
        raise PydanticKnownError("datetime_parsing", {"error": "not written as RFC 3339 says"})
    return value


def _in_utc(instant: datetime) -> datetime:
    if not _FIRST_YEAR < instant.year < _LAST_YEAR:  # the edges are left out, so that no offset crosses them
        raise PydanticCustomError("instant_out_of_range", "instant_out_of_range", {"text": _YEARS})
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


RequestDate = Annotated[date, Field(strict=False), BeforeValidator(_as_date)]
"""A date that a caller sends, as YYYY-MM-DD and in no other way (numbers are no dates)."""

RequestInstant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_as_instant), AfterValidator(_in_utc)]
"""An instant that a caller sends: RFC 3339 with its offset; in UTC and whole milliseconds from here on."""

type Finding = tuple[tuple[str | int, ...], str, Text]
"""What is wrong with a field of a model: its path from there, a stable code and the sentence."""


def refused_fields(findings: Iterable[Finding]) -> ValidationError:
    """The error that a model's validator raises for rules between fields, so that each is named by its own path."""
    details = [
        InitErrorDetails(type=PydanticCustomError(code, code, {"text": text}), loc=path, input=None) for path, code, text in findings
    ]
    return ValidationError.from_exception_data("request", details)
