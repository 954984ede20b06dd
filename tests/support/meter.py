"""A capacity meter on the client port: what DynamoDB would charge, computed from its size rules.

No emulator reports capacity truthfully (performance.md). The rules, from DynamoDB's documentation on item sizes, capacity and
secondary indexes:

* a write costs a unit per started KB of the larger of the item before and after; a failed condition that of the item that stood
  there, at least one;
* a strongly consistent read costs a unit per started 4 KB, at least one; an eventually consistent one half of that; a query is
  charged on the sum of the sizes it read;
* a transaction doubles the table's units; a cancelled one is counted as if it had been written, which is an upper bound, as what
  is charged is not documented;
* an index is charged for the change to what it holds: one write when an entry comes, goes or changes, two when its key moves,
  nothing when it stays the same. A transaction does not double it: indexes follow after the commit.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096

type StoredItem = Mapping[str, Mapping[str, Any]]
"""An item as the low-level client sends and answers it: attribute name to `{type: value}`."""


def item_size(item: StoredItem) -> int:
    """The bytes an item is charged for: its names and values."""
    return sum(_text_size(name) + value_size(value) for name, value in item.items())


def value_size(attribute: Mapping[str, Any]) -> int:
    """The bytes of one attribute value, without its name.

    Raises:
        ValueError: it is of no type that DynamoDB has.
    """
    ((kind, value),) = attribute.items()
    sizes: dict[str, Callable[[Any], int]] = {
        "S": _text_size,
        "N": number_size,
        "B": len,
        "BOOL": lambda _: 1,
        "NULL": lambda _: 1,
        "M": lambda parts: 3 + sum(1 + _text_size(name) + value_size(part) for name, part in parts.items()),
        "L": lambda parts: 3 + sum(1 + value_size(part) for part in parts),
        **dict.fromkeys(("SS", "NS", "BS"), lambda members: sum(value_size({kind[0]: member}) for member in members)),
    }
    if kind not in sizes:
        raise ValueError(f"no attribute type {kind}")
    return sizes[kind](value)


def number_size(text: str) -> int:
    """A byte per two significant digits and one more; a sign takes another."""
    number = Decimal(text)
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return math.ceil(len(digits) / 2) + 1 + (number < 0)


def _text_size(text: str) -> int:
    return len(text.encode())


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls came to: reads come in halves; `items_changed` are those that stood differently after a write than before."""

    calls: int = 0
    write_units: int = 0
    read_units: float = 0
    items_changed: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.calls + other.calls,
            self.write_units + other.write_units,
            self.read_units + other.read_units,
            self.items_changed + other.items_changed,
        )


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: its key attributes and what it holds of an item (`None` is everything)."""

    key: tuple[str, ...]
    projected: frozenset[str] | None

    def entry(self, item: StoredItem | None) -> StoredItem | None:
        """What the index holds of an item; `None` when an attribute of its key is missing (a sparse index)."""
        if item is None or any(name not in item for name in self.key):
            return None
        return {name: value for name, value in item.items() if self.projected is None or name in self.projected}

    def write_units(self, before: StoredItem | None, after: StoredItem | None) -> int:
        """The charge for the change to what it holds."""
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old and new and all(old[name] == new[name] for name in self.key):
            return write_units(max(item_size(old), item_size(new)))
        return sum(write_units(item_size(entry)) for entry in (old, new) if entry is not None)


def write_units(size: int) -> int:
    """A unit per started KB, at least one."""
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))


def read_units(size: int, *, consistent: bool) -> float:
    """A unit per started 4 KB, at least one; half of that for an eventually consistent read."""
    return max(1, math.ceil(size / READ_UNIT_BYTES)) * (1.0 if consistent else 0.5)


@dataclass(frozen=True, slots=True)
class _Target:
    table: str
    key: StoredItem
    written: StoredItem | None


@dataclass
class Meter:
    """A DynamoDB client that counts; for one caller at a time, as it looks at items before and after each write.

    Operations it does not know are an `AttributeError`: nothing goes by uncounted.
    """

    raw: Any
    log: list[tuple[str, Cost]] = field(default_factory=list)
    _schemas: dict[str, tuple[tuple[str, ...], tuple[Index, ...]]] = field(default_factory=dict)

    @property
    def total(self) -> Cost:
        """Everything since the meter was made."""
        return sum((cost for _, cost in self.log), Cost())

    @contextmanager
    def measured(self) -> Iterator[list[tuple[str, Cost]]]:
        """The calls made inside a `with` block, in order; complete at its end."""
        calls: list[tuple[str, Cost]] = []
        start = len(self.log)
        yield calls
        calls += self.log[start:]

    def get_item(self, **request: Any) -> Any:
        item = self._image(request["TableName"], request["Key"])
        units = read_units(item_size(item or {}), consistent=request.get("ConsistentRead", False))
        self._count("get_item", Cost(1, 0, units))
        return self.raw.get_item(**request)

    def query(self, **request: Any) -> Any:
        if unknown := {"FilterExpression", "ProjectionExpression", "Select"} & request.keys():
            raise ValueError(f"the answer would not show what was read: {sorted(unknown)}")
        response = self.raw.query(**request)
        size = sum(item_size(item) for item in response["Items"])
        self._count("query", Cost(1, 0, read_units(size, consistent=request.get("ConsistentRead", False))))
        return response

    def put_item(self, **request: Any) -> Any:
        return self._write("put_item", request)

    def update_item(self, **request: Any) -> Any:
        return self._write("update_item", request)

    def delete_item(self, **request: Any) -> Any:
        return self._write("delete_item", request)

    def transact_write_items(self, **request: Any) -> Any:
        targets = [self._target(part) for action in request["TransactItems"] for part in action.values()]
        before = [self._image(target.table, target.key) for target in targets]
        try:
            return self.raw.transact_write_items(**request)
        finally:
            after = [self._image(target.table, target.key) for target in targets]
            units = sum(
                2 * _table_units(old, new, target.written) + self._index_units(target.table, old, new)
                for target, old, new in zip(targets, before, after, strict=True)
            )
            changed = sum(old != new for old, new in zip(before, after, strict=True))
            self._count("transact_write_items", Cost(1, units, items_changed=changed))

    def _write(self, operation: Literal["put_item", "update_item", "delete_item"], request: dict[str, Any]) -> Any:
        target = self._target(request)
        before = self._image(target.table, target.key)
        try:
            return getattr(self.raw, operation)(**request)
        finally:
            after = self._image(target.table, target.key)
            units = _table_units(before, after) + self._index_units(target.table, before, after)
            self._count(operation, Cost(1, units, items_changed=int(before != after)))

    def _target(self, request: Mapping[str, Any]) -> _Target:
        table, written = request["TableName"], request.get("Item")
        names, _ = self._schema(table)
        return _Target(table, {name: written[name] for name in names} if written else request["Key"], written)

    def _image(self, table: str, key: StoredItem) -> StoredItem | None:
        item: StoredItem | None = self.raw.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return item

    def _index_units(self, table: str, before: StoredItem | None, after: StoredItem | None) -> int:
        return sum(index.write_units(before, after) for index in self._schema(table)[1])

    def _schema(self, table: str) -> tuple[tuple[str, ...], tuple[Index, ...]]:
        if table not in self._schemas:
            self._schemas[table] = _read_schema(self.raw.describe_table(TableName=table)["Table"])
        return self._schemas[table]

    def _count(self, operation: str, cost: Cost) -> None:
        self.log.append((operation, cost))


def _table_units(*images: StoredItem | None) -> int:
    return write_units(max(item_size(image or {}) for image in images))


def _read_schema(description: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[Index, ...]]:
    keys = _key_names(description)
    return keys, tuple(_read_index(keys, index) for index in description.get("GlobalSecondaryIndexes", ()))


def _read_index(table_keys: tuple[str, ...], description: Mapping[str, Any]) -> Index:
    keys, projection = _key_names(description), description["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(keys, None)
    return Index(keys, frozenset({*table_keys, *keys, *projection.get("NonKeyAttributes", ())}))


def _key_names(description: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(element["AttributeName"] for element in description["KeySchema"])
