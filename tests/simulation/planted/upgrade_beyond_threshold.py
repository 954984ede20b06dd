"""The threshold itself does not qualify: the upgrade comes one minor unit late."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.program.model import Programme, Tier


def _tier_for(self: Programme, spend: int) -> Tier:
    return max((tier for tier in self.tiers if tier.spend_from < spend or not tier.spend_from), key=lambda tier: tier.spend_from)


def plant() -> AbstractContextManager[object]:
    return patch.object(Programme, "tier_for", _tier_for)
