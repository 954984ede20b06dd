"""The first purchase's moment is kept by the process that saw it, and is not stored (law Z2)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import replace
from datetime import datetime
from unittest.mock import patch

from regulars.accounts.model import Account
from tests.support.ledger import FakeLedgerStore

_write, _load = FakeLedgerStore.write_account, FakeLedgerStore.load


def _written(self: FakeLedgerStore, account: Account) -> None:
    _firsts(self)[account.member_id] = account.first_purchase_at
    _write(self, replace(account, first_purchase_at=None))


def _loaded(self: FakeLedgerStore, member_id: str) -> Account | None:
    account = _load(self, member_id)
    return replace(account, first_purchase_at=_firsts(self).get(member_id)) if account else None


def _firsts(store: FakeLedgerStore) -> dict[str, datetime | None]:
    firsts: dict[str, datetime | None] = store.__dict__.setdefault("firsts", {})
    return firsts


@contextmanager
def plant() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch.object(FakeLedgerStore, "write_account", _written))
        stack.enter_context(patch.object(FakeLedgerStore, "load", _loaded))
        yield
