"""A process puts down the actor of the entry it wrote before, whoever's that was (law Z1)."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.ledger import Outcome
from regulars.accounts.scene import Scene, Step

_original = ledger._close
_last = [""]


def _close(step: Step, scene: Scene, actor: str, *, is_partial: bool = False) -> Outcome:
    before, _last[0] = _last[0], actor
    return _original(step, scene, before or actor, is_partial=is_partial)


def plant() -> AbstractContextManager[object]:
    return patch.object(ledger, "_close", _close)
