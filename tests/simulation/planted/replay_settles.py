"""A purchase that is sent again settles its member's account before it is answered (law Z4)."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.answers import PurchaseAnswer
from regulars.accounts.commands import RecordPurchase
from regulars.accounts.service import AccountsService, Buyer, Recorded

_original = AccountsService.record_purchase


def _record(self: AccountsService, buyer: Buyer, command: RecordPurchase, input_hash: str) -> Recorded[PurchaseAnswer]:
    recorded = _original(self, buyer, command, input_hash)
    if recorded.is_replay:
        self.settle(recorded.answer.member_id, command.actor)
    return recorded


def plant() -> AbstractContextManager[object]:
    return patch.object(AccountsService, "record_purchase", _record)
