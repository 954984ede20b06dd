"""`regulars serve` as people use it: a process in the foreground that cleans up after itself and keeps the state."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from regulars.kernel.principal import Role
from regulars_local.emulator import answers, free_port
from regulars_local.home import REPOSITORY, Home
from regulars_local.running import RunningStack
from regulars_local.stack_file import StackFile
from regulars_local.welcome import things_to_try
from tests.support.stack import home_for_tests

_REGULARS = Path(sys.executable).parent / "regulars"
_START_SECONDS = 120.0


class Serving:
    """One `regulars serve` in a process group of its own, as a terminal would start it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.said = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self, *options: str, until: str = "Ctrl-C") -> None:
        """Starts it and returns when it says so much: by default, that the log follows."""
        command = [str(_REGULARS), "serve", "--home", str(self.home.path), "--lang", "en", *options]
        output = subprocess.PIPE
        self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, text=True, start_new_session=True)  # noqa: S603
        assert self._process.stdout is not None
        self.said, deadline = "", time.monotonic() + _START_SECONDS
        while until not in self.said:
            line = self._process.stdout.readline()
            self.said += line
            assert line, f"it ended: {self.said}"
            assert time.monotonic() < deadline, f"not ready: {self.said}"

    def stop(self, number: signal.Signals) -> int:
        """Sends a signal to the foreground group, as a terminal does, and answers the exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with process:
            return process.wait(timeout=90)

    def file(self) -> StackFile:
        """The stack file as it stands now."""
        file = StackFile.read(self.home.stack_file)
        assert file is not None
        return file

    def regulars(self, *arguments: str, language: str = "en") -> "subprocess.CompletedProcess[str]":
        """Runs the command against this stack."""
        environment = os.environ | {"REGULARS_HOME": str(self.home.path), "LANG": language, "LC_ALL": language}
        return subprocess.run([str(_REGULARS), *arguments], env=environment, capture_output=True, text=True, check=False, timeout=180)  # noqa: S603


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """A stack that the command started from empty state, on a port of its own."""
    home = Home(home_for_tests("serve"))
    with home.locked():
        home.forget()
    serving = Serving(home)
    try:
        serving.start("--port", str(free_port(0)))
        yield serving
    finally:
        serving.stop(signal.SIGTERM)


def test_the_stack_file_has_the_documented_shape(serving: Serving) -> None:
    """Addresses, log-ins of every role, the three machine clients with their scopes, and the clock: nothing else."""
    file = json.loads(serving.home.stack_file.read_text())
    expected = {"version", "api_url", "token_url", "endpoint_url", "region", "users", "clients", "clock_file", "members"}
    assert expected == set(file)
    assert set(file["users"]) == {role.value for role in Role}
    assert set(file["clients"]) == {"till", "importer", "shop"}
    assert "regulars/purchases:import" in file["clients"]["importer"]["scopes"]
    assert not file["api_url"].endswith("/")
    assert httpx.get(f"{file['api_url']}/v1/program", trust_env=False).status_code == 200


def test_secrets_are_for_the_owner_only_and_not_for_git(serving: Serving) -> None:
    """`stack.json` can be read by its owner alone and git ignores it; every password is its own."""
    expected = 0o600
    assert expected == stat.S_IMODE(serving.home.stack_file.stat().st_mode)
    assert _output_of("git", "-C", str(REPOSITORY), "check-ignore", str(serving.home.stack_file))
    passwords = {login.password for login in serving.file().users.values()}
    assert len(passwords) == len(Role)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_listens_beyond_this_machine(serving: Serving) -> None:
    """Every socket that the stack's processes listen on is bound to 127.0.0.1."""
    processes = serving.home.processes()
    assert processes is not None
    listening = _listening_addresses(_with_children(processes.emulator_pid) | _with_children(serving.pid))
    assert listening == {"127.0.0.1"}


def test_a_second_serve_of_the_same_folder_says_so(serving: Serving) -> None:
    """It ends with one line that names the process which serves; in Chinese where the locale is."""
    second = serving.regulars("serve", language="zh_CN.UTF-8")
    assert second.returncode == 1
    assert str(serving.pid) in second.stderr
    assert "已有实例在运行" in second.stderr


def test_ctrl_c_stops_everything_and_serve_takes_the_state_up(serving: Serving) -> None:
    """No process is left; the next start needs no deployment, keeps log-ins and data, and may be on another port."""
    before = serving.file()
    cloud = RunningStack(before).cloud
    table = RunningStack(before).outputs["TableProgram"]
    cloud.dynamodb.put_item(TableName=table, Item={"pk": {"S": "kept"}, "sk": {"S": "kept"}})
    children = _with_children(serving.pid)
    assert serving.stop(signal.SIGINT) == 0
    assert not {pid for pid in children if _is_running(pid)}
    serving.start("--port", str(free_port(0)))
    after = serving.file()
    assert before.users == after.users
    assert before.clients == after.clients
    assert before.api_url.rpartition("/")[2] == after.api_url.rpartition("/")[2]
    assert "Deploying" not in serving.said
    kept = RunningStack(after).cloud.dynamodb.get_item(TableName=table, Key={"pk": {"S": "kept"}, "sk": {"S": "kept"}})
    assert "Item" in kept
    worked = serving.regulars("run", "settle-accounts")
    assert worked.returncode == 0, worked.stdout + worked.stderr


def test_the_lines_to_try_do_what_they_say(serving: Serving) -> None:
    """Each line of the greeting runs as it stands: a purchase, the points, the messages, and time travel until the points ended."""
    running = RunningStack(serving.file())
    purchase, points, mails, travel = [_answer_of(line) for _, line in things_to_try(running, serving.home)]
    expected = 25
    assert expected == json.loads(purchase)["points_earned"]
    assert expected == json.loads(points)["available"]
    assert "welcome" in mails
    assert "settle-accounts" in travel
    later = _answer_of(things_to_try(running, serving.home)[1][1])
    assert json.loads(later)["available"] == 0


