"""The days that a job looks at."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from regulars.accounts.errors import PeriodUnfitError
from regulars.accounts.jobs.service import Job
from regulars.accounts.ports import Programmes
from regulars.kernel.clock import business_date, start_of_day

DAYS_MAX = 366


class Period(Struct, frozen=True):
    """Business days in the programme's zone, from the first through the last."""

    first_day: date
    last_day: date

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "Period":
        """The period that a job's request names."""
        return cls(date.fromisoformat(request["first_day"]), date.fromisoformat(request["last_day"]))

    def to_json(self) -> dict[str, str]:
        """The period as a job's request names it."""
        return {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}

    def check(self, programmes: Programmes, now: datetime) -> None:
        """Whether a job may look at it. Raises: PeriodUnfitError, it lies in the future, is too long or no period at all."""
        today = business_date(now, programmes().at(now).programme.time_zone)
        if not (self.first_day <= self.last_day <= today and (self.last_day - self.first_day).days < DAYS_MAX):
            raise PeriodUnfitError(days=DAYS_MAX)

    @classmethod
    def span(cls, job: Job, programmes: Programmes) -> tuple[datetime, datetime]:
        """The instants that a job's period begins and ends at: what came after it was asked for is not looked at."""
        period, zone = cls.of(job.request), programmes().at(job.requested_at).programme.time_zone
        end = start_of_day(period.last_day + timedelta(days=1), zone)
        return start_of_day(period.first_day, zone), min(end, job.requested_at)
