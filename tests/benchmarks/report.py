"""The figures as a table on the screen, and as `docs/benchmarks.md` with the machine, the versions and the commands."""

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.figures import Figure, plain

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
_PACKAGES = ("boto3", "botocore", "pydantic", "aws-lambda-powertools", "moto")
_HEADINGS = {
    1: "Bar 1: a purchase",
    2: "Bar 2: points from any number of lots",
    3: "Bar 3: a duplicate of any age",
    4: "Bar 4: statement, balance, tier",
    5: "Bar 5: a long past",
    6: "Bar 6: many tills at once",
    7: "Bar 7: a night",
    8: "Bar 8: a cold start, and what ships",
}
_METHODS = {
    1: (
        "On an account of 12 lots and 13 months, three upgrades behind it, through the function in process. Units are computed by a "
        "meter on the client port from DynamoDB's size rules (`tests/support/meter.py`), as no emulator reports them truthfully. The "
        "programme's rules, one query a minute and process, stand outside; a card number adds one read of the card."
    ),
    2: (
        "Of accounts on which each day's points are a lot of their own, all points but one are used or held, so that every lot is touched; "
        "bar 1's units, and the index's two, as what ends soonest goes first and the due date changes. Lots and postings are stored packed."
    ),
    3: "The same receipt again: the answer is the first one's, to the byte. 548 days later every lot has ended.",
    4: "As the member reads them. Staff views look the member's account up once more.",
    5: (
        "Two members with one and the same account. Counts by the meter; the latency of 300 pairs of purchases in turns, through the "
        "function in process on the emulator, as the median of the ratios."
    ),
    6: "Over HTTP on the running local stack, after two rounds of 32 for another member that start the workers.",
    7: (
        "The job on the ledger in memory, every message worked off: 16 shards, pages of 100. What is read are entries of the due index and "
        "accounts; the queries by which the index is read, one a shard at least, are told as pages."
    ),
    8: (
        "Instructions over bare Python, counted by `valgrind --tool=callgrind`, in an interpreter with exactly the function's folder, "
        'its layers and the runtime\'s boto3; the unit is `import boto3; boto3.client("dynamodb")`. The start is the import, the '
        "service with its client, and the first purchase, so that nothing is hidden by putting it off."
    ),
}


def table(figures: Iterable[Figure]) -> str:
    """The figures for the screen."""
    rows = [("bar", "what", "figure", "at most", "unit", ""), *((str(figure.bar), *_cells(figure)) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in {2, 3} else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def page(figures: Sequence[Figure], surroundings: Mapping[str, str]) -> str:
    """The page."""
    parts = [
        "# Benchmarks",
        (
            "Written by `make bench`; do not edit. Every figure is a count, or a ratio measured in pairs in one run: machines "
            "differ, these do not. The counting part (bars 1 to 5 and 7) also runs in `make test` "
            "(`tests/functional/accounts/test_bars.py`) and fails there when a bar is missed."
        ),
        _markdown_table(("Measured", ""), [(name, value) for name, value in surroundings.items()]),
    ]
    for bar, heading in _HEADINGS.items():
        rows = [_cells(figure) for figure in figures if figure.bar == bar]
        parts += [f"## {heading}", _METHODS[bar], _markdown_table(("What", "Figure", "At most", "Unit", ""), rows)]
    return "\n\n".join(parts) + "\n"


def surroundings() -> dict[str, str]:
    """The machine, the versions and the command."""
    emulator = re.findall(r"^ministack==(\S+)", (ROOT / "requirements" / "emulator.txt").read_text(), re.MULTILINE)
    packages = [f"{name} {version(name)}" for name in _PACKAGES]
    return {
        "on": date.today().isoformat(),  # noqa: DTZ011  # the day of the person who runs it
        "machine": f"{_processor()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *packages, f"ministack {emulator[0].rstrip(' \\')}", _valgrind()]),
        "commands": "`make bench`; a part alone: `python -m tests.benchmarks counts` (or `past`, `parallel`, `nights`, `start`, `shipped`)",
    }


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    what = f"{figure.what} ({figure.note})" if figure.note else figure.what
    return what, plain(figure.measured), plain(figure.at_most) if figure.at_most is not None else "", figure.unit, figure.verdict


def _markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except FileNotFoundError:
        found = None
    return found[1] if found else platform.processor() or "unknown processor"


def _valgrind() -> str:
    try:
        return subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607  # by PATH
    except (FileNotFoundError, subprocess.CalledProcessError):
        return "no valgrind"
