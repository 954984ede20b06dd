"""A refusal is sent without reading the guard: a purchase whose answer was lost is refused when it comes again."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.commands import RecordPurchase
from regulars.accounts.ports import GuardExistsError
from regulars.accounts.service import AccountsService, Buyer, Recorded, _replay


def _record(self: AccountsService, buyer: Buyer, command: RecordPurchase, input_hash: str) -> Recorded:
    try:
        return self._record(buyer, command, input_hash)
    except GuardExistsError as error:
        return _replay(error.guard, input_hash)


def plant() -> AbstractContextManager[object]:
    return patch.object(AccountsService, "record_purchase", _record)
