"""Domain events: what happened, in the past tense, with no personal data; at least once and unordered (architecture, Events)."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict


class DomainEvent(BaseModel):
    """The base of every event.

    `event_id` is the consumer's key against duplicates; `occurred_at` is when it was recorded (UTC); `member_id` is opaque.
    A subclass is named as the `detail-type` on the bus; a change of its shape raises `schema_version`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    context: ClassVar[str]
    schema_version: ClassVar[int] = 1

    event_id: str
    occurred_at: datetime
    member_id: str | None = None

    @classmethod
    def event_type(cls) -> str:
        """The `detail-type`: the class's own name."""
        return cls.__name__

    def to_detail(self) -> str:
        """The `detail` that goes on the bus: the fields and the schema version as JSON."""
        return self.model_dump_json(exclude_none=True)[:-1] + f',"schema_version":{self.schema_version}}}'

    @classmethod
    def from_detail(cls, detail: Mapping[str, object]) -> Self:
        """The event of a `detail` that came from the bus.

        Raises:
            pydantic.ValidationError: when it is not of this type's shape.
        """
        return cls.model_validate({name: value for name, value in detail.items() if name != "schema_version"})
