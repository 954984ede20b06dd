"""Where a local stack lives: one folder per instance, everything it writes stands in it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_HOME = REPOSITORY / ".local"


class AlreadyRunningError(Exception):
    """Another process already serves from this folder; `pid` is its process id, or 0 when it has not said."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"a stack already runs from this folder (process {pid})")
        self.pid = pid


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of a running instance, so that they can be ended by id."""

    serve_pid: int
    emulator_pid: int
    port: int


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one instance; two instances use two folders."""

    path: Path = DEFAULT_HOME

    @property
    def state(self) -> Path:
        """What the emulator keeps between two runs; written at a clean stop only."""
        return self.path / "state"

    @property
    def stack_file(self) -> Path:
        return self.path / "stack.json"

    @property
    def clock_file(self) -> Path:
        return self.path / "clock.json"

    @property
    def assembly(self) -> Path:
        """The synthesised CDK app, kept so that an unchanged one need not be synthesised again."""
        return self.path / "cdk.out"

    @property
    def reset_request(self) -> Path:
        """Exists while somebody waits for the serving process to start over."""
        return self.path / "reset-requested"

    @property
    def scratch(self) -> Path:
        return self.path / "tmp"

    @property
    def emulator_log(self) -> Path:
        return self.path / "emulator.log"

    @property
    def deployment_log(self) -> Path:
        return self.path / "deployment.log"

    def prepare(self) -> None:
        """Makes the folder, readable by its owner only, and empties what an earlier run left in scratch."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in (self.state, self.scratch):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def forget(self) -> None:
        """Removes the state, the log-ins and the clock; what can be built again from the sources stays."""
        for folder in (self.state, self.scratch):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.stack_file, self.clock_file, self.path / "stopped-at", self.path / "state-port"):
            file.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder for one process.

        Raises:
            AlreadyRunningError: when another process holds it.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                processes = self.processes()
                raise AlreadyRunningError(processes.serve_pid if processes else 0) from None
            yield

    def processes(self) -> Processes | None:
        """The processes that the running instance, or one that was killed, has noted."""
        try:
            noted = json.loads((self.path / "processes.json").read_text())
        except FileNotFoundError:
            return None
        return Processes(noted["serve_pid"], noted["emulator_pid"], noted["port"])

    def note_processes(self, emulator_pid: int, port: int) -> None:
        """Notes this process and its emulator."""
        noted = {"serve_pid": os.getpid(), "emulator_pid": emulator_pid, "port": port}
        (self.path / "processes.json").write_text(json.dumps(noted))

    def note_stop(self, instant: datetime) -> None:
        """Notes when, by the stack's clock, the state was kept."""
        (self.path / "stopped-at").write_text(instant.isoformat())

    def stopped_at(self) -> datetime | None:
        """When the kept state was kept; nothing where that is not known."""
        try:
            return datetime.fromisoformat((self.path / "stopped-at").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def clear_processes(self) -> None:
        (self.path / "processes.json").unlink(missing_ok=True)
