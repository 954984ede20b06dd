"""A tier given for a time becomes the earned one."""

from contextlib import AbstractContextManager
from copy import replace
from datetime import datetime
from unittest.mock import patch

from regulars.accounts import moving
from regulars.accounts.model import Account, Granted
from regulars.accounts.tiers import Looked, grant
from regulars.program.model import ProgrammeVersion


def _grant(account: Account, version: ProgrammeVersion, granted: Granted, at: datetime) -> Looked:
    return grant(account, version, replace(granted, base=granted.tier), at)


def plant() -> AbstractContextManager[object]:
    return patch.object(moving, "grant", _grant)
