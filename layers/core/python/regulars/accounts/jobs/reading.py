"""A member's ledger read through, for jobs that look at all of it."""

from collections.abc import Iterator

from regulars.accounts.entries import Entry
from regulars.accounts.ports import LedgerStore

_PAGE = 100


def entry_pages(store: LedgerStore, member_id: str) -> Iterator[list[Entry]]:
    """A member's entries, newest first, page by page; a page is read when it is asked for."""
    before: int | None = None
    while True:
        page, before = store.entries(member_id, limit=_PAGE, before=before)
        yield page
        if before is None:
            return
