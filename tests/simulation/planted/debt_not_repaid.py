"""What is earned does not repay a debt."""

from contextlib import AbstractContextManager, ExitStack
from unittest.mock import patch

from regulars.accounts import moving, purchasing, redeeming, settling


def plant() -> AbstractContextManager[object]:
    stack = ExitStack()
    for module in (moving, purchasing, redeeming, settling):
        stack.enter_context(patch.object(module, "credit", lambda _account, posting: [posting]))
    return stack
