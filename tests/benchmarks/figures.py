"""What a benchmark finds: a figure, the bar it is held against, and whether it is reached."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; every bar is a ceiling.

    `measured` is `None` when it could not be measured here, and `note` says why. `at_most` is `None` for what is only told.
    """

    bar: int
    what: str
    measured: float | None
    at_most: float | None = None
    unit: str = ""
    note: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether it was measured and lies above the bar."""
        return self.at_most is not None and self.measured is not None and self.measured > self.at_most

    @property
    def verdict(self) -> str:
        """`reached`, `missed`, `not measured`, or nothing for what has no bar."""
        if self.measured is None:
            return "not measured"
        if self.at_most is None:
            return ""
        return "missed" if self.is_missed else "reached"


def plain(number: float | None) -> str:
    """A figure as people read it: whole numbers whole, ratios with two decimals."""
    if number is None:
        return "–"
    return (
        f"{number:,.0f}" if (number == round(number) and abs(number) != 1) or abs(number) >= 1000 else f"{number:,.2f}".removesuffix(".00")
    )


def missed(figures: Iterable[Figure]) -> list[Figure]:
    """The figures above their bar."""
    return [figure for figure in figures if figure.is_missed]
