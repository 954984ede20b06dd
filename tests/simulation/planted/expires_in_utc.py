"""Business dates are taken in UTC, not in the programme's zone."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from unittest.mock import patch

from regulars.accounts import settling


def _utc_date(instant: datetime, _zone_name: str) -> date:
    return instant.date()


def plant() -> AbstractContextManager[object]:
    return patch.object(settling, "business_date", _utc_date)
