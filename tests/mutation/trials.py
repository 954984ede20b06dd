"""Trying mutants: the tests and histories that run through the changed line, in a fork of a process that knows them all."""

import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

import pytest

from tests.mutation.mutants import ROOT, Mutant
from tests.mutation.planting import Core
from tests.simulation.play import play

TESTS = ("tests/unit/accounts", "tests/unit/program", "tests/unit/kernel")
HISTORIES = 1000
"""Histories among which are looked for those that run through a mutant's line."""

HISTORIES_TRIED = 200
"""How many of them are played with a mutant at the most."""

CPU_SECONDS = 30
"""A mutant that takes longer does not end by itself."""

_MEMORY_BYTES = 4 << 30


_BROKEN = 99
"""How a fork ends that could not even plant its mutant; no verdict."""


class Verdict(Enum):
    """Who noticed a mutant."""

    NOBODY = 0
    TEST = 1
    HISTORY = 2
    NO_END = 3


@dataclass(frozen=True, slots=True)
class _Probe:
    """A test or a history: whether it passes, who it is, and how long it took."""

    passes: Callable[[], bool]
    verdict: Verdict
    seconds: float


class Trials:
    """A pytest plugin that, in place of running the tests once, runs them mutant by mutant."""

    def __init__(self, chosen: Iterable[Mutant], tell: Callable[[Mutant, Verdict], None]) -> None:
        self._chosen = chosen
        self._tell = tell
        self._core = Core()
        self._has_failed = False
        self._looking_at = "collection"
        self._probes: dict[tuple[str, int], list[_Probe]] = defaultdict(list)

    @classmethod
    def hold(cls, chosen: Iterable[Mutant], tell: Callable[[Mutant, Verdict], None]) -> None:
        """Tries mutants one by one.

        Raises:
            AssertionError: a test or a history fails without any mutant; it is named.
        """
        os.chdir(ROOT)
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            trials = cls(chosen, tell)
            code = pytest.main(["-s", "-p", "no:cacheprovider", *TESTS], plugins=[trials])
        assert code == 0, f"without a mutant: {trials._looking_at}"

    @staticmethod
    def pytest_collection() -> None:
        """The same few examples at every run, and no search for a smaller one that fails."""
        from hypothesis import HealthCheck, Phase, settings

        phases = (Phase.explicit, Phase.generate)
        few = settings(
            max_examples=30, derandomize=True, database=None, deadline=None, phases=phases, suppress_health_check=list(HealthCheck)
        )
        settings.register_profile("mutation", few)
        settings.load_profile("mutation")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remembers a failure."""
        self._has_failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs everything once as it is, then tries the mutants."""
        self._core = Core()
        with self._core.watched():
            for item in session.items:
                self._look(partial(self._runs, item), Verdict.TEST, item.nodeid)
            for seed in range(HISTORIES):
                self._look(partial(_holds, seed), Verdict.HISTORY, f"seed {seed}")
        for mutant in self._chosen:
            self._tell(mutant, self._try(mutant))
        return True

    def _runs(self, item: pytest.Item) -> bool:
        self._has_failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return not self._has_failed

    def _look(self, passes: Callable[[], bool], verdict: Verdict, name: str) -> None:
        """Runs something as it is and keeps it by the lines it runs through."""
        self._core.reached()
        self._looking_at = name
        started = time.process_time()
        assert passes()
        probe = _Probe(passes, verdict, time.process_time() - started)
        for line in self._core.reached():
            self._probes[line].append(probe)

    def _try(self, mutant: Mutant) -> Verdict:
        probes = self._probes[mutant.module, mutant.line]
        tests = sorted((probe for probe in probes if probe.verdict is Verdict.TEST), key=lambda probe: probe.seconds)
        histories = [probe for probe in probes if probe.verdict is Verdict.HISTORY][:HISTORIES_TRIED]
        child = os.fork()
        if not child:
            code = _BROKEN
            try:
                code = self._play(mutant, [*tests, *histories]).value
            finally:
                os._exit(code)
        status = os.waitpid(child, 0)[1]
        return Verdict(os.WEXITSTATUS(status)) if os.WIFEXITED(status) else Verdict.NO_END

    def _play(self, mutant: Mutant, probes: list[_Probe]) -> Verdict:
        """In the fork: plants the mutant; answers who noticed first."""
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        self._core.plant(mutant)
        for probe in probes:
            try:
                if not probe.passes():
                    return probe.verdict
            except BaseException:  # noqa: BLE001  # whatever comes out was noticed; nothing may leave the fork but its answer
                return probe.verdict
        return Verdict.NOBODY


def _holds(seed: int) -> bool:
    """Whether a history breaks no law."""
    return not play(range(seed, seed + 1))[1]
