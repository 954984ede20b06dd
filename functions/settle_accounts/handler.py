"""`settle_accounts`: a message without a shard starts the night, or the review of tiers under a new version; one with a shard does it."""

from typing import Any

from regulars.accounts.nightly import ShardResult, ShardTask
from regulars.accounts.reviewing import JOB as REVIEW
from regulars.accounts.reviewing import ReviewResult, ReviewTask
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
        _review(message)
    else:
        _settle(message)


def _settle(message: dict[str, Any]) -> None:
    settlement = wiring().settlement
    if "shard" not in message:
        logger().info("settlement started", shards=settlement.start())
        return
    result = settlement.run(ShardTask(int(message["shard"]), message.get("start")))
    _tell("shard settled", int(message["shard"]), result)


def _review(message: dict[str, Any]) -> None:
    review = wiring().tier_review
    if "shard" not in message:
        logger().info("review started", shards=review.start())
        return
    result = review.run(ReviewTask(int(message["version"]), int(message["shard"]), message.get("start")))
    _tell("shard reviewed", int(message["shard"]), result)


def _tell(what: str, shard: int, result: ShardResult | ReviewResult) -> None:
    is_continued = result.continuation is not None
    logger().info(what, shard=shard, seen=result.seen, settled=result.settled, failed=len(result.failed), is_continued=is_continued)
    if result.failed:
        raise SettlementIncompleteError
