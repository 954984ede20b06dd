"""`python -m tests`: everything that proves the code, in order; what `make test` and CI run.

`python -m tests checks` (or `tests`, `simulation`) runs that part alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ROOT / ".local"
RESULTS = LOCAL / "test-results"
REQUIREMENTS = LOCAL / "requirements.json"
WORKERS = "2"
HISTORIES = "20000"


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
    """Runs the parts (all of them when none is named), prints the closing line, answers the exit code."""
    known: dict[str, Callable[[], Count]] = {"checks": run_checks, "tests": run_tests, "simulation": run_simulation}
    unknown = sorted(set(parts) - set(known))
    if unknown:
        say(f"unknown part: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    count = Count()
    for name, run in known.items():
        if not parts or name in parts:
            count += run()
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
    """Every pytest test: what needs one process on two workers with coverage, the running stack's in one process; then the rows shown."""
    apart = ("-n", WORKERS, "--dist", "loadfile", "--ignore", "tests/e2e", "--cov", "--cov-report=", "--cov-fail-under=0")
    ran = run_pytest("tests", *apart) + step("coverage", "-m", "coverage", "report") + run_pytest("stack", "tests/e2e")
    shown: dict[str, list[str]] = {}
    for part in RESULTS.glob("*.requirements.json"):
        for row, tests in json.loads(part.read_text()).items():
            shown[row] = sorted({*shown.get(row, ()), *tests})
    REQUIREMENTS.write_text(json.dumps(dict(sorted(shown.items())), indent=1) + "\n")
    say(f"\nrequirement rows shown working: {len(shown)} ({', '.join(sorted(shown))})")
    return ran


def run_pytest(name: str, *options: str) -> Count:
    """One run of pytest, counted test by test."""
    counts, rows = RESULTS / f"{name}.counts.json", RESULTS / f"{name}.requirements.json"
    counts.unlink(missing_ok=True)
    ran = step(
        name, "-m", "pytest", "-q", "--durations", "10", "-p", "tests.support.requirements",
        "--requirements-file", str(rows), "--counts-file", str(counts), *options,
    )  # fmt: skip
    if not counts.exists():
        return ran
    counted = Count(**json.loads(counts.read_text()))
    return counted if bool(ran.failed) == bool(counted.failed) else counted + ran


def run_simulation() -> Count:
    """Random histories with faults, in a process of its own and without coverage."""
    if not (ROOT / "tests" / "simulation" / "__main__.py").exists():
        return Count()
    return step("simulation", "-m", "tests.simulation", "--histories", HISTORIES)


def step(name: str, *command: str) -> Count:
    """Runs one program of this environment in the foreground; it counts as one passed or one failed."""
    say(f"\n=== {name}")
    started = time.monotonic()
    program = [sys.executable, *command] if command[0] == "-m" else [str(Path(sys.executable).parent / command[0]), *command[1:]]
    failed = subprocess.run(program, cwd=ROOT, check=False).returncode != 0  # noqa: S603  # the programs are named above
    say(f"--- {name}: {'FAILED' if failed else 'ok'} in {time.monotonic() - started:.0f} s")
    return Count(failed=1) if failed else Count(passed=1)


def say(line: str) -> None:
    """One line for people, at once: the programs that follow write to the same place."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
