"""Points end on the last day they should still be usable."""

from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from unittest.mock import patch

from regulars.accounts import settling
from regulars.kernel.clock import business_date


def _tomorrow(instant: datetime, zone_name: str) -> date:
    return business_date(instant, zone_name) + timedelta(days=1)


def plant() -> AbstractContextManager[object]:
    return patch.object(settling, "business_date", _tomorrow)
