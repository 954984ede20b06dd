"""Importing a handler has no side effects: cold starts are short, and tests decide what a handler finds."""

import subprocess
import sys

import pytest

from tests.support.sources import ROOT

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))

WATCH = """
import importlib, os, socket, sys, time

ours = (os.path.join({root!r}, "layers"), os.path.join({root!r}, "functions"))
seen = []

def caller():
    frame = sys._getframe(2)
    while frame and ("_collections_abc" in frame.f_code.co_filename or frame.f_code.co_filename.startswith("<frozen")):
        frame = frame.f_back
    return frame.f_code.co_filename if frame else ""

def watched(kind, original):
    def call(*args, **kwargs):
        if caller().startswith(ours):
            seen.append(kind)
        return original(*args, **kwargs)
    return call

def refused(kind):
    def call(*args, **kwargs):
        seen.append(kind)
        raise AssertionError(kind)
    return call

import botocore.session
environment = type(os.environ)
environment.__getitem__ = watched("environment", environment.__getitem__)
environment.__iter__ = watched("environment", environment.__iter__)
for name in ("time", "time_ns", "monotonic", "perf_counter"):
    setattr(time, name, watched("clock", getattr(time, name)))
botocore.session.Session.create_client = refused("client")
socket.socket.connect = socket.create_connection = refused("network")

importlib.import_module("functions.{function}.handler")

from regulars import settings, wiring
from regulars.aws import clients, observability
caches = (settings.settings, clients.client, observability.logger)
assert "boto3" not in sys.modules, "its transfer manager is loaded at every cold start"
assert seen == [], seen
assert wiring._current == []
assert [cache.cache_info().currsize for cache in caches] == [0, 0, 0]
print("quiet")
"""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_handler_does_nothing(function: str) -> None:
    """No client is built, no environment read, no clock asked, nothing sent; it needs no environment variable at all."""
    program = WATCH.replace("{root!r}", repr(str(ROOT))).replace("{function}", function)
    run = subprocess.run([sys.executable, "-c", program], cwd="/", env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False)  # noqa: S603

    assert ("quiet", 0) == (run.stdout.strip(), run.returncode), run.stderr


def test_every_function_is_watched() -> None:
    """The functions of the design are there, each with a `lambda_handler`."""
    expected = {
        "program", "registrations", "members", "accounts", "messaging", "service", "reference",
        "relay_events", "deliver_messages", "settle_accounts",
    }  # fmt: skip

    assert expected <= set(FUNCTIONS)
