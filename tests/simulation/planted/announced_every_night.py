"""What expires soon is announced again with every settlement."""

from contextlib import AbstractContextManager
from copy import replace
from datetime import date
from unittest.mock import patch

from regulars.accounts import settling
from regulars.accounts.settling import Settlement
from regulars.program.model import ProgrammeVersion

_original = settling._remind


def _remind(settlement: Settlement, version: ProgrammeVersion, today: date) -> Settlement:
    forgetful = replace(settlement, account=replace(settlement.account, reminded_through=None))
    return _original(forgetful, version, today)


def plant() -> AbstractContextManager[object]:
    return patch.object(settling, "_remind", _remind)
