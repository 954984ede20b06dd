"""A refusal is sent without reading the guard: a purchase whose answer was lost is refused when it comes again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.ports import GuardExistsError
from regulars.accounts.service import AccountsService, Recorded
from regulars.kernel.idempotency import Guard


def _once[Answer](
    _self: AccountsService, _key: str, input_hash: str, read: Callable[[str], Answer], record: Callable[[Guard | None], Answer]
) -> Recorded[Answer]:
    waiting = None
    while True:
        try:
            return Recorded(record(waiting), is_replay=False)
        except GuardExistsError as error:
            if not error.guard.is_waiting:
                return Recorded(read(error.guard.answer_for(input_hash)), is_replay=True)
            waiting = error.guard


def plant() -> AbstractContextManager[object]:
    return patch.object(AccountsService, "once", _once)
