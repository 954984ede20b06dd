"""`settle_accounts`: a message without a shard starts the night (one message a shard follows); one with a shard settles it."""

import json
from typing import Any

from regulars.accounts.nightly import ShardTask
from regulars.aws.observability import logger
from regulars.wiring import wiring


class SettlementIncompleteError(Exception):
    """Some accounts of a shard could not be settled: the message is tried again and, in the end, kept in the dead-letter queue."""


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Works off a batch of queue messages; one that fails does not block the others (ReportBatchItemFailures)."""
    failures = []
    for record in event["Records"]:
        try:
            _work(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001  # a poisoned message must fail alone, whatever it raises
            logger().error("settlement failed", error=type(error).__name__, message_id=record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _work(message: dict[str, Any]) -> None:
    settlement = wiring().settlement
    if "shard" not in message:
        logger().info("settlement started", shards=settlement.start())
        return
    result = settlement.run(ShardTask(int(message["shard"]), message.get("start")))
    logger().info(
        "shard settled",
        shard=message["shard"],
        seen=result.seen,
        settled=result.settled,
        failed=len(result.failed),
        is_continued=result.continuation is not None,
    )
    if result.failed:
        raise SettlementIncompleteError
