"""Who is about to leave goes on earning."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.earning import Earned


def plant() -> AbstractContextManager[object]:
    return patch.object(Earned, "without_points", lambda earned: earned)
