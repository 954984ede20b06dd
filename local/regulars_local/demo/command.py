"""`regulars demo`: starts a stack of its own, plays, prints, stops it."""

import signal
import sys
import time
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError
from rich.console import Console

from regulars.kernel.language import Language
from regulars_local.demo import texts
from regulars_local.demo.full_year import FullYear
from regulars_local.demo.nights import NightTooLongError
from regulars_local.demo.playing import Demo, Options, Result
from regulars_local.demo.reporting import Report
from regulars_local.demo.rules import RulesNotCoveredError
from regulars_local.emulator import free_port
from regulars_local.home import Home
from regulars_local.local_clock import LocalClock
from regulars_local.running import RefusedError, RunningStack
from regulars_local.stack import Stack
from regulars_local.texts import PHASES

_ANY_PORT = 0
"""The system chooses where the demo's cloud listens, so that it is in nobody's way."""
_BEFORE_THE_YEAR = timedelta(days=400)


def play_to_the_end(home: Home, options: Options, language: Language) -> int:
    """The command: plays on the screen; being told to end stops the stack too. Answers and raises as `Play.run`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return Play(home, options, language, Console()).run()


def empty(home: Home, instant: datetime) -> None:
    """Leaves an empty folder whose clock stands before the year: what functions remember of the programme must not lie in the future."""
    with home.locked():
        home.forget()
        LocalClock(home.clock_file).start_at(instant, frozen=True)


class Play:
    """One `demo` command: owns the stack and the screen."""

    def __init__(self, home: Home, options: Options, language: Language, console: Console) -> None:
        self._home = home
        self._options = options
        self._language = language
        self._console = console
        self._started = time.monotonic()

    def run(self) -> int:
        """Plays on an empty stack; answers the exit code: 1 for any difference or lost message.

        Raises:
            AlreadyRunningError, EmulatorError, DeploymentError, RefusedError: the stack does not start or does not do its part.
        """
        stack = Stack(
            self._home,
            port=free_port(_ANY_PORT),
            with_sample=False,
            on_phase=lambda phase: self._tell(PHASES[phase].render(self._language)),
        )
        is_import_alone = self._options.late and self._options.window is None
        empty(self._home, datetime.now(UTC) - (timedelta() if is_import_alone else _BEFORE_THE_YEAR))
        try:
            result = self._demo(stack.start()).run()
        except RulesNotCoveredError as error:
            return self._fail(texts.NOT_COVERED.render(self._language, reason=error))
        except NightTooLongError:
            return self._fail(texts.NIGHT_TOO_LONG.render(self._language, log=self._home.emulator_log))
        except (BotoCoreError, RefusedError):
            if stack.is_alive:
                raise
            return self._fail(texts.CLOUD_ENDED.render(self._language, log=self._home.emulator_log))
        finally:
            stack.stop()
        return self._conclude(result)

    def _demo(self, running: RunningStack) -> Demo:
        window = self._options.window
        if window is None:
            return Demo(running, self._options, self._console, self._language)
        return FullYear(running, self._options, window, self._console, self._language)

    def _conclude(self, result: Result) -> int:
        Report(self._console, self._language).show(result, late=self._options.late)
        minutes, seconds = divmod(round(result.seconds), 60)
        all_minutes, all_seconds = divmod(round(time.monotonic() - self._started), 60)
        took = {"minutes": minutes, "seconds": seconds, "all_minutes": all_minutes, "all_seconds": all_seconds}
        self._tell(texts.TOOK.render(self._language, baskets=result.year.basket_count, **took))
        self._tell(texts.LOOK_AROUND.render(self._language, home=self._home.path))
        if result.dead_letters:
            return self._fail(texts.DEAD_LETTERS.render(self._language, count=result.dead_letters, log=self._home.emulator_log))
        return 1 if result.reconciliation.differences else 0

    def _tell(self, sentence: str) -> None:
        self._console.print(sentence, highlight=False, soft_wrap=True, style="dim")

    def _fail(self, sentence: str) -> int:
        self._console.print(sentence, style="red")
        return 1
