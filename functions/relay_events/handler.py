"""`relay_events`: the streams of the tables in, events on the bus out (design, Events)."""

from typing import Any

from functions.relay_events.relay import relay
from regulars.aws.observability import logger
from regulars.wiring import wiring

_CONTEXTS = ("program", "members", "accounts", "service")


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Relays a batch; what has to be tried again is reported record by record (ReportBatchItemFailures)."""
    settings = wiring().settings
    contexts = {settings[f"TABLE_{context.upper()}"]: context for context in _CONTEXTS}
    result = relay(event["Records"], contexts, wiring().bus.put)
    logger().info("relayed", records=len(event["Records"]), events=result.events, failed=len(result.failed), unreadable=result.unreadable)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in result.failed]}
