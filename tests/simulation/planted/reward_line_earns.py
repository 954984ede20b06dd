"""Excluded lines and rewards earn like any other."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import earning


def plant() -> AbstractContextManager[object]:
    return patch.object(earning, "_is_eligible", lambda _programme, _line: True)
