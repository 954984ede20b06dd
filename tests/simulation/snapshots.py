"""A store's snapshot in the form of the table's items, and a store restored from one: what is not stored is lost on the way."""

from collections.abc import Iterator, Mapping
from typing import Any

from regulars.accounts.items import (
    ACCOUNT,
    APPROVALS,
    ENTRY,
    GUARD,
    REFUNDS,
    approval_item,
    entry_key,
    guard_put,
    read_approval,
    read_guard,
    read_refunds,
    refunds_item,
)
from regulars.aws.table import Item, decode_item, encode_item
from tests.support.ledger import FakeLedgerStore

type Items = Mapping[tuple[str, str], Mapping[str, Any]]
"""Every item of a table by its keys."""


def snapshot(store: FakeLedgerStore) -> Items:
    """Every item but the members' segments, as a table would give it back."""
    return {(item["pk"], item["sk"]): decode_item(encode_item(item)) for item in _items(store)}


def _items(store: FakeLedgerStore) -> Iterator[Item]:
    for member_id, record in store.accounts.items():
        yield {"pk": member_id, "sk": ACCOUNT, **record}
    for member_id, records in store.entries_of.items():
        for version, record in enumerate(records, 1):
            yield {"pk": member_id, "sk": entry_key(version), **record}
    for guard in store.guards.values():
        yield guard_put(guard, None).item
    for state in store.refunds_of.values():
        yield refunds_item(state)
    for approval in store.approvals_of.values():
        yield approval_item(approval)


def restored(items: Items, like: FakeLedgerStore) -> FakeLedgerStore:
    """A store with what a snapshot has, and the segments and shards of another."""
    store = FakeLedgerStore(like.shards)
    store.segments_of |= like.segments_of
    for (pk, sk), item in sorted(items.items()):
        record = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
        if sk == ACCOUNT:
            store.accounts[pk] = record
        elif sk.startswith(ENTRY):
            store.entries_of.setdefault(pk, []).append(record)
        elif sk == GUARD:
            store.guards[pk] = read_guard(dict(item))
        elif sk == REFUNDS:
            store.refunds_of[pk] = read_refunds(dict(item))
        elif pk == APPROVALS:
            store.approvals_of[sk] = read_approval(dict(item))
    return store
