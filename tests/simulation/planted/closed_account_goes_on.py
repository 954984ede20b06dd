"""An account that was closed still takes what is sent."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts import moving


def plant() -> AbstractContextManager[object]:
    return patch.object(moving, "_without_obligations", lambda account: replace(account, is_closed=False, granted=None, grace=None))
