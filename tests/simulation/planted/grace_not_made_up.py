"""What is bought within the grace does not save the tier."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.accounts.tiers import Looked


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "_make_up", lambda account, _version, _instant: Looked(account))
