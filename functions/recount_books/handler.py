"""`recount_books`: invoked by hand, counts entries that the books missed; its answer's `rest` is the event to go on with."""

from typing import Any

from regulars.aws.observability import logger
from regulars.wiring import wiring


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """One slice of the ledger; `rest` is none when all of it has been looked at."""
    result = wiring().recount.run(event.get("start"))
    logger().info("recounted", entries=result.entries, counted=result.counted, is_continued=result.rest is not None)
    return {"entries": result.entries, "counted": result.counted, "rest": {"start": dict(result.rest)} if result.rest else None}
