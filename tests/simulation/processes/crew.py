"""The workers: started, asked at once, killed by the proxy now and then, and started again."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from tests.simulation.processes.asking import Asked, Begin, Heard, Unanswered
from tests.simulation.processes.proxy import Proxy
from tests.simulation.processes.weather import Weather

_PATIENCE_SECONDS = 60.0


def context() -> ForkServerContext:
    """Processes come from a server that has the product loaded already; none shares anything with this process."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.simulation.processes.preloaded"])
    return found


class Worker:
    """One worker process behind its proxy."""

    def __init__(self, number: int, upstream: str, weather: Weather, processes: ForkServerContext) -> None:
        self.proxy = Proxy(number, upstream, weather, self.kill)
        self._processes = processes
        self._begin: Begin | None = None
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._lock = threading.Lock()

    @property
    def pipe(self) -> Connection:
        """Where it answers."""
        assert self._pipe
        return self._pipe

    def begin(self, begin: Begin) -> None:
        """A new history; a worker that is not there is started."""
        self._begin = begin
        if self._process is None:
            self._start()
        self.pipe.send(begin)

    def _start(self) -> None:
        self._pipe, theirs = self._processes.Pipe()
        name = f"simulation-worker-{self.proxy.worker}"
        process = self._processes.Process(target=_work, args=(theirs, self.proxy.endpoint_url), name=name, daemon=True)
        process.start()
        theirs.close()
        with self._lock:
            self._process = process

    def kill(self) -> None:
        """Ends the process where it stands."""
        with self._lock:
            if self._process and self._process.pid and self._process.is_alive():
                os.kill(self._process.pid, signal.SIGKILL)

    def ask(self, asked: Asked) -> None:
        """Sends what is asked; `heard` has the answer."""
        self.pipe.send(asked)

    def heard(self) -> Heard:
        """The answer; a worker that was killed is replaced."""
        try:
            heard: Heard = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._end()
            self._start()
            assert self._begin
            self.pipe.send(self._begin)
            return Unanswered("killed")
        return heard

    def _end(self) -> None:
        process = self._process
        with self._lock:
            self._process = None
        if process:
            process.join()
        self.pipe.close()

    def stop(self) -> None:
        """Ends the process and the proxy."""
        if self._process:
            with contextlib.suppress(OSError):
                self.pipe.send(None)
            self._end()
        self.proxy.stop()


def _work(pipe: Connection, endpoint_url: str) -> None:
    from tests.simulation.processes.worker import work

    work(pipe, endpoint_url)


class Crew:
    """Several workers on one emulator under one weather; use it with `with`."""

    def __init__(self, upstream: str, size: int, weather: Weather) -> None:
        processes = context()
        self.weather = weather
        self.workers = [Worker(number, upstream, weather, processes) for number in range(size)]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self.workers:
            worker.stop()

    def begin(self, begin: Begin) -> None:
        """A new history."""
        for worker in self.workers:
            worker.begin(begin)

    def ask(self, asked: Sequence[Asked]) -> list[Heard]:
        """Asks one worker each, all at once; answers in the same order.

        Raises:
            TimeoutError: a worker does not answer at all.
        """
        open_ = {worker.pipe: place for place, (worker, _one) in enumerate(zip(self.workers, asked, strict=False))}
        for worker, one in zip(self.workers, asked, strict=False):
            worker.ask(one)
        heard: dict[int, Heard] = {}
        while open_:
            ready = wait(list(open_), _PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError("a worker does not answer")
            for pipe in ready:
                assert isinstance(pipe, Connection)
                place = open_.pop(pipe)
                heard[place] = self.workers[place].heard()
        return [heard[place] for place in range(len(asked))]

    def settle(self) -> None:
        """Waits until no call is under way any more."""
        for worker in self.workers:
            worker.proxy.wait()
