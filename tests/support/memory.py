"""A table in memory and a key service in memory: quick stand-ins whose honesty the contract tests check."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.aws.table import ConditionFailedError, Delete, Item, Put, Table, Update, Write, decode_item, encode_item
from regulars.kernel.errors import UnavailableError

type Key = tuple[str, str]

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, wanted: bool(found == wanted),
    "<": lambda found, wanted: found is not None and bool(found < wanted),
    "<=": lambda found, wanted: found is not None and bool(found <= wanted),
}


class MemoryTable(Table):
    """A table that evaluates the few expressions our stores use; `lose` makes calls fail before or after they took effect.

    `hash_keys` names the hash and range key of each index.
    """

    def __init__(self, **hash_keys: tuple[str, str]) -> None:
        self.stored: dict[Key, dict[str, Any]] = {}
        self.calls: list[str] = []
        self._indexes = hash_keys
        self._losses: list[tuple[str, bool]] = []

    def lose(self, operation: str, *, after: bool = False) -> None:
        """Loses the next call of an operation (`get`, `query`, `write`, `transact`): the request, or `after` it the answer."""
        self._losses.append((operation, after))

    @property
    def items(self) -> list[Item]:
        """Everything, in order of the keys."""
        return [decode_item(self.stored[key]) for key in sorted(self.stored)]

    def get(self, pk: str, sk: str, *, consistent: bool = True) -> Item | None:  # noqa: ARG002  # everything here is consistent
        return self._called("get", lambda: self._item((pk, sk)))

    def query(
        self,
        condition: str,
        values: Mapping[str, Any],
        *,
        limit: int,
        index: str | None = None,
        forward: bool = True,
        start: Mapping[str, str] | None = None,
        consistent: bool | None = None,  # noqa: ARG002  # as above
    ) -> tuple[list[Item], dict[str, str] | None]:
        return self._called("query", lambda: self._query(condition, values, limit, index, forward=forward, start=start))

    def scan(self, *, limit: int, start: Mapping[str, str] | None) -> tuple[list[Item], dict[str, str] | None]:
        rest = [item for item in self.items if start is None or (item["pk"], item["sk"]) > (start["pk"], start["sk"])]
        page = rest[:limit]
        return page, {name: page[-1][name] for name in ("pk", "sk")} if len(rest) > limit else None

    def batch_get(self, keys: Sequence[tuple[str, str]], attributes: Sequence[str]) -> list[Item]:
        found = [item for key in keys if (item := self._item(key))]
        return [{name: item[name] for name in ("pk", "sk", *attributes) if name in item} for item in found]

    def write(self, write: Put | Update | Delete) -> None:
        self._called("write", lambda: self._commit([write]))

    def transact(self, writes: Sequence[Write]) -> None:
        self._called("transact", lambda: self._commit(writes))

    def _called[T](self, operation: str, work: Callable[[], T]) -> T:
        self.calls.append(operation)
        loss = next((loss for loss in self._losses if loss[0] == operation), None)
        if loss is None:
            return work()
        self._losses.remove(loss)
        if loss[1]:
            work()
        raise UnavailableError(retry_after_seconds=1)

    def _commit(self, writes: Sequence[Write]) -> None:
        failed = {
            place: self._item(_key(write))
            for place, write in enumerate(writes)
            if write.condition and not _holds(write.condition, write.values or {}, self._item(_key(write)) or {})
        }
        if failed:
            raise ConditionFailedError(failed)
        for write in writes:
            self._apply(write)

    def _apply(self, write: Write) -> None:
        if isinstance(write, Put):
            self.stored[_key(write)] = encode_item(write.item)
        elif isinstance(write, Delete):
            self.stored.pop(_key(write), None)
        elif isinstance(write, Update):
            self.stored[_key(write)] = encode_item(_updated(write, self._item(_key(write))))

    def _item(self, key: Key) -> Item | None:
        return decode_item(self.stored[key]) if key in self.stored else None

    def _query(
        self, condition: str, values: Mapping[str, Any], limit: int, index: str | None, *, forward: bool, start: Mapping[str, str] | None
    ) -> tuple[list[Item], dict[str, str] | None]:
        hash_key, range_key = self._indexes[index] if index else ("pk", "sk")

        def place(item: Mapping[str, str]) -> tuple[str, ...]:
            return item[range_key], item["pk"], item["sk"]

        keyed = [item for item in self.items if hash_key in item and range_key in item]
        found = sorted((item for item in keyed if _holds(condition, values, item)), key=place, reverse=not forward)
        if start:
            found = [item for item in found if (place(item) > place(start)) == forward and place(item) != place(start)]
        page = found[:limit]
        last = {name: page[-1][name] for name in {hash_key, range_key, "pk", "sk"}} if len(found) > limit else None
        return page, last


def _key(write: Write) -> Key:
    return (write.item["pk"], write.item["sk"]) if isinstance(write, Put) else (write.pk, write.sk)


def _holds(condition: str, values: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """`AND` binds before `OR`; no brackets but those of functions."""
    condition = re.sub(r"(\w+) BETWEEN (:\w+) AND (:\w+)", r"\1 within \2\3", condition)
    return any(all(_term(term, values, item) for term in clause.split(" AND ")) for clause in condition.split(" OR "))


def _term(term: str, values: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    if found := re.fullmatch(r"attribute_(not_)?exists\((\w+)\)", term):
        return (found[2] in item) != bool(found[1])
    if found := re.fullmatch(r"begins_with\((\w+), (:\w+)\)", term):
        return str(item.get(found[1], "")).startswith(values[found[2]])
    if found := re.fullmatch(r"(\w+) within (:\w+)(:\w+)", term):
        return bool(values[found[2]] <= item.get(found[1], "") <= values[found[3]])
    if found := re.fullmatch(r"(\w+) (=|<=?) (:\w+)", term):
        return _TESTS[found[2]](item.get(found[1]), values[found[3]])
    raise NotImplementedError(term)


def _updated(write: Update, before: Item | None) -> Item:
    """`SET name = :value` and `ADD name :number`, of each one or several with commas between."""
    item = {"pk": write.pk, "sk": write.sk, **(before or {})}
    for verb, clauses in re.findall(r"(SET|ADD) ((?:#?\w+(?: =)? :\w+(?:, )?)+)", write.expression):
        for name, value in re.findall(r"(#?\w+)(?: =)? (:\w+)", clauses):
            plain = (write.names or {}).get(name, name)
            item[plain] = write.values[value] + (item.get(plain, 0) if verb == "ADD" else 0)
    return item


@dataclass
class MemoryKms:
    """The key service in memory: wrapped keys open only with the context they were made with. `calls` counts, `down` refuses."""

    keys: dict[bytes, tuple[bytes, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: set[str] = field(default_factory=set)

    def generate_data_key(self, **request: Any) -> dict[str, bytes]:
        self._called("generate_data_key")
        key = secrets.token_bytes(32)
        wrapped = hashlib.sha256(key).digest()
        self.keys[wrapped] = (key, json.dumps(request["EncryptionContext"]))
        return {"CiphertextBlob": wrapped, "Plaintext": key}

    def decrypt(self, **request: Any) -> dict[str, bytes]:
        self._called("decrypt")
        key, context = self.keys[request["CiphertextBlob"]]
        if context != json.dumps(request["EncryptionContext"]):
            raise AssertionError("wrong context")
        return {"Plaintext": key}

    def _called(self, operation: str) -> None:
        self.calls.append(operation)
        if operation in self.down:
            raise UnavailableError(retry_after_seconds=1)
