"""Who no longer qualifies falls at once, without the grace."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from regulars.accounts import tiers
from regulars.accounts.model import Account
from regulars.accounts.tiers import Looked
from regulars.program.model import ProgrammeVersion

_original = tiers._review


def _review(account: Account, version: ProgrammeVersion, at: datetime, *more: Any) -> Looked:
    programme = version.programme
    qualification = programme.qualification.model_copy(update={"grace_days": 0})
    changed = programme.model_copy(update={"qualification": qualification})
    return _original(account, version.model_copy(update={"programme": changed}), at, *more)


def plant() -> AbstractContextManager[object]:
    return patch.object(tiers, "_review", _review)
