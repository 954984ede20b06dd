"""A scheduled job now, instead of at its hour: the message that the schedule would send, then waiting until all is quiet."""

import json
import time
from dataclasses import asdict, dataclass

from regulars_local.running import RunningStack

JOBS = {"settle-accounts": "SettleQueueUrl", "review-tiers": "SettleQueueUrl", "check-ledger": "CheckQueueUrl"}
_WORK_QUEUES = ("SettleQueueUrl", "DeliverQueueUrl", "SimulationQueueUrl", "CheckQueueUrl", "ImportQueueUrl", "ExportQueueUrl")
_QUIET_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class JobSummary:
    """What one run left: new accounts' entries, new messages, messages in dead-letter queues, and how long it took."""

    job: str
    seconds: float
    entries: int
    messages: int
    failed: int
    waiting: int

    def as_params(self) -> dict[str, object]:
        """The figures by their names, for a sentence."""
        return asdict(self)


def run_job(running: RunningStack, job: str, *, timeout_seconds: float = 300.0) -> JobSummary:
    """Starts `job` and waits until its queues are drained, or the time is up."""
    started = time.monotonic()
    before = _counts(running)
    running.cloud.queues.send_message(QueueUrl=running.outputs[JOBS[job]], MessageBody=json.dumps({"job": job.replace("-", "_")}))
    waiting = wait_until_quiet(running, timeout_seconds=timeout_seconds)
    after = _counts(running)
    return JobSummary(job, time.monotonic() - started, after[0] - before[0], after[1] - before[1], failed_count(running), waiting)


def wait_until_quiet(running: RunningStack, *, timeout_seconds: float) -> int:
    """Waits until the work queues stay empty for a moment; answers how many messages still wait at the end (0 when quiet)."""
    deadline = time.monotonic() + timeout_seconds
    quiet_since: float | None = None
    while time.monotonic() < deadline:
        waiting = waiting_count(running)
        quiet_since = None if waiting else quiet_since or time.monotonic()
        if quiet_since and time.monotonic() - quiet_since >= _QUIET_SECONDS:
            return 0
        time.sleep(0.1)
    return waiting_count(running)


def waiting_count(running: RunningStack) -> int:
    """Messages in the work queues, those being worked on included."""
    return sum(_depth(running, running.outputs[output]) for output in _WORK_QUEUES)


def failed_count(running: RunningStack) -> int:
    """Messages in dead-letter queues: work that was given up."""
    listed = running.cloud.queues.list_queues().get("QueueUrls", [])
    work = {running.outputs[output] for output in _WORK_QUEUES}
    return sum(_depth(running, url) for url in listed if url not in work)


def _depth(running: RunningStack, queue_url: str) -> int:
    depth = running.cloud.queues.get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    )["Attributes"]
    return int(depth["ApproximateNumberOfMessages"]) + int(depth["ApproximateNumberOfMessagesNotVisible"])


def _counts(running: RunningStack) -> tuple[int, int]:
    """How many items the accounts and the messaging table hold (the emulator counts them exactly)."""
    counts = [
        running.cloud.dynamodb.describe_table(TableName=running.outputs[output])["Table"]["ItemCount"]
        for output in ("TableAccounts", "TableMessaging")
    ]
    return counts[0], counts[1]
