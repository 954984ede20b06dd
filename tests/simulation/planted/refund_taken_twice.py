"""A second refund takes back again what the first one took."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.commands import RecordRefund
from regulars.accounts.refunding import record_refund
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement


def _record(settlement: Settlement, command: RecordRefund, scene: Scene) -> Step:
    return record_refund(settlement, replace(command, state=replace(command.state, points=0)), scene)


def plant() -> AbstractContextManager[object]:
    return patch.dict(ledger._HANDLERS, {RecordRefund: _record})
