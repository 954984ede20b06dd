"""An answer that a newer version of the code recorded cannot be given again (fault 22)."""

from contextlib import AbstractContextManager
from unittest.mock import patch

import msgspec

from regulars.accounts.answers import MovementAnswer


class _Strict(MovementAnswer, frozen=True, forbid_unknown_fields=True):
    pass


def _from_text(text: str) -> MovementAnswer:
    return msgspec.json.decode(text, type=_Strict)


def plant() -> AbstractContextManager[object]:
    return patch.object(MovementAnswer, "from_text", _from_text)
