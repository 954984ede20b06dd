"""Jobs in the accounts' table, under the revision they were read at.

| item | pk | sk | more |
|---|---|---|---|
| job | `JOBS#<kind>` | `<job id>` | `n` revision, `s` status, `rq` request and `st` state as JSON, `events` while it is new |
| guard | the request's key | `GUARD` | `ih` input hash, `an` the job's id |
"""

import json
from copy import replace

from regulars.accounts.events import JobRequested
from regulars.accounts.jobs.service import Job, JobKind, JobStatus
from regulars.accounts.ports import GuardExistsError
from regulars.accounts.records import instant, milliseconds
from regulars.aws.outbox import outgoing
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import LostRaceError


class DynamoJobStore:
    """Jobs on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a request."""
        item = self._table.get(key, "GUARD")
        return Guard(key, item["ih"], item["an"]) if item else None

    def create(self, job: Job, guard: Guard) -> None:
        """One transaction: the guard and the job, with its event where it runs."""
        remembered = {"pk": guard.key, "sk": "GUARD", "ih": guard.input_hash, "an": guard.answer}
        try:
            self._table.transact([Put(remembered, ABSENT), Put(_item(job, is_started=job.is_running), ABSENT)])
        except ConditionFailedError as error:
            known = error.failed.get(0)
            if known is None:
                raise LostRaceError from error
            raise GuardExistsError(Guard(guard.key, known["ih"], known["an"])) from error

    def save(self, job: Job, *, is_started: bool = False) -> Job:
        """One conditional write."""
        following = replace(job, revision=job.revision + 1)
        try:
            self._table.write(Put(_item(following, is_started=is_started), "n = :n", {":n": job.revision}))
        except ConditionFailedError as error:
            raise LostRaceError from error
        return following

    def job(self, kind: JobKind, job_id: str) -> Job | None:
        """One job."""
        item = self._table.get(_pk(kind), job_id)
        return _read(item) if item else None

    def page(self, kind: JobKind, *, limit: int, after: str | None) -> tuple[list[Job], str | None]:
        """Jobs, newest first: their ids sort by time."""
        start = {"pk": _pk(kind), "sk": after} if after else None
        items, following = self._table.query("pk = :pk", {":pk": _pk(kind)}, limit=limit, forward=False, start=start)
        return [_read(item) for item in items], following["sk"] if following else None


def _pk(kind: JobKind) -> str:
    return f"JOBS#{kind.value}"


def _item(job: Job, *, is_started: bool) -> Item:
    event = JobRequested(
        event_id=derived_id("evt", job.job_id, str(job.revision)), occurred_at=job.requested_at, job_id=job.job_id, kind=job.kind.value
    )
    return {
        "pk": _pk(job.kind),
        "sk": job.job_id,
        "n": job.revision,
        "s": job.status.value,
        "rq": json.dumps(dict(job.request), separators=(",", ":"), ensure_ascii=False),
        "st": json.dumps(dict(job.state), separators=(",", ":"), ensure_ascii=False),
        "by": job.requested_by,
        "ra": milliseconds(job.requested_at),
        "ea": milliseconds(job.ended_at) if job.ended_at else None,
        "pr": job.problem,
        "events": outgoing(event) if is_started else None,
    }


def _read(item: Item) -> Job:
    return Job(
        job_id=item["sk"],
        kind=JobKind(item["pk"].removeprefix("JOBS#")),
        request=json.loads(item["rq"]),
        requested_by=item["by"],
        requested_at=instant(item["ra"]),
        state=json.loads(item["st"]),
        status=JobStatus(item["s"]),
        ended_at=instant(item["ea"]) if "ea" in item else None,
        problem=item["pr"],
        revision=item["n"],
    )
