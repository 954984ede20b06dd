"""A pytest plugin that counts the tests and writes which requirement rows the passing ones show working.

`python -m tests` loads it by `-p tests.support.requirements`; the marks travel as properties of the reports, so they arrive
from parallel workers too.
"""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

_PROPERTY = "requirement"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write the two results."""
    group = parser.getgroup("regulars")
    group.addoption("--requirements-file", type=Path, help="write the requirement rows and their passing tests here (JSON)")
    group.addoption("--counts-file", type=Path, help="write how many tests passed, failed and were skipped here (JSON)")


def pytest_configure(config: pytest.Config) -> None:
    """Counts where the results come together: in the one process, or in the parent of the workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(config), "regulars-results")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts each test's requirement rows among its properties."""
    for item in items:
        for marker in item.iter_markers("requirement"):
            item.user_properties += [(_PROPERTY, row) for row in marker.args]


class Results:
    """What came of the tests."""

    def __init__(self, config: pytest.Config) -> None:
        self._requirements_file: Path | None = config.getoption("--requirements-file")
        self._counts_file: Path | None = config.getoption("--counts-file")
        self._outcomes: dict[str, str] = {}
        self._rows: dict[str, list[str]] = {}
        self._errors = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test passed when its call passed and neither set-up nor clean-up failed."""
        if report.failed:
            self._outcomes[report.nodeid] = "failed"
        elif report.skipped:
            self._outcomes.setdefault(report.nodeid, "skipped")
        elif report.when == "call":
            self._outcomes.setdefault(report.nodeid, "passed")
        self._rows[report.nodeid] = [str(value) for name, value in report.user_properties if name == _PROPERTY]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be collected is a failure of its own."""
        self._errors += report.failed

    def pytest_sessionfinish(self) -> None:
        """Writes the two files."""
        if self._requirements_file:
            _write(self._requirements_file, self.shown())
        if self._counts_file:
            outcomes = Counter(self._outcomes.values())
            failed = outcomes["failed"] + self._errors
            _write(self._counts_file, {"passed": outcomes["passed"], "failed": failed, "skipped": outcomes["skipped"]})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says how many rows were shown working."""
        if self._requirements_file:
            terminalreporter.write_line(f"requirements shown working: {len(self.shown())} ({', '.join(self.shown())})")

    def shown(self) -> dict[str, list[str]]:
        """Requirement row → the tests that passed, both in order."""
        shown: dict[str, list[str]] = defaultdict(list)
        for test, rows in sorted(self._rows.items()):
            for row in rows if self._outcomes.get(test) == "passed" else ():
                shown[row].append(test)
        return dict(sorted(shown.items()))


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
