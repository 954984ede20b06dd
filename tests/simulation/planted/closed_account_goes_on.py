"""An account that was closed still takes what is sent."""

from contextlib import AbstractContextManager
from copy import replace
from typing import Any
from unittest.mock import patch

from regulars.accounts import closing
from regulars.accounts.ending import end


def _open_end(*arguments: Any) -> Any:
    account, postings = end(*arguments)
    return replace(account, is_closed=False), postings


def plant() -> AbstractContextManager[object]:
    return patch.object(closing, "end", _open_end)
