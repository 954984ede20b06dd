"""`deliver_messages`: events from the bus, by way of a queue, in; e-mails and SMS out (COM-10)."""

import json
from dataclasses import asdict
from typing import Any

from regulars.aws.observability import logger
from regulars.messaging.ports import ClaimedError, SendFailedError
from regulars.wiring import wiring

_TIME_FOR_ONE_MILLISECONDS = 12_000
"""What one message may take with every call at its time-out: what cannot be finished is not begun."""


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Works off a batch; a message that fails does not block the others (ReportBatchItemFailures)."""
    failed = [record["messageId"] for record in event["Records"] if not _has_time(context) or not _deliver(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _has_time(context: Any) -> bool:
    return bool(context.get_remaining_time_in_millis() > _TIME_FOR_ONE_MILLISECONDS)


def _deliver(record: dict[str, Any]) -> bool:
    facts: dict[str, Any] = {"queue_message_id": record["messageId"]}
    try:
        envelope = json.loads(record["body"])
        facts |= {"event_type": envelope["detail-type"], "event_id": envelope["detail"]["event_id"]}
        delivery = wiring().deliveries.deliver(envelope["detail-type"], envelope["detail"])
    except ClaimedError:
        logger().warning("another worker is at it", **facts)
        return False
    except SendFailedError as error:
        logger().warning("to be tried again", reason=error.code, **facts)
        wiring().delivery_queue.try_again(record["receiptHandle"], int(record["attributes"]["ApproximateReceiveCount"]))
        return False
    except Exception as error:  # noqa: BLE001  # a poisoned message must fail alone, whatever it raises; its text may be personal
        logger().error("delivery failed", error=type(error).__name__, **facts)
        return False
    told = {name: value for name, value in asdict(delivery).items() if value}
    logger().info("delivered", **told, **facts)
    return True
