"""Under `inactivity` points end although the member was active."""

from contextlib import AbstractContextManager, ExitStack
from unittest.mock import patch

from regulars.accounts import moving, purchasing


def plant() -> AbstractContextManager[object]:
    stack = ExitStack()
    for module in (moving, purchasing):
        stack.enter_context(patch.object(module, "extend", lambda settlement, _scene, _active_on: settlement))
    return stack
