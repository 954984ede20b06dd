"""`simulate_program`: goes on with simulations that a request could not finish, a slice a message."""

from typing import Any

from regulars.accounts.jobs.service import resumed
from regulars.aws.batches import work_off
from regulars.aws.observability import logger
from regulars.wiring import wiring


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Works off a batch of queue messages; one that fails does not block the others (ReportBatchItemFailures)."""
    return work_off(event, _go_on, "simulation failed")


def _go_on(message: dict[str, Any]) -> None:
    job = resumed(wiring().simulations, message, lambda jobs: wiring().job_queue.put(jobs))  # noqa: PLW0108  # the queue is asked for only when something is left
    if job is None:
        logger().warning("no such simulation", job_id=message["detail"]["job_id"])
        return
    logger().info("simulation went on", job_id=job.job_id, status=job.status.value, played=job.state["place"])
