"""`settle_accounts`: a message without a shard starts the night, or the review of tiers under a new version; one with a shard does it."""

from collections.abc import Callable
from typing import Any

from regulars.accounts.reviewing import JOB as REVIEW
from regulars.accounts.reviewing import ReviewTask
from regulars.accounts.walking import ShardTask, ShardWalk
from regulars.aws.batches import work_off
from regulars.aws.observability import logger
from regulars.wiring import wiring


class SettlementIncompleteError(Exception):
    """Some accounts of a shard could not be settled: the message is tried again and, in the end, kept in the dead-letter queue."""


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Works off a batch of queue messages; one that fails does not block the others (ReportBatchItemFailures)."""
    return work_off(event, _work, "settlement failed")


def _work(message: dict[str, Any]) -> None:
    if message.get("job") == REVIEW:
        _walk(wiring().tier_review, ReviewTask, message)
    else:
        _walk(wiring().settlement, ShardTask, message)


def _walk[Task: ShardTask](walk: ShardWalk[Task, Any], task: Callable[..., Task], message: dict[str, Any]) -> None:
    if "shard" not in message:
        logger().info("job started", job=walk.job, shards=walk.start())
        return
    result = walk.run(task(**{name: value for name, value in message.items() if name != "job"}))
    logger().info(
        "shard settled",
        job=walk.job,
        shard=message["shard"],
        seen=result.seen,
        settled=result.settled,
        failed=len(result.failed),
        is_continued=result.continuation is not None,
    )
    if result.failed:
        raise SettlementIncompleteError
