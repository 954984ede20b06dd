"""`regulars ledger`: what it prints and how it ends."""

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from functions.accounts.handler import app
from regulars.aws.table import encode_item
from regulars.kernel.principal import Scope
from regulars.wiring import Wiring
from regulars_local.proving import KINDS, prove
from regulars_local.recounting import recount
from regulars_local.running import RefusedError
from tests.support.accounts import FakeDirectory
from tests.support.books import keep_books
from tests.support.calls import MEMBER_ID, Caller, machine
from tests.support.clock import MovableClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@pytest.fixture
def running(wiring: Wiring, dynamodb: "DynamoDBClient", clock: MovableClock) -> Any:
    """A stack of tables in memory on which a member bought three times, yesterday."""
    wiring.__dict__["member_directory"] = FakeDirectory()
    for number in range(3):
        body = {
            "source": "till-1", "reference": f"r{number}", "member_id": MEMBER_ID, "store_id": "s1", "currency": "CNY",
            "occurred_at": "2025-06-01T03:00:00Z", "lines": [{"sku": "milk", "category": "food", "quantity": 1, "amount": 700_00}],
        }  # fmt: skip
        assert Caller(app, machine(Scope.PURCHASES_WRITE)).post("/v1/purchases", body).status == 201
    keep_books(dynamodb)
    clock.move(days=1)
    outputs = {f"Table{name.capitalize()}": name for name in ("accounts", "books", "program", "members")}
    return SimpleNamespace(outputs=outputs, clock=SimpleNamespace(now=clock), cloud=SimpleNamespace(dynamodb=dynamodb))


@pytest.mark.parametrize("what", sorted(KINDS))
def test_a_ledger_that_agrees_ends_well(running: Any, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What was looked at, no difference, exit code 0."""
    assert 0 == prove(running, what, None, "en")
    assert f"{what}: 1 members and 3 entries looked at, 0 differences.\n" == capsys.readouterr().out
    assert 0 == prove(running, what, MEMBER_ID, "zh-CN")


class _Functions:
    """Lambda's client: keeps events, answers in turn."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self.answers = answers
        self.events: list[dict[str, Any]] = []

    def invoke(self, **request: Any) -> dict[str, Any]:
        assert "recount" == request["FunctionName"]
        self.events.append(json.loads(request["Payload"]))
        answer = self.answers.pop(0)
        failed = {"FunctionError": "Unhandled"} if "errorMessage" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **failed}


def _stack(functions: _Functions) -> Any:
    return SimpleNamespace(outputs={"FunctionRecountBooks": "recount"}, cloud=SimpleNamespace(functions=functions))


def test_a_recount_goes_on_until_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Each answer's rest is the next event; the sums are told. A function that fails is an error, with its words."""
    rest = {"start": {"pk": "a", "sk": "b"}}
    functions = _Functions([{"entries": 5, "counted": 1, "rest": rest}, {"entries": 3, "counted": 0, "rest": None}])
    recount(_stack(functions), "en")
    assert [{}, rest] == functions.events
    assert "recount: 8 entries looked at, 1 of them" in capsys.readouterr().out
    with pytest.raises(RefusedError, match="too busy"):
        recount(_stack(_Functions([{"errorMessage": "too busy"}])), "en")


def test_a_lost_entry_is_named_by_every_command(running: Any, dynamodb: "DynamoDBClient", capsys: pytest.CaptureFixture[str]) -> None:
    """A restore without the second entry: exit code 1, the member and the number (fault 23)."""
    dynamodb.delete_item(TableName="accounts", Key=encode_item({"pk": MEMBER_ID, "sk": "ENTRY#0000000002"}))
    for what in KINDS:
        assert 1 == prove(running, what, None, "en")
        assert f"{MEMBER_ID}: entry_missing (2)" in capsys.readouterr().out
    assert 1 == prove(running, "verify", MEMBER_ID, "en")


def test_a_broken_item_and_books_that_are_short_are_named(
    running: Any, dynamodb: "DynamoDBClient", capsys: pytest.CaptureFixture[str]
) -> None:
    """An item that cannot be read does not stop the check; figures that are not what entries come to are the programme's."""
    key = encode_item({"pk": MEMBER_ID, "sk": "ENTRY#0000000003"})
    dynamodb.put_item(TableName="accounts", Item={**key, "k": {"S": "no such kind"}})
    assert 1 == prove(running, "reconcile", None, "en")
    told = capsys.readouterr().out
    assert f"{MEMBER_ID}: unreadable (ENTRY#0000000003)" in told
    assert "the programme's books: totals_differ (" in told
    assert 1 == prove(running, "verify", None, "zh-CN")
    assert "totals_differ" not in capsys.readouterr().out
