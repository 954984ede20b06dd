"""The tier of joining has no review: it stays until a programme or a purchase sets one."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import beginning


def plant() -> AbstractContextManager[object]:
    return patch.object(beginning, "next_review_on", lambda _account, _programme, _day: None)
