"""A refund takes points back that were taken after a look."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts.refunds import RefundsService


def plant() -> AbstractContextManager[object]:
    return patch.object(RefundsService, "_is_forfeited", lambda _service, _purchase: False)
