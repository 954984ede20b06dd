"""Malformed requests, made from the interface document with a seed: each is nearly right and wrong in one way (fault 26)."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Any

from tests.support.examples import Examples, Json, Schema, changed
from tests.support.malformations import RAW, WRONG_CURSORS, WRONG_IDS, WRONG_KEYS, WRONG_LIMITS, wrong_texts, wrong_values


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    facts: Schema

    @property
    def name(self) -> str:
        return str(self.facts["operationId"])

    @property
    def body(self) -> Schema | None:
        """The schema of its body."""
        body: Schema | None = self.facts.get("requestBody")
        return body["content"]["application/json"]["schema"] if body else None

    def parameters(self, place: str) -> list[str]:
        """The names of its parameters in the path, the query or the headers."""
        return [found["name"] for found in self.facts.get("parameters", ()) if found["in"] == place]


@dataclass(frozen=True, slots=True)
class Request:
    """A request and what is wrong with it; `refused` says that it must be answered by 4xx, `writable` that a client can send it."""

    operation: Operation
    why: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str | None = None
    refused: bool = True

    def __str__(self) -> str:
        body = repr(self.body)
        return f"{self.operation.method} {self.path[:80]} {dict(self.query)} {dict(self.headers)} {self.why}: {body[:300]}"


def operations(document: Schema) -> list[Operation]:
    """Every operation of a document."""
    return [Operation(method.upper(), path, facts) for path, methods in document["paths"].items() for method, facts in methods.items()]


class Malformed:
    """Makes the malformed requests of one operation; the same seed makes the same ones."""

    def __init__(self, document: Schema, operation: Operation, ids: Mapping[str, str], seed: str) -> None:
        self.chance = random.Random(f"{seed}/{operation.name}")
        self.examples = Examples(document, ids, self.chance)
        self.operation = operation
        self._ids = ids

    def requests(self, count: int) -> Iterator[Request]:
        """As many as asked."""
        kinds = self._kinds()
        for number in range(count):
            yield kinds[number % len(kinds)](self.well_formed(number))

    def well_formed(self, number: int = 0) -> Request:
        """A request with nothing wrong in its form."""
        path = self.operation.path
        for name in self.operation.parameters("path"):
            path = path.replace(f"{{{name}}}", self._ids.get(name, "mem_01JABCDEFGHJKMNPQRSTVWXYZ0"))
        wanted = {"Idempotency-Key": f"fuzz-{number}", "If-Match": '"1"'}
        headers = {name: value for name, value in wanted.items() if name in self.operation.parameters("header")}
        body = json.dumps(self._example()) if self.operation.body else None
        return Request(
            self.operation, "well formed", path, headers={"Content-Type": "application/json", **headers}, body=body, refused=False
        )

    def _example(self) -> Json:
        return self.examples.example(self.operation.body or {})

    def _kinds(self) -> list[Callable[[Request], Request]]:
        operation = self.operation
        kinds: list[Callable[[Request], Request]] = []
        if operation.body:
            kinds += [self.wrong_value] * 12 + [self.missing_field, self.unknown_field] * 2 + [self.wrong_text] * 6 + [self.wrong_type]
        if operation.parameters("path"):
            kinds += [self.wrong_id]
        if operation.parameters("query"):
            kinds += [self.wrong_query] * 2
        if {"Idempotency-Key", "If-Match"} & set(operation.parameters("header")):
            kinds += [self.wrong_header]
        return kinds if kinds or operation.method != "GET" else [self.needless_query]

    # --- one thing wrong --------------------------------------------------------------------------------------------
    def wrong_value(self, request: Request) -> Request:
        """A value of another type, out of bounds, of another form, or null."""
        example = self._example()
        spots = [spot for spot in self.examples.places(self.operation.body or {}, example) if spot.place and spot.kind != "any"]
        if not spots:
            return self.unknown_field(request)
        spot = self.chance.choice(spots)
        name, value = self.chance.choice(wrong_values(spot))
        text = json.dumps(changed(example, spot.place, value)).replace(f'"{RAW}"', name)
        return replace(request, why=f"{name} at {spot.place}", body=text, refused=True)

    def missing_field(self, request: Request) -> Request:
        """A required field is not there."""
        example = self._example()
        spots = [spot for spot in self.examples.places(self.operation.body or {}, example) if spot.schema.get("required") and spot.value]
        if not spots:
            return self.unknown_field(request)
        spot = self.chance.choice(spots)
        name = self.chance.choice(spot.schema["required"])
        left = {key: value for key, value in spot.value.items() if key != name}
        return replace(request, why=f"without {name} at {spot.place}", body=json.dumps(changed(example, spot.place, left)), refused=True)

    def unknown_field(self, request: Request) -> Request:
        """A field that the schema does not have."""
        example = self._example()
        spots = [
            spot
            for spot in self.examples.places(self.operation.body or {}, example)
            if spot.schema.get("additionalProperties") is False and isinstance(spot.value, dict)
        ]
        spot = self.chance.choice(spots)
        name = self.chance.choice(["surprise", "__proto__", "constructor", "is_admin", "", "熟", "x" * 3000, "$where", "member_id\u0000"])
        grown = {**spot.value, name: self.chance.choice([1, "x", None, [], {}])}
        return replace(
            request, why=f"unknown {name[:20]!r} at {spot.place}", body=json.dumps(changed(example, spot.place, grown)), refused=True
        )

    def wrong_text(self, request: Request) -> Request:
        """A body that is no JSON object of ours, whatever it says."""
        text = str(request.body)
        why, body = self.chance.choice(wrong_texts(text))
        is_needed = self.operation.facts["requestBody"]["required"]  # without any text an optional body is left out
        return replace(request, why=why, body=body, refused=bool(body) or is_needed)

    def wrong_type(self, request: Request) -> Request:
        """A body that is said to be something else."""
        kind = self.chance.choice(
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", "*/*", "a/b/c"]
        )
        return replace(request, why=kind, headers={**request.headers, "Content-Type": kind}, refused=True)

    def wrong_id(self, request: Request) -> Request:
        """An id of nothing."""
        name = self.chance.choice(self.operation.parameters("path"))
        wrong = self.chance.choice(WRONG_IDS)
        path = self.operation.path
        for other in self.operation.parameters("path"):
            path = path.replace(f"{{{other}}}", wrong if other == name else self._ids.get(other, "x"))
        return replace(request, why=f"{name} is {wrong[:30]!r}", path=path, refused=self.operation.method == "GET")

    def wrong_query(self, request: Request) -> Request:
        """A parameter that is unknown, out of bounds, or of another form."""
        name, values = self.chance.choice(
            [("limit", WRONG_LIMITS), ("cursor", WRONG_CURSORS), ("surprise", ["1", ""]), ("status", ["gone", "\x00"])]
        )
        is_known = name in self.operation.parameters("query")
        query = {name: self.chance.choice(values)}
        return replace(request, why=f"query {query}"[:80], query=query, refused=request.refused or not is_known or name != "cursor")

    def wrong_header(self, request: Request) -> Request:
        """A header that a write needs is missing or unfit."""
        name = self.chance.choice(sorted({"Idempotency-Key", "If-Match"} & set(self.operation.parameters("header"))))
        values = WRONG_KEYS if name == "Idempotency-Key" else ["", " ", '"999"', 'W/"1"', "*", "1", '"1", "2"', "\x00", "x" * 5000]
        headers = {**request.headers, name: self.chance.choice(values)}
        return replace(request, why=f"{name} is {headers[name][:30]!r}", headers=headers, refused=True)

    def needless_query(self, request: Request) -> Request:
        """A parameter where none is read."""
        name = self.chance.choice(["limit", "x", "", "\ud800", "a" * 3000])
        return replace(request, why="a query where none is read", query={name: "1"})


def documented(operation: Operation) -> dict[int, frozenset[str]]:
    """The statuses of an operation and, of refusals, the codes."""
    return {
        int(status): frozenset(facts["description"].removeprefix("One of: ").removesuffix(".").split(", "))
        for status, facts in operation.facts["responses"].items()
    }


def complaint(request: Request, status: int, content_type: str, text: str) -> str | None:
    """What is wrong with an answer to a malformed request, if anything."""
    known = documented(request.operation)
    if status >= 500 or status not in known:
        return f"{status} {text[:200]}"
    if status < 400:
        return f"accepted by {status}" if request.refused else None
    problem: dict[str, Any] = json.loads(text)
    expected = {"type", "title", "status", "detail", "instance", "code"}
    if content_type != "application/problem+json" or not expected <= set(problem) or problem["status"] != status:
        return f"no problem of ours: {content_type} {text[:200]}"
    return None if problem["code"] in known[status] else f"{status} with the undocumented code {problem['code']}"
