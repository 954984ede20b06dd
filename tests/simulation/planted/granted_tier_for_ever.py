"""A tier given for a time stays when its time is over."""

from contextlib import AbstractContextManager
from copy import replace
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.accounts.tiers import Looked


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "_end_grant", lambda account, _version, _at: Looked(replace(account, granted=None)))
