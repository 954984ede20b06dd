"""The embedded cloud as a process of its own: started, waited for, stopped by its process id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable

import httpx

from regulars_local.home import REPOSITORY, Home
from regulars_local.kept_state import make_state_fit

REGION = "us-east-1"
ACCOUNT = "000000000000"
STACK_NAME = "Regulars-local"
BIND_HOST = "127.0.0.1"
FIRST_PORT = 4566
PROGRAM = REPOSITORY / ".tools" / "emulator" / "bin" / "ministack"
_READY_SECONDS = 30.0
_STOP_SECONDS = 60.0


class EmulatorError(Exception):
    """The emulator did not start, or died; the message tells why and where its log stands."""


def free_port(preferred: int = FIRST_PORT) -> int:
    """`preferred` when nothing listens there on this machine, else a port the system chooses."""
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((BIND_HOST, port))
            return int(probe.getsockname()[1])
    raise EmulatorError("no free port on 127.0.0.1")


def answers(port: int) -> bool:
    """Whether an emulator on `port` says that it is ready."""
    try:
        reply = httpx.get(f"http://{BIND_HOST}:{port}/_ministack/ready", timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return reply.status_code == httpx.codes.OK


class Emulator:
    """One emulator process bound to 127.0.0.1, with its state inside the instance's folder."""

    def __init__(self, home: Home, port: int) -> None:
        self._home = home
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        return f"http://{BIND_HOST}:{self.port}"

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the process and returns when it answers.

        Raises:
            EmulatorError: when it is not installed, ends early or is not ready in 30 seconds.
        """
        if not PROGRAM.exists():
            raise EmulatorError(f"{PROGRAM} is missing: run make setup")
        self._home.prepare()
        make_state_fit(self._home, self.port)
        with self._home.emulator_log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM)], env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._home.note_processes(self._process.pid, self.port)
        self._wait_until_ready()

    def stop(self) -> None:
        """Ends the process; a clean end writes the state. Repeating it does nothing."""
        if self._process is None:
            return
        process, self._process = self._process, None
        _end(process.pid, lambda: process.poll() is not None)
        process.wait()
        self._home.clear_processes()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if not self.is_alive:
                raise EmulatorError(f"the emulator ended at once: see {self._home.emulator_log}")
            if answers(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise EmulatorError(f"the emulator was not ready after {_READY_SECONDS:.0f} s: see {self._home.emulator_log}")

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's environment but the path and the language: no proxy, no real credentials."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return kept | {
            "HOME": str(self._home.scratch),
            "TMPDIR": str(self._home.scratch),
            "BIND_HOST": BIND_HOST,
            "MINISTACK_HOST": BIND_HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._home.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self._home.state / "s3"),
            "LOG_LEVEL": "WARNING",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def end_left_over(home: Home) -> bool:
    """Ends the emulator of an instance that was killed: the one this folder noted, if it still runs. Answers whether it did."""
    left = home.processes()
    found = left is not None and is_emulator(left.emulator_pid) and _listens(left.port)
    if left and found:
        _end(left.emulator_pid, lambda: not is_emulator(left.emulator_pid))
    home.clear_processes()
    return found


def _listens(port: int) -> bool:
    """Whether something takes connections there, be it too busy to answer."""
    with socket.socket() as connection:
        connection.settimeout(2)
        return connection.connect_ex((BIND_HOST, port)) == 0


def is_emulator(pid: int) -> bool:
    """Whether this checkout's emulator runs under that id (`-ww`: else `ps` cuts the line at the terminal's width)."""
    listed = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(PROGRAM) in listed.stdout


def _end(pid: int, has_ended: Callable[[], bool]) -> None:
    """SIGTERM, then SIGKILL to its group when it has not gone after a minute; its workers go with it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline and not has_ended():
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