def test_ctrl_c_in_the_middle_of_a_deployment_leaves_nothing_behind() -> None:
    """Emulator, CDK and the app that synthesises all end; nothing is kept that the next start could take for a whole state."""
    serving = Serving(Home(home_for_tests("interrupted")))
    with serving.home.locked():
        serving.home.forget()
    serving.start("--port", str(free_port(0)), until="Deploying")
    time.sleep(1.5)
    children = _with_children(serving.pid)
    assert serving.stop(signal.SIGINT) == 0
    assert not {pid for pid in children if _is_running(pid)}
    assert serving.home.processes() is None


def test_a_killed_serve_leaves_an_emulator_that_the_next_one_ends(serving: Serving) -> None:
    """After SIGKILL of the command alone, the next start ends the emulator by its noted id and runs on the same state."""
    left = serving.home.processes()
    assert left is not None
    before = serving.file()
    serving.stop(signal.SIGKILL)
    assert answers(left.port)
    serving.start()
    assert not _is_running(left.emulator_pid)
    assert before.users == serving.file().users


def test_the_clock_moves_forward_only(serving: Serving) -> None:
    """+400d and --at move it, a step back is refused in words, --freeze and --release stop it and let it run."""
    clock = RunningStack(serving.file()).clock
    start = clock.now()
    assert serving.regulars("clock", "+400d").returncode == 0
    assert timedelta(days=400) <= clock.now() - start < timedelta(days=400, minutes=5)
    refused = serving.regulars("clock", "--at", "2020-01-01T00:00:00Z")
    assert refused.returncode == 1
    assert "only moves forward" in refused.stderr
    serving.regulars("clock", "--freeze")
    frozen = clock.now()
    assert serving.regulars("clock", "+3h").returncode == 0
    assert clock.now() - frozen == timedelta(hours=3)
    assert "2" in serving.regulars("clock", "--release").stdout
    assert not clock.is_frozen


def test_reset_starts_over_while_the_stack_serves(serving: Serving) -> None:
    """`clock --reset` makes the serving process start over: new passwords, real time, empty state, the same port."""
    before = serving.file()
    done = serving.regulars("clock", "--reset", "--yes")
    assert done.returncode == 0, done.stderr
    after = serving.file()
    assert before.users != after.users
    assert before.endpoint_url == after.endpoint_url
    assert not serving.home.clock_file.exists()
    assert httpx.get(f"{after.api_url}/v1/program", trust_env=False).status_code == 200


def test_every_role_and_every_client_gets_a_token(serving: Serving) -> None:
    """All the log-ins of the stack file open the stack."""
    running = RunningStack(serving.file())
    tokens = [running.staff_token(role) for role in running.file.users] + [running.machine_token(name) for name in running.file.clients]
    assert all(len(token.split(".")) == 3 for token in tokens)
    assert len(set(tokens)) == len(Role) + 3


@pytest.mark.parametrize(("option", "name"), [("--role", "clerk"), ("--client", "till"), ("--member", "anna.berg@example.com")])
def test_a_token_is_printed_alone(serving: Serving, option: str, name: str) -> None:
    """One line with the token, so that a shell line can take it."""
    printed = serving.regulars("token", option, name).stdout
    assert printed.count("\n") == 1
    assert len(printed.strip().split(".")) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--role", "owner"), "clerk"),
        (("--member", "nobody@example.com"), "--password"),
        ((), "--role"),
        (("--client", "till", "--role", "clerk"), "one"),
    ],
)
def test_a_token_that_cannot_be_had_is_explained(serving: Serving, arguments: tuple[str, ...], told: str) -> None:
    """An unknown name is answered with the known ones, a member without a password with how to give it; nothing is printed as a token."""
    refused = serving.regulars("token", *arguments)
    assert refused.returncode == 1
    assert not refused.stdout
    assert told in refused.stderr


def test_status_open_and_run_work_against_the_stack(serving: Serving) -> None:
    """`status` tells the address and that the sources are current, `open` prints the reference's address."""
    assert serving.file().api_url in serving.regulars("status").stdout
    expected = f"{serving.file().api_url}/docs\n"
    assert expected == serving.regulars("open").stdout


def _with_children(pid: int) -> set[int]:
    """A process and everything below it."""
    found = {pid}
    listed = _output_of("ps", "-eo", "pid=,ppid=")
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listed.splitlines())}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def _output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603  # programs named in this file


def _answer_of(line: str) -> str:
    """What a line of the greeting prints, run by a shell from the checkout."""
    return subprocess.run(line, shell=True, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=400).stdout  # noqa: S602  # as people do


def _is_running(pid: int) -> bool:
    """Whether a process exists and has not ended (one that nobody has waited for yet has)."""
    state = _output_of("ps", "-o", "stat=", "-p", str(pid)).strip()
    return bool(state) and not state.startswith("Z")


def _listening_addresses(pids: set[int]) -> set[str]:
    sockets = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                sockets.add(str(descriptor.readlink()))
    listening = set()
    for family, table in ((socket.AF_INET, "/proc/net/tcp"), (socket.AF_INET6, "/proc/net/tcp6")):
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in sockets:
                raw = b"".join(word[::-1] for word in _words(bytes.fromhex(columns[1].partition(":")[0])))
                listening.add(socket.inet_ntop(family, raw))
    return listening


def _words(raw: bytes) -> list[bytes]:
    return [raw[start : start + 4] for start in range(0, len(raw), 4)]
