"""What was returned still counts towards the tier."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from regulars.accounts import refunding


def plant() -> AbstractContextManager[object]:
    return patch.object(refunding, "_uncount", lambda settlement, *_facts: (settlement, ()))
