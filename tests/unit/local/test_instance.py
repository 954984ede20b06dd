"""One folder per instance: its lock, its log-ins, what a start-over forgets, and the emulator's read positions."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from regulars_local.emulator import PROGRAM, is_emulator
from regulars_local.following import readable_line
from regulars_local.home import AlreadyRunningError, Home
from regulars_local.kept_state import forget_stream_positions, make_state_fit, release_messages
from regulars_local.people import random_password
from regulars_local.stack_file import StackFile, StaffLogin


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "instance")


def _file() -> StackFile:
    return StackFile(
        api_url="http://127.0.0.1:1/api",
        token_url="http://127.0.0.1:1/oauth2/token",
        endpoint_url="http://127.0.0.1:1",
        region="us-east-1",
        users={"clerk": StaffLogin(username="clerk", password="secret")},
        clients={},
        clock_file="/clock.json",
    )


def test_an_emulator_is_known_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ps` cuts its lines at the terminal's width: the emulator that a killed command left is found nevertheless."""
    monkeypatch.setenv("COLUMNS", "20")
    named_like_it = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(PROGRAM)])  # noqa: S603
    try:
        assert is_emulator(named_like_it.pid)
    finally:
        named_like_it.kill()
        named_like_it.wait()
    assert not is_emulator(named_like_it.pid)


def test_one_process_holds_a_folder(home: Home) -> None:
    """The second one is told the process id of the first; afterwards the folder is free again."""
    with home.locked():
        home.note_processes(emulator_pid=1, port=2)
        noted = home.processes()
        with pytest.raises(AlreadyRunningError) as refused, home.locked():
            pass
        assert noted is not None
        assert noted.serve_pid == refused.value.pid
    with home.locked():
        pass


def test_the_stack_file_is_written_for_its_owner_only(home: Home) -> None:
    """Mode 0600 whatever stood there before, and what is read back is what was written."""
    home.prepare()
    home.stack_file.touch(mode=0o644)
    _file().write(home.stack_file)
    expected = 0o600
    assert expected == stat.S_IMODE(home.stack_file.stat().st_mode)
    assert _file() == StackFile.read(home.stack_file)


@pytest.mark.parametrize("content", [None, "", "{}", "[]"])
def test_a_stack_file_of_another_shape_is_no_stack_file(home: Home, content: str | None) -> None:
    """A missing or foreign file is treated as none, so that a start makes a new one."""
    home.prepare()
    if content is not None:
        home.stack_file.write_text(content)
    assert StackFile.read(home.stack_file) is None


def test_starting_over_forgets_state_log_ins_and_clock_but_not_what_was_built(home: Home) -> None:
    """The synthesised app stays, as it follows from the sources."""
    home.prepare()
    home.assembly.mkdir()
    (home.state / "dynamodb.json").write_text("{}")
    _file().write(home.stack_file)
    home.clock_file.write_text("{}")
    home.forget()
    assert home.assembly.exists()
    assert not any(path.exists() for path in (home.state, home.stack_file, home.clock_file))


def test_read_positions_of_streams_start_again_as_the_streams_do(tmp_path: Path) -> None:
    """Every position is 0 after it, whatever else the emulator kept stays; without a state nothing happens."""
    forget_stream_positions(tmp_path)
    kept = {"payload": {"functions": {"f": 1}, "dynamodb_stream_positions": {"data": {"one": 7, "two": 0}}}}
    (tmp_path / "lambda.json").write_text(json.dumps(kept))
    forget_stream_positions(tmp_path)
    expected = {"payload": {"functions": {"f": 1}, "dynamodb_stream_positions": {"data": {"one": 0, "two": 0}}}}
    assert expected == json.loads((tmp_path / "lambda.json").read_text())


def test_a_state_on_another_port_gets_the_new_address_but_its_tables_stay(home: Home) -> None:
    """The emulator's own addresses follow the port it runs on now; what the product wrote into tables is not touched."""
    home.prepare()
    make_state_fit(home, 4566)
    for name in ("apigateway.json", "dynamodb.json"):
        (home.state / name).write_text('{"url": "http://127.0.0.1:4566/000000000000/queue"}')
    make_state_fit(home, 4567)
    expected = ["127.0.0.1:4567", "127.0.0.1:4566"]
    assert expected == [(home.state / name).read_text().split("/")[2] for name in ("apigateway.json", "dynamodb.json")]


def test_messages_that_were_worked_on_at_the_stop_are_visible_again(tmp_path: Path) -> None:
    """Nobody works on them any more; a message that waits for its time goes on waiting."""
    messages = [
        {"receipt_handle": "taken", "sent_at": 5.0, "visible_at": 365.0},
        {"receipt_handle": None, "sent_at": 5.0, "visible_at": 65.0},
    ]
    (tmp_path / "sqs.json").write_text(json.dumps({"payload": {"queues": {"data": {"queue": {"messages": messages}}}}}))
    release_messages(tmp_path)
    kept = json.loads((tmp_path / "sqs.json").read_text())["payload"]["queues"]["data"]["queue"]["messages"]
    expected = [5.0, 65.0]
    assert expected == [message["visible_at"] for message in kept]


def test_passwords_satisfy_any_usual_policy_and_differ() -> None:
    """20 characters with a small and a capital letter, a digit and a sign; no two alike."""
    passwords = {random_password() for _ in range(200)}
    expected = 200
    assert expected == len(passwords)
    for password in passwords:
        assert len(password) == 20
        assert all(any(test(character) for character in password) for test in (str.islower, str.isupper, str.isdigit))
        assert set(password) & set("-_.!")


_CALL = {
    "level": "INFO", "message": "call", "service": "accounts", "route": "POST /v1/purchases", "status": 201, "code": "ok",
    "caller": "machine:x", "milliseconds": 6.1, "timestamp": "2026-01-01T00:00:00Z",
}  # fmt: skip
_RETRY = {"level": "WARNING", "message": "retried", "service": "relay_events", "attempt": 2, "request_id": "r"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (json.dumps(_CALL), "POST /v1/purchases → 201 ok (machine:x, 6.1 ms)"),
        (json.dumps(_RETRY), "WARNING retried attempt=2"),
        ("Traceback: no record", "Traceback: no record"),
        ("START RequestId: 1 Version: $LATEST", None),
        ("REPORT RequestId: 1", None),
    ],
)
def test_log_records_are_shown_in_a_readable_form(message: str, expected: str | None) -> None:
    """A call in one short form, another record with its facts, other text as it is, Lambda's own lines not at all."""
    shown = readable_line(message, "accounts")
    assert expected == (shown.plain[28:] if shown else None)
