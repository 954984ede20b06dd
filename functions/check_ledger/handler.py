"""`check_ledger`: a message without sums begins the check of the whole ledger, as does one of an older version; one with sums goes on."""

from typing import Any

from regulars.accounts.books.tasks import check_task_of
from regulars.aws.batches import work_off
from regulars.aws.metrics import report_metric
from regulars.aws.observability import logger
from regulars.wiring import wiring

FINDINGS_TOLD_MAX = 100


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Works off a batch of queue messages; one that fails does not block the others (ReportBatchItemFailures)."""
    return work_off(event, _work, "check failed")


def _work(message: dict[str, Any]) -> None:
    """Differences are told one by one, by opaque ids, and counted: the metric raises the alarm."""
    check = wiring().ledger_check
    result = check.run(check_task_of(message) if "moves" in message else check.begin())
    if result.continuation:
        wiring().check_queue.put([result.continuation])
    for finding in result.findings[:FINDINGS_TOLD_MAX]:
        logger().error(
            "difference", member_id=finding.member_id, difference=finding.difference.value, detail=finding.detail
        )  # fmt: skip
    report_metric("LedgerDifferences", len(result.findings))
    report_metric("LedgerEntriesChecked", result.entries)
    logger().info(
        "checked",
        members=result.members,
        entries=result.entries,
        differences=len(result.findings),
        is_continued=result.continuation is not None,
    )
