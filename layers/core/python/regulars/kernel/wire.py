"""The base of what goes over the wire: requests refuse unknown fields and do not guess types; responses show only what they declare."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from regulars.kernel.clock import instant_text
from regulars.kernel.paging import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX


class RequestModel(BaseModel):
    """A request body: strict types, no unknown fields (ASVS 15.3.3)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QueryModel(BaseModel):
    """Query parameters: texts that are read as their types, no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """A response body: the declared fields and nothing else (law M2)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(QueryModel):
    """The page of a list to read."""

    limit: int = Field(PAGE_SIZE_DEFAULT, ge=1, le=PAGE_SIZE_MAX, description="How many items, 1 to 100.")
    cursor: str | None = Field(None, max_length=2048, description="`next_cursor` of the page before.")


def _plain(text: str) -> str:
    if any((ord(character) < 32 and character not in "\n\t") or ord(character) == 127 for character in text):
        raise ValueError("control characters")
    return text


type PlainText = Annotated[str, AfterValidator(_plain)]
"""A text without control characters (NUL, CR …), new lines and tabs allowed."""

type Instant = Annotated[datetime, PlainSerializer(instant_text, return_type=str, when_used="json")]
"""An instant that is sent as RFC 3339 in UTC with milliseconds."""
