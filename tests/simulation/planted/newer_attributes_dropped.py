"""An account is written without what a newer version of the code keeps in it (fault 22)."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from regulars.accounts import account_records


def _nothing(_record: Mapping[str, Any], _names: frozenset[str]) -> Mapping[str, Any]:
    return {}


def plant() -> AbstractContextManager[object]:
    return patch.object(account_records, "unknown", _nothing)
