"""`total_points`: the accounts' stream in, the programme's figures by day and tier added to; each entry once."""

from collections.abc import Mapping
from typing import Any

from regulars.accounts.entries import Entry
from regulars.accounts.relay import entry_of_item
from regulars.aws.observability import logger
from regulars.aws.streams import decode_image, sequence_number
from regulars.kernel.errors import RegularsError
from regulars.wiring import wiring


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Counts a batch; a record that cannot be read fails alone, all others fail together when the books cannot be written.

    Lambda tries again from the first one that failed: what was counted is marked, and counts once.
    """
    entries: list[Entry] = []
    failed: list[str] = []
    read: list[str] = []
    for record in event["Records"]:
        try:
            entries += _entries_of(record)
            read.append(sequence_number(record))
        except Exception as error:  # noqa: BLE001  # a poisoned record must fail alone, whatever it raises
            logger().error("unreadable record", error=type(error).__name__, sequence_number=sequence_number(record))
            failed.append(sequence_number(record))
    counted = 0
    try:
        counted = wiring().bookkeeper.count(entries)
    except RegularsError as error:
        logger().error("not counted", error=type(error).__name__)
        failed += read
    logger().info("counted", records=len(event["Records"]), entries=len(entries), counted=counted, failed=len(failed))
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(failed)]}


def _entries_of(record: Mapping[str, Any]) -> list[Entry]:
    """The entry a record tells of; entries are put once, so nothing else of the ledger is counted."""
    if record["eventName"] != "INSERT":
        return []
    entry = entry_of_item(decode_image(record["dynamodb"]["NewImage"]))
    return [entry] if entry else []
