"""`python -m tests`: everything that proves the code, in order; what `make test` and CI run.

`python -m tests checks` (or `tests`, `stack`, `simulation`) runs that part alone.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ROOT / ".local"
RESULTS = LOCAL / "test-results"
REQUIREMENTS = LOCAL / "requirements.json"
WORKERS = "2"
HISTORIES = "20000"
STACK = "stack"
"""The tests that need the running stack."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many things passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def main(parts: list[str]) -> int:
    """Runs the parts (all of them when none is named), prints the closing line, answers the exit code.

    What needs the running stack waits for it most of the time, so it runs beside the others.
    """
    known: dict[str, Callable[[], Count]] = {"checks": run_checks, "tests": run_tests, "simulation": run_simulation}
    unknown = sorted(set(parts) - {*known, STACK})
    if unknown:
        say(f"unknown part: {', '.join(unknown)}; there are {', '.join([*known, STACK])}")
        return 2
    with Beside(STACK, *pytest_command(STACK, "tests/e2e")) if not parts or STACK in parts else nullcontext() as stack:
        count = sum((run() for name, run in known.items() if not parts or name in parts), Count())
        if stack:
            count += counted(STACK, stack.end())
    if stack or not parts or "tests" in parts:
        rows = rows_shown()
        say(f"\nrequirement rows shown working: {len(rows)} ({', '.join(rows)})")
    say(f"\n{count}")
    return 1 if count.failed or not count.passed else 0


def run_checks() -> Count:
    """Format, lint, types and import rules."""
    return (
        step("format", "ruff", "format", "--check", "--quiet", ".")
        + step("lint", "ruff", "check", "--quiet", ".")
        + step("types", "-m", "mypy", "--no-error-summary")
        + step("import rules", "lint-imports", "--no-cache", "--no-logo")
    )


def run_tests() -> Count:
    """Every pytest test that needs no stack, on two workers with coverage."""
    apart = ("-n", WORKERS, "--dist", "loadfile", "--ignore", "tests/e2e", "--cov", "--cov-report=", "--cov-fail-under=0")
    return counted("tests", step("tests", *pytest_command("tests", *apart))) + step("coverage", "-m", "coverage", "report")


def pytest_command(name: str, *options: str) -> tuple[str, ...]:
    """One run of pytest that leaves its counts and the rows it shows under a name."""
    counts, rows = RESULTS / f"{name}.counts.json", RESULTS / f"{name}.requirements.json"
    counts.unlink(missing_ok=True)
    return (
        "-m", "pytest", "-q", "--durations", "10", "-p", "tests.support.requirements",
        "--requirements-file", str(rows), "--counts-file", str(counts), *options,
    )  # fmt: skip


def counted(name: str, ran: Count) -> Count:
    """A run of pytest test by test; as one where it told no counts."""
    counts = RESULTS / f"{name}.counts.json"
    if not counts.exists():
        return ran
    found = Count(**json.loads(counts.read_text()))
    return found if bool(ran.failed) == bool(found.failed) else found + ran


def rows_shown() -> list[str]:
    """The requirement rows that the runs have shown; written down with their tests."""
    shown: dict[str, list[str]] = {}
    for part in RESULTS.glob("*.requirements.json"):
        for row, tests in json.loads(part.read_text()).items():
            shown[row] = sorted({*shown.get(row, ()), *tests})
    REQUIREMENTS.write_text(json.dumps(dict(sorted(shown.items())), indent=1) + "\n")
    return sorted(shown)


def run_simulation() -> Count:
    """Random histories with faults, in a process of its own and without coverage."""
    if not (ROOT / "tests" / "simulation" / "__main__.py").exists():
        return Count()
    return step("simulation", "-m", "tests.simulation", "--histories", HISTORIES)


def step(name: str, *command: str) -> Count:
    """Runs one program of this environment in the foreground; it counts as one passed or one failed."""
    say(f"\n=== {name}")
    started = time.monotonic()
    return _ended(name, subprocess.run(_program(*command), cwd=ROOT, check=False).returncode, started)  # noqa: S603  # the programs are named above


class Beside:
    """A program that runs beside the others; what it says is kept until `end`, so that nothing is mixed."""

    def __init__(self, name: str, *command: str) -> None:
        self._name = name
        self._log = RESULTS / f"{name}.log"
        RESULTS.mkdir(parents=True, exist_ok=True)
        self._started = time.monotonic()
        with self._log.open("w") as log:
            self._process = subprocess.Popen(_program(*command), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603  # as above
        say(f"\n=== {name}: runs beside the others; {self._log.relative_to(ROOT)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:  # the others were interrupted
            self._process.send_signal(signal.SIGINT)
            self._process.wait()

    def end(self) -> Count:
        """Waits for it and says what it said."""
        failed = self._process.wait()
        say(f"\n=== {self._name}")
        say(self._log.read_text())
        return _ended(self._name, failed, self._started)


def _program(*command: str) -> list[str]:
    return [sys.executable, *command] if command[0] == "-m" else [str(Path(sys.executable).parent / command[0]), *command[1:]]


def _ended(name: str, code: int, started: float) -> Count:
    say(f"--- {name}: {'FAILED' if code else 'ok'} in {time.monotonic() - started:.0f} s")
    return Count(failed=1) if code else Count(passed=1)


def say(line: str) -> None:
    """One line for people, at once: the programs that follow write to the same place."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
