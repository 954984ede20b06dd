"""`regulars serve`: the stack in the foreground until it is stopped, with the log of its functions."""

import signal
import time
from collections.abc import Callable
from types import FrameType

from rich.console import Console

from regulars.kernel.language import Language
from regulars_local import texts
from regulars_local.following import LogFollower
from regulars_local.home import Home
from regulars_local.running import RunningStack
from regulars_local.stack import Phase, Stack
from regulars_local.welcome import print_welcome

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequested(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal; no `except Exception` on its way may swallow it."""


class Server:
    """One `serve` command: owns the signals, the stack and the screen."""

    def __init__(self, home: Home, port: int | None, language: Language, console: Console, *, with_sample: bool = True) -> None:
        self._language = language
        self._console = console
        self._stack = Stack(home, port=port, with_sample=with_sample, on_phase=self._show)
        self._status = console.status("")

    def run(self) -> int:
        """Serves until it is told to stop; answers the exit code.

        Raises:
            AlreadyRunningError, EmulatorError, DeploymentError: when it does not start.
        """
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_stop)
        self._stack.home.reset_request.unlink(missing_ok=True)
        try:
            self._follow(self._begin(self._stack.start))
        except _StopRequested:
            return self._stop()
        finally:
            self._stack.stop()
        self._console.print(texts.EMULATOR_DIED.render(self._language, file=self._stack.home.emulator_log), style="red")
        return 1

    def _begin(self, start: Callable[[], RunningStack]) -> RunningStack:
        with self._status:
            running = start()
        print_welcome(self._console, running, self._stack.home, self._language)
        return running

    def _follow(self, running: RunningStack) -> None:
        follower = LogFollower(running.cloud, self._console)
        while self._stack.is_alive:
            if self._stack.home.reset_request.exists():
                self._console.print(texts.RESETTING.render(self._language))
                follower = LogFollower(self._begin(self._stack.reset).cloud, self._console)
                self._stack.home.reset_request.unlink()
            follower.print_new_lines()
            time.sleep(follower.pause_seconds)

    def _stop(self) -> int:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self._console.print(texts.STOPPING.render(self._language))
        self._stack.stop()
        self._console.print(texts.STOPPED.render(self._language))
        return 0

    def _show(self, phase: Phase) -> None:
        message = texts.PHASES[phase].render(self._language)
        if self._console.is_terminal:
            self._status.update(message)
        else:
            self._console.print(message)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        raise _StopRequested
