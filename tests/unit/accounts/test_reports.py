"""Reports: which way members moved, and that a report never reads without end."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regulars.accounts.books.dynamodb import DynamoBooksStore
from regulars.accounts.books.model import Move
from regulars.accounts.books.reports import direction
from regulars.program.presets import preset
from tests.support.accounts import history
from tests.support.memory import MemoryTable

DAY = date(2026, 3, 15)
VERSIONS = history((datetime(2000, 1, 1, tzinfo=UTC), preset("five")), (datetime(2026, 1, 1, tzinfo=UTC), preset("four")))


@pytest.mark.parametrize(
    ("before", "after", "version", "expected"),
    [
        ("ordinary", "gold", 2, "up"),
        ("gold", "silver", 1, "down"),
        ("diamond", "platinum", 2, "down"),
        ("nobody", "ordinary", 2, "level"),
    ],
)
def test_which_way_a_member_went(before: str, after: str, version: int, expected: str) -> None:
    """By the order of the tiers of its version; a tier that is gone counts as the last version that had it did."""
    assert expected == direction(Move(DAY, before, after, "review", version), VERSIONS)


def test_a_report_reads_a_bounded_number_of_pages() -> None:
    """Books that answer page after page without end are an error, not a function that runs until it is killed."""
    table: Any = MemoryTable()
    table.query = lambda *_arguments, **_options: ([], {"pk": "DAY#0", "sk": "x"})
    with pytest.raises(ValueError, match="more figures"):
        DynamoBooksStore(table).days(DAY, DAY)
