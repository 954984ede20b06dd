"""The window forgets its oldest month."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.kernel.clock import add_months


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "add_months", lambda month, months: add_months(month, months + 1 if months < 0 else months))
