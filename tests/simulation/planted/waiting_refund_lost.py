"""A refund that came before its purchase is forgotten when the purchase comes."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.waiting import Waiting


def plant() -> AbstractContextManager[object]:
    return patch.object(Waiting, "following", lambda _self, _outcomes: None)
