"""Where one step down is the most, a tier falls to what the figures say."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.accounts.model import Account
from regulars.accounts.tiers import Looked
from regulars.program.model import ProgrammeVersion
from regulars.program.policies import Demotion

_original = tiers._demote


def _demote(account: Account, version: ProgrammeVersion, at: datetime, *more: Any) -> Looked:
    programme = version.programme
    qualification = programme.qualification.model_copy(update={"demotion": Demotion.TO_QUALIFIED})
    changed = programme.model_copy(update={"qualification": qualification})
    return _original(account, version.model_copy(update={"programme": changed}), at, *more)


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "_demote", _demote)
