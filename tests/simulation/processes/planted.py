"""Bugs that only several processes on one table can show, planted in the workers on purpose: a few histories must find each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import replace
from typing import Any
from unittest.mock import patch

from regulars.accounts import dynamodb
from regulars.accounts.items import guard_put
from regulars.accounts.ports import Change
from regulars.accounts.progress import Standing
from regulars.accounts.service import AccountsService
from regulars.aws.table import Put, Write
from regulars.kernel.idempotency import Guard

_change_writes = dynamodb.DynamoLedgerStore._change_writes
_original_standing = AccountsService.standing


def _unconditional(store: dynamodb.DynamoLedgerStore, change: Change) -> list[Write]:
    return [replace(write, condition=None, values=None) for write in _change_writes(store, change) if isinstance(write, Put)]


def _forgetful(guard: Guard, _replaced: Guard | None) -> Put:
    return Put(guard_put(guard, None).item)


def _last_writer_wins() -> AbstractContextManager[Any]:
    """Accounts, entries and refunds are written whatever stands there: who writes last wins."""
    return patch.object(dynamodb.DynamoLedgerStore, "_change_writes", _unconditional)


def _guards_overwritten() -> AbstractContextManager[Any]:
    """A guard is written over the one that is there: what is sent again counts again."""
    return patch.object(dynamodb, "guard_put", _forgetful)


def _standing(service: AccountsService, member_id: str) -> Standing:
    known: dict[str, Standing] = service.__dict__.setdefault("_known", {})
    return known.setdefault(member_id, _original_standing(service, member_id))


def _reads_from_memory() -> AbstractContextManager[Any]:
    """A process tells a balance as it read it first: right when it was told before, wrong since another process wrote."""
    return patch.object(AccountsService, "standing", _standing)


PLANTED: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "last_writer_wins": _last_writer_wins,
    "guards_overwritten": _guards_overwritten,
    "reads_from_memory": _reads_from_memory,
}
