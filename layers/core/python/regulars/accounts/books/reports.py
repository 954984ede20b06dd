"""Reports from the books: points by day and tier with what is owed to members (PTS-25), and how members stand in tiers (TIER-18)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from regulars.accounts.books.bookkeeping import BooksStore
from regulars.accounts.books.model import STANDING, Figure, Figures, Move
from regulars.accounts.ports import Programmes
from regulars.accounts.redeeming import value_of
from regulars.kernel.clock import Clock, start_of_day
from regulars.program.model import Programme, ProgrammeHistory

REPORT_DAYS_MAX = 366

type Direction = Literal["up", "down", "level"]


class PointsOf(Struct, frozen=True):
    """Points of one tier, or of all: what flowed in the period, how they stood at its end, and what that is worth in minor units."""

    tier: str
    flows: Figures
    standing: Figures
    liability_value: int

    @property
    def outstanding(self) -> int:
        """Points that members have: usable, waiting, and held for a payment."""
        return self.standing[Figure.AVAILABLE] + self.standing[Figure.PENDING] + self.standing[Figure.HELD]

    @property
    def redemption_rate_thousandths(self) -> int | None:
        """Used of issued, less what was given back; none where nothing was issued."""
        issued = self.flows[Figure.ISSUED]
        return (self.flows[Figure.REDEEMED] - self.flows[Figure.RETURNED]) * 1000 // issued if issued else None


class PointsReport(Struct, frozen=True):
    """The books of a period: day by day, tier by tier in the programme's order, and in all."""

    first: date
    last: date
    currency: str
    days: tuple[tuple[date, Figures], ...]
    tiers: tuple[PointsOf, ...]
    total: PointsOf


class Movement(Struct, frozen=True):
    """How many members went from a tier to another for a cause."""

    from_tier: str
    to_tier: str
    cause: str
    direction: Direction
    members: int


class TiersReport(Struct, frozen=True):
    """Members by tier at the end of a period, and who moved in it."""

    first: date
    last: date
    distribution: tuple[tuple[str, int], ...]
    movements: tuple[Movement, ...]

    def count(self, direction: Direction) -> int:
        """How many went that way."""
        return sum(movement.members for movement in self.movements if movement.direction == direction)


class Reports:
    """Reads the books."""

    def __init__(self, store: BooksStore, programmes: Programmes, clock: Clock) -> None:
        self._store = store
        self._programmes = programmes
        self._clock = clock

    def points(self, first: date, last: date) -> PointsReport:
        """What points did from one day through another."""
        programme = self._programme(last)
        by_day: dict[date, Counter[Figure]] = {}
        by_tier: dict[str, Counter[Figure]] = {}
        for (day, tier), figures in self._store.days(first, last).items():
            by_day.setdefault(day, Counter()).update(figures)
            by_tier.setdefault(tier, Counter()).update(figures)
        standing = self._store.through(last)
        tiers = tuple(
            _points_of(tier, programme, by_tier.get(tier, Counter()), standing.get(tier, {}))
            for tier in _in_order(programme, standing.keys() | by_tier.keys())
        )
        total = _points_of("", programme, _sum(by_tier.values()), _sum(standing.values()))
        return PointsReport(first, last, programme.currency, tuple(sorted(by_day.items())), tiers, total)

    def tiers(self, first: date, last: date) -> TiersReport:
        """How members stood in tiers at the end of a day, and moved since another."""
        programme, history = self._programme(last), self._programmes()
        standing = self._store.through(last)
        members = tuple(
            (tier, standing.get(tier, {}).get(Figure.MEMBERS, 0)) for tier in _in_order(programme, standing.keys())
        )  # fmt: skip
        moved: Counter[tuple[str, str, str, Direction]] = Counter()
        for move, count in self._store.moves(first, last).items():
            moved[move.from_tier, move.to_tier, move.cause, direction(move, history)] += count
        movements = tuple(Movement(*what, count) for what, count in sorted(moved.items()))
        return TiersReport(first, last, members, movements)

    def _programme(self, last: date) -> Programme:
        """The rules in force at the end of a day, or now where it is not over."""
        history, now = self._programmes(), self._clock()
        end = start_of_day(last + timedelta(days=1), history.at(now).programme.time_zone) - timedelta(seconds=1)
        return history.at(min(now, end)).programme


def direction(move: Move, history: ProgrammeHistory) -> Direction:
    """Which way a move went, by the order of tiers of its version; a tier that is no longer there, by the last version that had it."""
    before, after = (_rank(history, move.program_version, code) for code in (move.from_tier, move.to_tier))
    return "up" if after > before else "down" if after < before else "level"


def _rank(history: ProgrammeHistory, version: int, code: str) -> int:
    known = [each for each in history.versions if each.number <= version and any(tier.code == code for tier in each.programme.tiers)]
    return known[-1].programme.tier_index(code) if known else 0


def _points_of(tier: str, programme: Programme, flows: Figures, standing: Figures) -> PointsOf:
    points = PointsOf(tier, Counter(flows), Counter({figure: standing.get(figure, 0) for figure in STANDING}), 0)
    return PointsOf(tier, points.flows, points.standing, value_of(programme, points.outstanding))


def _in_order(programme: Programme, tiers: Iterable[str]) -> list[str]:
    """The programme's tiers, then those that only older entries know."""
    codes = [tier.code for tier in programme.tiers]
    return [*codes, *sorted(set(tiers) - set(codes))]


def _sum(sheets: Iterable[Figures]) -> Counter[Figure]:
    total: Counter[Figure] = Counter()
    for figures in sheets:
        total.update(figures)
    return total
