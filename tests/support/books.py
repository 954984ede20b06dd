"""The books' way in process: what the ledger's table holds goes through `total_points`, as the stream would hand it on."""

from typing import Any

from functions.total_points.handler import lambda_handler
from regulars.accounts.books.checking import LedgerCheck
from regulars.accounts.books.replaying import Difference, Finding
from regulars.aws.table import decode_item
from tests.support.bus import LambdaContext, failed_in, stream_records


def ledger_items(dynamodb: Any) -> list[dict[str, Any]]:
    """Everything in the accounts' table."""
    return [decode_item(item) for page in dynamodb.get_paginator("scan").paginate(TableName="accounts") for item in page["Items"]]


def keep_books(dynamodb: Any) -> None:
    """Counts everything that the ledger holds, all of it anew each time, in batches of 100."""
    records = stream_records("accounts", ledger_items(dynamodb))
    for offset in range(0, len(records), 100):
        assert failed_in(lambda_handler({"Records": records[offset : offset + 100]}, LambdaContext())) == []


def gaps(check: LedgerCheck) -> list[Finding]:
    """What the check of the ledger finds where nobody keeps books."""
    return [finding for finding in check.run(check.begin()).findings if finding.difference is not Difference.TOTALS_DIFFER]
