"""A batch of queue messages worked off: what fails is reported by itself and tried again, the others are done (ReportBatchItemFailures)."""

import json
from collections.abc import Callable
from typing import Any

from regulars.aws.observability import logger


def work_off(event: dict[str, Any], work: Callable[[dict[str, Any]], None], failure: str) -> dict[str, list[dict[str, str]]]:
    """Hands each message's JSON to `work`; `failure` is how the log names one that raised. Answers what Lambda is to try again."""
    failures = []
    for record in event["Records"]:
        try:
            work(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001  # a poisoned message must fail alone, whatever it raises
            logger().error(failure, error=type(error).__name__, message_id=record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
