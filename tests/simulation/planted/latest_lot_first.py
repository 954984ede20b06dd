"""Points that end last are used first."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from unittest.mock import patch

from regulars.accounts import redeeming


def _latest_first(lots: Mapping[date, int], points: int) -> list[tuple[date, int]]:
    taken = []
    for lot in sorted(lots, reverse=True):
        part = min(points, lots[lot])
        if part > 0:
            taken.append((lot, part))
            points -= part
    return taken


def plant() -> AbstractContextManager[object]:
    return patch.object(redeeming, "soonest_first", _latest_first)
