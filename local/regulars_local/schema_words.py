"""JSON Schema in the words of a reference: what type a field has, what is allowed, what it means."""

from collections.abc import Iterator, Mapping
from typing import Any

type Schema = Mapping[str, Any]

_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches `{}`",
}


def fields_of(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[tuple[str, str, str]]:
    """Each field of an object: its name, its type, and what is to be known of it."""
    for name, field in schema["properties"].items():
        needed = name in schema.get("required", ())
        yield f"`{name}`", type_of(field, schemas), "; ".join(_notes(field, schemas, needed=needed))


def type_of(schema: Schema, schemas: Mapping[str, Schema] | None = None) -> str:
    """A field's type: a link to an object's own table, the values of an enumeration, or JSON's type."""
    if "$ref" in schema:
        return _named(schema["$ref"].rpartition("/")[2], schemas or {})
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_of(each, schemas) for each in schema["anyOf"]))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}), schemas)}"
    return str(schema.get("format") or schema.get("type") or "any")


def _named(name: str, schemas: Mapping[str, Schema]) -> str:
    target = schemas.get(name, {})
    return f"[`{name}`](#{name.lower()})" if "properties" in target or not target else type_of(target, schemas)


def _notes(field: Schema, schemas: Mapping[str, Schema], *, needed: bool) -> Iterator[str]:
    if field.get("description"):
        yield " ".join(str(field["description"]).rstrip(".").split())
    for part in _parts(field, schemas):
        for name, words in _LIMITS.items():
            if name in part:
                yield words.format(part[name])
    if needed:
        yield "required"
    elif field.get("default") is not None:
        yield f"default `{field['default']}`"


def _parts(field: Schema, schemas: Mapping[str, Schema]) -> Iterator[Schema]:
    yield field
    if "$ref" in field:
        yield from _parts(schemas.get(field["$ref"].rpartition("/")[2], {}), schemas)
    for each in field.get("anyOf", ()):
        yield from _parts(each, schemas)
