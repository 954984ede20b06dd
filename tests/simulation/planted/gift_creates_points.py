"""Who receives a gift gets a point more than was given."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.commands import ReceivePoints
from regulars.accounts.moving import receive
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement


def _receive(settlement: Settlement, command: ReceivePoints, scene: Scene) -> Step:
    lots = {lot: points + 1 for lot, points in command.lots.items()}
    return receive(settlement, replace(command, lots=lots), scene)


def plant() -> AbstractContextManager[object]:
    return patch.dict(ledger._HANDLERS, {ReceivePoints: _receive})
