"""Requests that are nearly right, made from the interface document: examples of its schemas and the places in them to change."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.program import programme_json

type Json = Any
type Schema = Mapping[str, Any]
type Place = tuple[str | int, ...]

NAMED: dict[str, Json] = {
    "name": "林小满",
    "phone": "+8613800138001",
    "email": "someone@example.com",
    "identifier": "+8613800138000",
    "currency": "CNY",
    "programme": programme_json(),
    "terms_version": "1",
    "privacy_version": "1",
    "information_is_true": True,
    "marketing": {"email": True},
    "code": "123456",
    "channel": "website",
    "occurred_at": "2025-05-31T12:00:00+08:00",
    "effective_from": "2025-06-02T12:00:00+08:00",
    "birth_date": "1990-05-17",
}
"""Values of fields whose rules a schema does not tell."""

LEFT_OUT = {"preset", "changes", "card_token", "card_number", "document", "verify_by", "tier_applied_for", "prior_spend", "company_user"}
"""Optional fields that exclude others: the examples go without them."""

ALWAYS = {"name", "phone", "member_id"}
"""Optional fields that a rule needs."""

ONLY = {"SearchRequest": {"phone"}, "RefundRequest": {"amount"}, "PurchaseRefundRequest": {"amount"}}
"""The optional fields of a model that takes exactly one of them."""


class Examples:
    """Makes examples of a document's schemas; `ids` are of things that exist."""

    def __init__(self, document: Schema, ids: Mapping[str, str], chance: random.Random) -> None:
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]
        self._ids = ids
        self._chance = chance

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself: references followed, the alternative that is not null."""
        if "$ref" in schema:
            return self.resolved({**self._schemas[schema["$ref"].rpartition("/")[2]], **{k: v for k, v in schema.items() if k != "$ref"}})
        if "anyOf" in schema:
            first = next(part for part in schema["anyOf"] if part.get("type") != "null")
            return {**self.resolved(first), "nullable": any(part.get("type") == "null" for part in schema["anyOf"])}
        return schema

    def example(self, schema: Schema, name: str = "") -> Json:
        """A value that the schema accepts."""
        schema = self.resolved(schema)
        if name in self._ids or name in NAMED:
            return self._ids.get(name) or NAMED[name]
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else self._chance.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return [self.example(schema["items"], "") for _ in range(max(1, schema.get("minItems", 1)))]
        if kind == "string":
            return _text(schema)
        return {"boolean": True, "integer": max(schema.get("minimum", 1), 1), "number": 1}.get(str(kind), "anything")

    def _object(self, schema: Schema) -> Json:
        chosen = [name for name in schema.get("properties", ()) if self._is_chosen(name, schema)]
        return {name: self.example(schema["properties"][name], name) for name in chosen}

    def _is_chosen(self, name: str, schema: Schema) -> bool:
        if name in schema.get("required", ()):
            return True
        if schema.get("title") in ONLY:
            return name in ONLY[schema["title"]]
        return name in ALWAYS or (name not in LEFT_OUT and self._chance.random() < 0.7)

    def places(self, schema: Schema, value: Json, place: Place = ()) -> Iterator["Spot"]:
        """Every place of an example with the schema that rules it."""
        schema = self.resolved(schema)
        yield Spot(place, schema, value)
        if isinstance(value, dict):
            for name, inner in value.items():
                part = schema.get("properties", {}).get(name)
                if part:
                    yield from self.places(part, inner, (*place, name))
        if isinstance(value, list):
            one_by_one = "x-regulars-items" in schema  # what is wrong with an item is answered in its place
            for number, inner in enumerate(() if one_by_one else value):
                yield from self.places(schema["items"], inner, (*place, number))


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of an example."""

    place: Place
    schema: Schema
    value: Json

    @property
    def kind(self) -> str:
        """What the schema expects here: a type, `choice`, or `any`."""
        if "enum" in self.schema or "const" in self.schema:
            return "choice"
        return str(self.schema.get("type", "any"))

    @property
    def is_nullable(self) -> bool:
        return bool(self.schema.get("nullable"))


def changed(value: Json, place: Place, new: Json) -> Json:
    """A copy of a value with another one at a place."""
    if not place:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = changed(copy[place[0]], place[1:], new)
    return copy


def _text(schema: Schema) -> str:
    by_format = {"date-time": "2025-05-31T12:00:00+08:00", "date": "1990-05-17"}
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    if schema.get("pattern", "").startswith("^[a-z]"):
        return "anything"
    shortest, longest = int(schema.get("minLength", 1)), int(schema.get("maxLength", 20))
    return "1" * min(max(shortest, 8 if "[0-9]" in schema.get("pattern", "") else 3), longest)
