"""The programme's table.

| item | pk | sk |
|---|---|---|
| published version | `PROGRAM` | `PUBLISHED#<number, 6 digits>` |
"""

from regulars.aws.table import Table
from regulars.kernel.clock import parse_instant
from regulars.program.model import Programme, ProgrammeVersion

_PAGE_SIZE = 50


class DynamoProgramStore:
    """The store of programme versions on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def published(self) -> tuple[ProgrammeVersion, ...]:
        """Every published version, in order of number."""
        found: list[ProgrammeVersion] = []
        start = None
        while True:
            items, start = self._table.query(
                "pk = :pk AND begins_with(sk, :sk)", {":pk": "PROGRAM", ":sk": "PUBLISHED#"}, limit=_PAGE_SIZE, start=start
            )
            found += [
                ProgrammeVersion(
                    number=item["number"],
                    effective_from=parse_instant(item["effective_from"]),
                    programme=Programme.model_validate_json(item["programme"]),
                )
                for item in items
            ]
            if not start:
                return tuple(found)
