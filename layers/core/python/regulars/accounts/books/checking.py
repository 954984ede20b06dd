"""The check of the ledger: every stored item is read once, and whatever does not agree is named by its member (laws L5 to L9).

It reads page by page within a time budget and queues its continuation. What looks wrong in a page, where items may be older or newer than
each other, is looked at again by consistent reads before it is reported. The books are compared up to the day before the check began,
which does not change any more. It writes nothing: repairs are new entries.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import replace
from datetime import date, timedelta
from itertools import chain, groupby, islice

from msgspec import Struct, field

from regulars.accounts.books.bookkeeping import BooksStore
from regulars.accounts.books.facts import FactsCheck
from regulars.accounts.books.model import Figure, Move, Sheet
from regulars.accounts.books.replaying import Difference, Finding, differences
from regulars.accounts.entries import Entry
from regulars.accounts.jobs.reading import entry_pages
from regulars.accounts.model import Account
from regulars.accounts.ports import LedgerAudit, LedgerStore, Programmes, Row, Unreadable
from regulars.kernel.clock import Clock, business_date

JOB = "check_ledger"
PAGE_SIZE = 400
BUDGET_SECONDS = 25.0
_PAGES_MAX = 10_000

type Sums = dict[str, Counter[Figure]]
"""What entries come to by tier."""

type Moves = Counter[tuple[str, str, str, int]]
"""How many moves entries tell of, by the tiers they led from and to, their cause and the programme's version."""


class CheckTask(Struct, frozen=True):
    """Go on from `start`; `through` is the last day whose books are compared, `sums` and `moves` what the entries so far come to."""

    through: date
    start: Mapping[str, str] | None = None
    sums: Sums = field(default_factory=dict)
    moves: Moves = field(default_factory=Counter)


class CheckResult(Struct, frozen=True):
    """How many members and entries were looked at, what is wrong, and what is left to do."""

    members: int
    entries: int
    findings: tuple[Finding, ...]
    continuation: CheckTask | None = None


class LedgerCheck:
    """The job behind `check_ledger` and `regulars ledger`."""

    def __init__(
        self,
        store: LedgerStore,
        audit: LedgerAudit,
        books: BooksStore,
        programmes: Programmes,
        clock: Clock,
        *,
        stopwatch: Callable[[], float],
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._store = store
        self._audit = audit
        self._facts = FactsCheck(store, audit)
        self._books = books
        self._programmes = programmes
        self._clock = clock
        self._stopwatch = stopwatch
        self._page_size = page_size

    def begin(self) -> CheckTask:
        """A new check, of the books through yesterday."""
        now = self._clock()
        return CheckTask(business_date(now, self._programmes().at(now).programme.time_zone) - timedelta(days=1))

    def run(self, task: CheckTask) -> CheckResult:
        """Checks page by page; `continuation` tells what is left when the time is up."""
        started = self._stopwatch()
        known = replace(task, sums={tier: Counter(figures) for tier, figures in task.sums.items()}, moves=Counter(task.moves))
        findings: list[Finding] = []
        members = entries = 0
        start, carried = task.start, list[Row]()
        while True:
            rows, following = self._audit.page(limit=self._page_size, start=start)
            rows = [*carried, *rows]
            carried = _last_group(rows) if following else []
            done = rows[: len(rows) - len(carried)]
            findings += self._findings(done)
            found = [row.value for row in done if isinstance(row.value, Entry)]
            self._add(known, found)
            members += len({row.pk for row in done if row.pk.startswith("mem_")})
            entries += len(found)
            if following is None:
                return CheckResult(members, entries, (*findings, *self._compared(known)))
            start = following
            if done and self._stopwatch() - started > BUDGET_SECONDS:
                rest = replace(known, start={"pk": done[-1].pk, "sk": done[-1].sk})
                return CheckResult(members, entries, tuple(findings), rest)

    def member(self, member_id: str) -> list[Finding]:
        """What is wrong with one member's account, by consistent reads: the account first, as what comes later is newer."""
        history = self._programmes()
        for _ in range(3):
            account = self._store.load(member_id)
            entries = self._entries(member_id)
            after = self._store.load(member_id)
            if (account.version if account else 0) == (after.version if after else 0):
                break
        return differences(member_id, account, entries, history)

    def _entries(self, member_id: str) -> list[Entry]:
        """All of a member's entries, oldest first."""
        pages = islice(entry_pages(self._store, member_id), _PAGES_MAX)
        return list(chain.from_iterable(pages))[::-1]

    def _findings(self, rows: Sequence[Row]) -> Iterator[Finding]:
        history = self._programmes()
        for pk, group in groupby(rows, key=lambda row: row.pk):
            values = list(group)
            broken = [row for row in values if isinstance(row.value, Unreadable)]
            yield from (Finding(pk, Difference.UNREADABLE, row.sk) for row in broken)
            if not pk.startswith("mem_") or broken:
                continue
            account = next((row.value for row in values if isinstance(row.value, Account)), None)
            entries = sorted((row.value for row in values if isinstance(row.value, Entry)), key=lambda entry: entry.version)
            if differences(pk, account, entries, history):
                yield from self.member(pk)
        yield from self._facts.differences(rows)

    def _add(self, known: CheckTask, entries: Sequence[Entry]) -> None:
        """Adds what entries come to to what those before them came to."""
        sheet = Sheet().add_all(entries, self._programmes())
        for (day, tier), figures in sheet.figures.items():
            if day <= known.through:
                known.sums.setdefault(tier, Counter()).update(figures)
        known.moves.update(_by_tiers({move: count for move, count in sheet.moves.items() if move.day <= known.through}))

    def _compared(self, known: CheckTask) -> Iterator[Finding]:
        """The books say what the entries come to."""
        books = self._books.through(known.through)
        for tier in sorted(books.keys() | known.sums.keys()):
            for figure in Figure:
                expected, counted = known.sums.get(tier, Counter())[figure], books.get(tier, {}).get(figure, 0)
                if expected != counted:
                    yield Finding("", Difference.TOTALS_DIFFER, f"{tier} {figure.value}: entries {expected}, books {counted}")
        moves = _by_tiers(self._books.moves(date.min, known.through))
        for move in sorted(moves.keys() | known.moves.keys()):
            if known.moves[move] != moves[move]:
                what = "{} to {}, {}, version {}".format(*move)
                yield Finding("", Difference.TOTALS_DIFFER, f"{what}: entries {known.moves[move]}, books {moves[move]}")


def _by_tiers(moves: Mapping[Move, int]) -> Moves:
    """Moves of all days together."""
    found: Moves = Counter()
    for move, count in moves.items():
        found[move.from_tier, move.to_tier, move.cause, move.program_version] += count
    return found


def _last_group(rows: Sequence[Row]) -> list[Row]:
    """The rows of the last key, which may go on in the next page."""
    place = len(rows)
    while place and rows[place - 1].pk == rows[-1].pk:
        place -= 1
    return list(rows[place:])
