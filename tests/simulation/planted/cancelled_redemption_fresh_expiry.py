"""Points of a cancelled redemption get a new life instead of their own."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from unittest.mock import patch

from regulars.accounts import redeeming
from regulars.accounts.scene import Scene
from regulars.accounts.settling import Settlement

_original = redeeming.give_back


def _give_back(settlement: Settlement, used: list[tuple[date, int]], scene: Scene) -> Settlement:
    return _original(settlement, [(scene.today + timedelta(days=365), points) for _lot, points in used], scene)


def plant() -> AbstractContextManager[object]:
    return patch.object(redeeming, "give_back", _give_back)
