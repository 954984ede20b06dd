"""Lines of the data as purchases of a till."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

SOURCE = "supermarket"


@dataclass(frozen=True, slots=True)
class Purchase:
    """One basket: who, when (UTC), and what the till sends."""

    household: int
    basket: int
    at: datetime
    body: dict[str, Any]


def baskets_of(lines: Any, members: Mapping[int, str], currency: str) -> Iterator[Purchase]:
    """Every basket in the order of the lines; `members` are the member ids by household."""
    for basket, found in groupby(lines.itertuples(index=False), key=attrgetter("basket")):
        yield _purchase(int(basket), list(found), members, currency)


def days_of(purchases: Iterator[Purchase], first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[date, list[Purchase]]]:
    """Every day of a span with its purchases, those without any too; `purchases` come in order."""
    by_day = groupby(purchases, key=lambda purchase: purchase.at.astimezone(zone).date())
    coming = next(by_day, None)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if coming is None or coming[0] != day:
            yield day, []
            continue
        yield day, list(coming[1])
        coming = next(by_day, None)


def batches_of(purchases: list[Purchase], size: int) -> Iterator[list[Purchase]]:
    """Neighbours of different households, at most `size`: all of them can be sent at the instant of the last one."""
    batch: list[Purchase] = []
    for purchase in purchases:
        if len(batch) == size or any(other.household == purchase.household for other in batch):
            yield batch
            batch = []
        batch.append(purchase)
    if batch:
        yield batch


def _purchase(basket: int, lines: list[Any], members: Mapping[int, str], currency: str) -> Purchase:
    first = lines[0]
    household, at = int(first.household), first.at.to_pydatetime().astimezone(UTC)
    body = {
        "source": SOURCE,
        "reference": str(basket),
        "member_id": members[household],
        "store_id": str(first.store),
        "channel": "store",
        "occurred_at": at.isoformat(),
        "currency": currency,
        "lines": [
            {"sku": line.sku, "category": line.category, "quantity": int(line.quantity), "amount": int(line.amount)} for line in lines
        ],
    }
    return Purchase(household, basket, at, body)
