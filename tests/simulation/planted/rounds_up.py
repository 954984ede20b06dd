"""Points are rounded up instead of down."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.earning import Earned, earn, split
from regulars.accounts.model import Line
from regulars.program.model import Programme


def _earn(programme: Programme, tier: str, lines: Sequence[Line]) -> Earned:
    earned = earn(programme, tier, lines)
    points = -(-earned.eligible_amount * earned.rate_thousandths // 100_000)
    return replace(earned, points=points, line_points=split(points, [line.amount for line in lines]))


def plant() -> AbstractContextManager[object]:
    return patch.object(ledger, "earn", _earn)
