"""The running local stack for tests: one per session and worker, in a folder of its own, stopped by process id."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars_local.home import DEFAULT_HOME, AlreadyRunningError, Home
from regulars_local.running import RunningStack
from regulars_local.stack import Stack

_INSTANCES = 8


def home_for_tests(name: str) -> Path:
    """A folder for a test's stack; what was synthesised there by an earlier run saves this one the time."""
    return DEFAULT_HOME / "tests" / name


def _fresh_stack(worker: str) -> tuple[Stack, RunningStack]:
    """Starts in the first folder that no other run of the tests holds."""
    for number in range(_INSTANCES):
        home = Home(home_for_tests(f"{worker}-{number}"))
        try:
            with home.locked():
                home.forget()
            stack = Stack(home, port=None, with_sample=False)
            return stack, stack.start()
        except AlreadyRunningError:
            continue
    raise RuntimeError(f"{_INSTANCES} test runs hold a stack already")


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """A fresh stack without sample members, shared by the tests of one worker: they use members of their own."""
    owner, running = _fresh_stack(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    try:
        yield running
    finally:
        owner.stop()
