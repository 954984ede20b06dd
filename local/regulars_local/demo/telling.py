"""Waiting until members were told, so that a message is sent on its day though the clock runs fast."""

import time
from collections import Counter
from collections.abc import Mapping

from regulars_local.demo.calling import Caller

_SECONDS_MAX = 20.0
_POLL_SECONDS = 0.05


class Telling:
    """Knows how many changes of tier each household was told of."""

    def __init__(self, agent: Caller, members: Mapping[int, str]) -> None:
        self._agent = agent
        self._members = members
        self._changes: Counter[int] = Counter()

    def expect(self, household: int, changes: int) -> None:
        """So many more changes are told of otherwise, such as after a night."""
        self._changes[household] += changes

    def await_tier_change(self, household: int) -> None:
        """Waits for one more message about the tier; goes on after a while, as what is missing will be counted in the end."""
        self._changes[household] += 1
        deadline = time.monotonic() + _SECONDS_MAX
        while time.monotonic() < deadline:
            messages = self._agent.get(f"/v1/members/{self._members[household]}/messages", limit=100)["items"]
            if sum(message["template"] == "tier_changed" for message in messages) >= self._changes[household]:
                return
            time.sleep(_POLL_SECONDS)
