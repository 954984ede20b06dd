"""What was paid with points or vouchers earns points again."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import earning


def plant() -> AbstractContextManager[object]:
    return patch.object(earning, "_unpaid", lambda eligible, _total, _paid: eligible)
