"""The local stack as a library: start it (fresh or taken up again), use it, stop it. `regulars serve` and the tests are its users."""

from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum

from regulars_local import relaying, sample
from regulars_local.after_deployment import complete_deployment
from regulars_local.cloud import Cloud, cloud_at
from regulars_local.deployment import Deployment
from regulars_local.emulator import FIRST_PORT, REGION, Emulator, end_left_over, free_port
from regulars_local.home import Home
from regulars_local.local_clock import LocalClock
from regulars_local.people import machine_clients, staff_logins
from regulars_local.running import RunningStack, stack_outputs
from regulars_local.stack_file import StackFile


class Phase(StrEnum):
    """What `start` is busy with, for a progress display."""

    EMULATOR = "emulator"
    DEPLOYMENT = "deployment"
    PEOPLE = "people"
    SAMPLE = "sample"
    RELAY = "relay"


class Stack:
    """One local stack in one folder, on one port of 127.0.0.1."""

    def __init__(self, home: Home, *, port: int | None = None, with_sample: bool = True,
                 on_phase: Callable[[Phase], None] = lambda _: None) -> None:  # fmt: skip
        self.home = Home(home.path.resolve())
        self._port = port
        self._with_sample = with_sample
        self._on_phase = on_phase
        self._emulator: Emulator | None = None
        self._held = ExitStack()
        self._is_swept = False

    @property
    def is_alive(self) -> bool:
        """Whether the emulator that this object started still runs."""
        return self._emulator is not None and self._emulator.is_alive

    def start(self) -> RunningStack:
        """Starts the emulator, brings the app up to date, makes or takes up people and sample; writes `stack.json`.

        Raises:
            AlreadyRunningError: when another process serves from the folder.
            EmulatorError, DeploymentError: when that part fails; everything started is stopped again.
        """
        self._held.enter_context(self.home.locked())
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops what `start` started, by process id; the state stays in the folder. Repeating it does nothing."""
        if self._emulator:
            if self._is_swept:  # else what an earlier stop left is still to be sent
                self.home.note_stop(LocalClock(self.home.clock_file).now())
            self._emulator.stop()
            self._emulator, self._is_swept = None, False
        self._held.close()

    def reset(self) -> RunningStack:
        """Starts over with empty state, on the same port, with new secrets."""
        port = self._emulator.port if self._emulator else self._port
        self.stop()
        self.home.forget()
        self._port = port
        return self.start()

    def _start(self) -> RunningStack:
        self._on_phase(Phase.EMULATOR)
        if end_left_over(self.home):
            self.home.note_stop(LocalClock(self.home.clock_file).now())
        kept = StackFile.read(self.home.stack_file)
        self._emulator = Emulator(self.home, self._port or free_port(_port_of(kept)))
        self._emulator.start()
        cloud = cloud_at(self._emulator.endpoint_url)
        deployment = Deployment(self.home, cloud)
        if not deployment.is_current():
            self._on_phase(Phase.DEPLOYMENT)
            deployment.run()
        running = self._open_to_people(cloud, kept)
        if kept:
            self._on_phase(Phase.RELAY)
            relaying.arm(running)
            relaying.sweep(running, self.home.stopped_at())
        self._is_swept = True
        return running

    def _open_to_people(self, cloud: Cloud, kept: StackFile | None) -> RunningStack:
        self._on_phase(Phase.PEOPLE)
        outputs = stack_outputs(cloud)
        complete_deployment(cloud, outputs)
        pool = outputs["UserPoolId"]
        file = StackFile(
            api_url=f"{cloud.endpoint_url}/_aws/execute-api/{outputs['ApiId']}",
            token_url=f"{cloud.endpoint_url}/oauth2/token",
            endpoint_url=cloud.endpoint_url,
            region=REGION,
            users=staff_logins(cloud, pool, kept.users if kept else {}),
            clients=machine_clients(cloud, pool, outputs),
            clock_file=str(self.home.clock_file),
        )
        file.write(self.home.stack_file)
        if self._with_sample:
            self._on_phase(Phase.SAMPLE)
            file = file.model_copy(update={"members": sample.members(RunningStack(file), kept.members if kept else [])})
            file.write(self.home.stack_file)
        return RunningStack(file)


def _port_of(kept: StackFile | None) -> int:
    return int(kept.endpoint_url.rpartition(":")[2]) if kept else FIRST_PORT
