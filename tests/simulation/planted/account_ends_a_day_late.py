"""An account that is about to end has one day more."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from unittest.mock import patch

from regulars.accounts import settling
from regulars.accounts.ending import end_of
from regulars.accounts.model import Closing


def _end_of(closing: Closing, zone_name: str) -> datetime:
    return end_of(closing, zone_name) + timedelta(days=1)


def plant() -> AbstractContextManager[object]:
    return patch.object(settling, "end_of", _end_of)
