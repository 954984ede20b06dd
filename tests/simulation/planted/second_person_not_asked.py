"""A correction above the limit is recorded by one person."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.commands import Adjust
from regulars.accounts.moving import adjust
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement


def _adjust(settlement: Settlement, command: Adjust, scene: Scene) -> Step:
    return adjust(settlement, replace(command, approved_by=command.approved_by or command.actor), scene)


def plant() -> AbstractContextManager[object]:
    return patch.dict(ledger._HANDLERS, {Adjust: _adjust})
