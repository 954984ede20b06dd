"""What can be wrong with a value, an id, a parameter or a whole body (fault 26)."""

import base64
import json
from collections.abc import Sequence

from tests.support.examples import Json, Spot

RAW = "@raw@"
"""Stands in a body where something is written that no JSON writer would write."""

WRONG_LIMITS = ["0", "-1", "101", "1e1", "１０", "٣", "", " ", "ten", "1.5", "9" * 400, "0x10", "\x00", "\ud800", "NaN", "true"]
WRONG_CURSORS = [
    "x", "", "=", "e30", "W10", "bnVsbA", "MQ", "ä", "\ud800", "\x00", "a" * 3000,
    *(base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=") for content in (
        {"pk": "A", "sk": "B"}, {"after": ""}, {"after": "x" * 1500}, {"after": 1}, {"sk": "ENTRY#"}, {"pk": ""},
        {"queue": "x", "queued_at": "y"},
        {"after": "\u0000"}, {"after": "\ud800"}, [1], {"a": {"b": "c"}}, {"position": "1"}, {"version": "-1"}, {"version": "x"},
    )),
]  # fmt: skip
WRONG_IDS = [
    "x", "0", "mem_", "mem_01JABCDEFGHJKMNPQRSTVWXYZ", "mem_01jabcdefghjkmnpqrstvwxyz0", "ver_01JABCDEFGHJKMNPQRSTVWXYZ0",
    "reg_01JABCDEFGHJKMNPQRSTVWXYZ0", "pur_01JABCDEFGHJKMNPQRSTVWXYZ0", "fbk_01JABCDEFGHJKMNPQRSTVWXYZ0", "..", "%00", "%2e%2e%2f", "'; --",
    "１２３", "熟客", "x" * 3000, "{id}", "null", "*", "$(id)", "a b", "\ud800", "\x00", "mem_01JABCDEFGHJKMNPQRSTVWXYZ0\r\nX-A: b",
]  # fmt: skip
WRONG_KEYS = ["", " ", "a b", "x" * 129, "schlüssel", "键", "a\r\nSet-Cookie: a=b", "\x00", "\x7f", "a\tb"]
_WRONG_INSTANTS = [
    "yesterday", "2025-13-45T99:99:99Z", "2025-05-31T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "２０２５-05-31T12:00:00Z",
    "2025-05-31", "", "1748692800", "2025-05-31T12:00:00+99:99", "2025-02-29T00:00:00Z", "+275760-09-13T00:00:00Z",
]  # fmt: skip
_WRONG_DATES = [
    "yesterday",
    "2025-02-30",
    "10000-01-01",
    "2025-5-1",
    "２０２５-05-01",
    "2025-05-31T12:00:00Z",
    "",
    "0000-00-00",
    "-2025-01-01",
]
_NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "0x10", "01", "+1", "1_000", "9" * 5000]
_OTHER_TYPES: dict[str, list[Json]] = {
    "string": [12, 1.5, True, [], {}],
    "integer": ["12", "１２", 1.5, True, [], {}, "", 10**400],
    "number": ["1", True, [], {}],
    "boolean": ["true", 0, 1, "", []],
    "array": [{}, "x", 5, True],
    "object": [[], "x", 5, True],
    "choice": ["no_such_choice", 5, [], {}, ""],
}


def wrong_values(spot: Spot) -> list[tuple[str, Json]]:
    """What a place does not take, each with what is said of it; for raw ones that is what is written."""
    schema = spot.schema
    found: list[tuple[str, Json]] = [(f"another type {str(value)[:20]}", value) for value in _OTHER_TYPES[spot.kind]]
    found += [("null", None)] if not spot.is_nullable else []
    found += [(text, RAW) for text in _NO_NUMBERS]
    if spot.kind == "string":
        found += [("a NUL", "\x00"), ("a lone surrogate", "\ud800"), ("a carriage return in NUL", "a\r\n\x00b")]
        found += [("too long", "x" * (schema["maxLength"] + 1))] if "maxLength" in schema else []
        found += [("too short", "")] if schema.get("minLength") else []
        found += (
            [("no instant", value) for value in (*_WRONG_INSTANTS, 1748692800, 1748692800000.5)]
            if schema.get("format") == "date-time"
            else []
        )
        found += [("no date", value) for value in (*_WRONG_DATES, 946684800, 0)] if schema.get("format") == "date" else []
    if spot.kind in {"integer", "number"}:
        found += [("too small", schema["minimum"] - 1), ("too small", -(10**30))] if "minimum" in schema else []
        found += [("too large", schema["maximum"] + 1), ("too large", 10**30)] if "maximum" in schema else []
    if spot.kind == "array" and "maxItems" in schema and spot.value:
        found += [("too many", spot.value * (schema["maxItems"] + 1))] if schema["maxItems"] <= 200 else []
    return found


def wrong_texts(text: str) -> Sequence[tuple[str, bytes | str]]:
    """Bodies that are no JSON object of ours, from one that is."""
    inner = text[1:-1].strip()
    first = inner.split(",", 1)[0] if inner and not inner.startswith('"programme"') else '"a": 1'
    return [
        *_wrong_bytes(text),
        *_WRONG_DOCUMENTS.items(),
        ("cut off", text[: len(text) // 2]),
        ("single quotes", text.replace('"', "'") if '"' in text else "{'a': 1}"),
        ("a trailing comma", (text[:-1] + ",}") if inner else "{,}"),
        ("garbage behind", text + "}"),
        ("two documents", text + text),
        ("a byte order mark", "\ufeff" + text),
        ("a list", f"[{text}]"),
        ("a text", json.dumps(text)),
        ("a comment", f"/* {text} */ {text}"),
        ("a name twice", text[:-1] + (f", {first}}}" if inner else '"a":1,"a":1}')),
        ("too large", text[:-1] + " " * 66_000 + "}"),
    ]


def _wrong_bytes(text: str) -> Sequence[tuple[str, bytes]]:
    return [
        ("UTF-16", text.encode("utf-16")),
        ("bytes", b"\xff\xfe\x00" + text.encode()),
        ("an overlong sequence", text.encode()[:-1] + b',"\xc0\xaf":1}'),
    ]


_WRONG_DOCUMENTS = {
    "empty": "",
    "null": "null",
    "a number": "1",
    "NaN": "NaN",
    "nothing but space": " \n\t ",
    "a form": "a=1&b=2",
    "XML": "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "too deep": '{"a":' + "[" * 30_000,
    "deep and closed": '{"a":' + "[" * 400 + "]" * 400 + "}",
    "a large name": '{"' + "x" * 60_000 + '": 1}',
    "a lone surrogate": '{"\\ud800": 1}',
}
