"""The threshold itself does not qualify: the upgrade comes one minor unit late."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.program.model import Programme, Tier
from regulars.program.qualifying import Figures

_original = Programme.tier_for


def _tier_for(self: Programme, figures: Figures) -> Tier:
    return _original(self, {factor: figure - 1 for factor, figure in figures.items()})


def plant() -> AbstractContextManager[object]:
    return patch.object(Programme, "tier_for", _tier_for)
