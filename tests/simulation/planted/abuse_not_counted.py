"""Orders of a day are not counted against the limits on abuse."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import purchasing


def plant() -> AbstractContextManager[object]:
    return patch.object(purchasing, "count_order", lambda account, _limits, _points, _today: account)
