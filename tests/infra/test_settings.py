"""What a function asks for is what it is given: rights come with their settings, so a missing one is seen here."""

import re
from typing import Any
from unittest.mock import MagicMock

import pytest

from infra.bundling import ROOT
from infra.catalogue import FUNCTIONS
from infra.stage import stage_named
from regulars.members import limits
from regulars.members.limits import Limit
from regulars.settings import Settings
from regulars.wiring import Wiring
from tests.infra.reading import StackReader

_ASKED = re.compile(r"wiring\(\)\.(\w+)")


def _asked_for(function: str) -> set[str]:
    sources = (ROOT / "functions" / function).rglob("*.py")
    return {name for source in sources for name in _ASKED.findall(source.read_text())}


@pytest.mark.parametrize("name", [spec.name for spec in FUNCTIONS])
def test_a_function_can_build_all_it_uses_from_its_settings(stack: StackReader, name: str) -> None:
    """The emulator enforces no rights: a function that lacks a table's or a key's setting lacks its right as well."""
    environment = {key: value if isinstance(value, str) else str(value) for key, value in stack.environment(name).items()}
    wiring = Wiring(Settings(environment), client=lambda _: MagicMock())
    assert [] == [asked for asked in sorted(_asked_for(name)) if not _is_built(wiring, asked)]


def _is_built(wiring: Wiring, name: str) -> Any:
    return getattr(wiring, name) is not None


def test_the_stage_states_every_limit_of_the_code() -> None:
    """No limit hides in the code: the stage names each, with the documented default in the stages that have accounts."""
    in_code = {limit.name.upper(): limit.default for limit in vars(limits).values() if isinstance(limit, Limit)}
    assert in_code == stage_named("prod").limits
    assert set(in_code) == set(stage_named("local").limits)


def test_limits_go_to_the_functions_that_apply_them(stack: StackReader) -> None:
    """Joining and logging in are limited."""
    having = {name for name in stack.functions() if any(key.startswith("LIMIT_") for key in stack.environment(name))}
    assert {"registrations", "members"} == having
