"""`export_ledger`: goes on with exports, a slice a message."""

import json
from typing import Any

from regulars.accounts.jobs import Job
from regulars.aws.observability import logger
from regulars.kernel.errors import NotFoundError
from regulars.wiring import wiring


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Works off a batch of queue messages; one that fails does not block the others (ReportBatchItemFailures)."""
    failures = []
    for record in event["Records"]:
        try:
            _go_on(json.loads(record["body"])["detail"]["job_id"])
        except Exception as error:  # noqa: BLE001  # a poisoned message must fail alone, whatever it raises
            logger().error("export failed", error=type(error).__name__, message_id=record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _go_on(job_id: str) -> None:
    try:
        job = wiring().exports.resume(job_id, _put)
    except NotFoundError:  # a job is written before its event is let out: where there is none, nothing is to be done
        logger().warning("no such export", job_id=job_id)
        return
    logger().info("export went on", job_id=job.job_id, status=job.status.value)


def _put(job: Job) -> None:
    wiring().job_queue.put(job)
