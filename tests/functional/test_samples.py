"""`events/samples`: one recorded input per function, and the events of every version that was ever let out."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from regulars.aws.http import HttpApp
from regulars_local.generate import event_types
from tests.support.bus import LambdaContext
from tests.support.chain import Chain, chain
from tests.support.clock import MovableClock

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "events" / "samples"
EVENTS = sorted((SAMPLES / "events").glob("*.json"))
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
OPERATIONS = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
INVOKED_BY_HAND = {"recount_books": {"entries": 0, "counted": 0, "rest": None}}
"""What functions without a queue answer, where there is nothing yet."""

_KINDS = {kind.event_type(): kind for kind in event_types()}


def sample(name: str) -> Any:
    """A sample's content."""
    return json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.fixture
def way(aws_credentials: None, clock: MovableClock) -> Iterator[Chain]:
    """Everything that the handlers need, in memory."""
    with chain(clock) as built:
        yield built


def test_every_function_has_its_sample() -> None:
    """One recorded input each, and none for what is no function."""
    assert FUNCTIONS == sorted(path.stem for path in SAMPLES.glob("*.json"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_sample_is_taken_by_its_handler(way: Chain, function: str) -> None:
    """HTTP functions answer a status their document has, the others report no failed item or what they have done."""
    module = importlib.import_module(f"functions.{function}.handler")
    event = sample(function)
    answer = module.lambda_handler(event, LambdaContext())
    if isinstance(getattr(module, "app", None), HttpApp):
        method, path = event["routeKey"].split()
        operation = OPERATIONS[path][method.lower()]
        assert function == operation["x-regulars-function"]
        assert str(answer["statusCode"]) in operation["responses"]
        assert answer["statusCode"] < 500
    else:
        assert INVOKED_BY_HAND.get(function, {"batchItemFailures": []}) == answer


def test_the_relays_sample_lets_out_what_its_records_tell(way: Chain) -> None:
    """Carried events and a ledger entry, each as its own event."""
    importlib.import_module("functions.relay_events.handler").lambda_handler(sample("relay_events"), LambdaContext())
    assert ["MemberActivated", "FeedbackReceived", "PointsEarned", "TierChanged"] == way.bus.types


def test_every_event_of_today_has_a_sample() -> None:
    """Of its present version; samples of older versions stay."""
    expected = {f"{name}.v{kind.schema_version}" for name, kind in _KINDS.items()}
    assert expected <= {path.stem for path in EVENTS}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_sample_fits_the_schema_of_its_version(path: Path) -> None:
    """What was let out once must be readable for ever by whoever subscribed then."""
    schema = json.loads((ROOT / "events" / "schemas" / path.name).read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text())["detail"])


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_sample_of_the_present_version_is_read_by_its_type(path: Path) -> None:
    """The same event comes out as went in."""
    name, version = re.fullmatch(r"(\w+)\.v(\d+)", path.stem).groups()  # type: ignore[union-attr]  # the file's own form
    kind = _KINDS[name]
    detail = json.loads(path.read_text())["detail"]
    if kind.schema_version == int(version):
        event = kind.from_detail(detail)
        assert event == kind.from_detail(json.loads(event.to_detail()))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_names_nobody(path: Path) -> None:
    """No field that could hold a name, a contact or a word somebody said."""
    fields = set(json.loads(path.read_text())["detail"])
    assert set() == fields & {"name", "phone", "email", "address", "text", "code", "birth_date", "contact", "answer"}
